#include "model/year/expectation.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace dbssd::faults {

using journal::Outcome;
using schedule::MissedPolicy;
using schedule::WindowRule;

namespace {

constexpr std::chrono::days kLongestPeriod{35};
constexpr std::chrono::minutes kOnTime{5};
constexpr std::size_t kMostServed = 100;

using Times = std::vector<Instant>;

/// In (after, until].
Times between(const Times& times, Instant after, Instant until) {
  const auto begin = std::ranges::upper_bound(times, after);
  const auto end = std::ranges::upper_bound(times, until);
  return begin < end ? Times(begin, end) : Times();
}

/// The life of one rule on one instance.
class Life {
 public:
  Life(const Habit& habit, Seconds spread, const std::vector<Waking>& wakings)
      : habit_(habit), spread_(spread), wakings_(wakings) {}

  void wake(std::size_t index, const Times& fires, const Calendar& calendar) {
    const Waking& waking = wakings_[index];
    waking_ = index;
    calendar_ = &calendar;
    if (index == 0) begin_life(fires);
    decide(between(fires, decided_, waking.sure), waking.sure);
    decide(between(fires, decided_, waking.begin), waking.begin);
    for (const Instant fire : between(fires, std::max(decided_, waking.begin), waking.end))
      decide({fire}, fire);
  }

  std::vector<Expected> runs;

 private:
  void begin_life(const Times& fires) {
    decided_ = wakings_.front().begin;
    const auto after = std::ranges::upper_bound(fires, decided_);
    if (after != fires.begin()) previous_ = *std::prev(after);
  }

  /// These came due together.
  void decide(const Times& times, Instant now) {
    if (times.empty()) return;
    if (times.size() > kMostServed) throw std::logic_error("this expectation knows no such long outage");
    const Instant newest = times.back();
    const bool all_expire = habit_.missed == MissedPolicy::merge && is_late(newest, now);
    std::optional<Instant> joined;
    for (const Instant time : times) {
      Expected run{time, window(time), Outcome::finished, {}};
      if (all_expire) {
        run.outcome = Outcome::expired;
      } else if (habit_.missed == MissedPolicy::merge) {
        run.outcome = served(newest, now);
        joined = std::min(joined.value_or(run.window.begin), run.window.begin);
        if (time != newest) run.served_by = newest;
        if (time == newest) run.window.begin = *joined;
      } else if (is_passed_over(time, newest, now)) {
        run.outcome = Outcome::missed;
      } else {
        run.outcome = is_late(time, now) ? Outcome::expired : served(time, now);
      }
      runs.push_back(run);
    }
    decided_ = now;
  }

  [[nodiscard]] bool is_passed_over(Instant time, Instant newest, Instant now) const {
    if (habit_.missed == MissedPolicy::latest) return time != newest;
    return habit_.missed == MissedPolicy::skip && (time != newest || now - time > kOnTime);
  }

  [[nodiscard]] bool is_late(Instant time, Instant now) const { return now - time > habit_.deadline; }

  /// It is asked for as soon as the daemon is awake after its spread, unless it is found too late before.
  [[nodiscard]] Outcome served(Instant time, Instant now) const {
    const Instant not_before = time + spread_;
    for (std::size_t i = waking_; i < wakings_.size(); ++i) {
      if (i > waking_) now = wakings_[i].begin;
      if (is_late(time, now)) return Outcome::expired;
      if (now >= not_before || wakings_[i].end >= not_before) break;
    }
    return Outcome::finished;
  }

  Window window(Instant time) {
    const Instant before = std::exchange(previous_, time);
    if (habit_.window.kind == WindowRule::Kind::since_previous) return {before, time};
    return calendar_->window(habit_.window, time);
  }

  const Habit& habit_;
  Seconds spread_;
  const std::vector<Waking>& wakings_;
  std::size_t waking_ = 0;
  const Calendar* calendar_ = nullptr;
  Instant decided_{};
  Instant previous_{};
};

}  // namespace

std::vector<Expected> Expectation::runs(const Habit& habit, Seconds spread) {
  std::map<std::string, Times> fires;
  Life life(habit, spread, wakings_);
  for (std::size_t i = 0; i < wakings_.size(); ++i) {
    const auto& replaced = wakings_[i].replaced;
    const auto other = replaced.find(habit.zone);
    const std::string& rules = other == replaced.end() ? habit.zone : other->second;
    if (!fires.contains(rules)) fires[rules] = calendar(rules).fires(habit.cron);
    life.wake(i, fires[rules], calendar(rules));
  }
  std::erase_if(life.runs, [this](const Expected& run) { return run.scheduled > end_; });
  return std::move(life.runs);
}

const Calendar& Expectation::calendar(const std::string& zone) {
  std::unique_ptr<Calendar>& known = calendars_[zone];
  if (!known) {
    Instant last = end_;
    for (const Waking& waking : wakings_) last = std::max(last, waking.end);
    known = std::make_unique<Calendar>(zone, wakings_.front().begin - kLongestPeriod,
                                       last + std::chrono::days{1});
  }
  return *known;
}

}  // namespace dbssd::faults
