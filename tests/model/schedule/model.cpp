#include "model/schedule/model.h"

#include <algorithm>
#include <utility>

namespace dbssd::schedule {
namespace {

constexpr std::int64_t kDay = 86'400;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::int64_t offset(const cctz::time_zone& zone, std::int64_t at) {
  return zone.lookup(cctz::time_point<cctz::seconds>(cctz::seconds(at))).offset;
}

cctz::civil_day last_of_month(cctz::civil_day day) { return cctz::civil_day(cctz::civil_month(day) + 1) - 1; }

int weekday_of(cctz::civil_day day) { return (static_cast<int>(cctz::get_weekday(day)) + 1) % 7; }

// The working day next to a day of the same month: Saturdays look back first, Sundays ahead.
cctz::civil_day working_day(cctz::civil_day day) {
  const auto same_month = [day](cctz::civil_day other) { return other.month() == day.month(); };
  if (weekday_of(day) == 6) return same_month(day - 1) ? day - 1 : day + 2;
  if (weekday_of(day) == 0) return same_month(day + 1) ? day + 1 : day - 2;
  return day;
}

bool matches(const SpecialDay& rule, cctz::civil_day day) {
  const cctz::civil_day last = last_of_month(day);
  switch (rule.kind) {
    case SpecialDay::Kind::last:
      return day == last;
    case SpecialDay::Kind::last_working:
      return day == working_day(last);
    case SpecialDay::Kind::nearest_working:
      return rule.n <= last.day() && day == working_day(cctz::civil_day(day.year(), day.month(), rule.n));
    case SpecialDay::Kind::last_weekday:
      return weekday_of(day) == rule.n && day + 7 > last;
    case SpecialDay::Kind::nth_weekday:
      return weekday_of(day) == rule.n && (day.day() - 1) / 7 + 1 == rule.k;
  }
  return false;
}

bool day_matches(const RandomCron& cron, cctz::civil_day day) {
  if (!cron.months.contains(day.month())) return false;
  const auto special = [day](const SpecialDay& rule) { return matches(rule, day); };
  const bool by_day = cron.days.contains(day.day()) ||
                      std::any_of(cron.special_days.begin(), cron.special_days.end(), special);
  const bool by_weekday = cron.weekdays.contains(weekday_of(day)) ||
                          std::any_of(cron.special_weekdays.begin(), cron.special_weekdays.end(), special);
  if (cron.any_day) return cron.any_weekday || by_weekday;
  return cron.any_weekday ? by_day : by_day || by_weekday;
}

}  // namespace

ModelClock::ModelClock(const cctz::time_zone& zone, std::int64_t begin, std::int64_t end)
    : begin_(begin),
      first_day_(floor_div(begin, kDay) - 4),
      seen_(static_cast<std::size_t>((end - begin) / kDay + 8) * 1440) {
  const std::int64_t first = floor_div(begin - 2 * kDay, 60) * 60;
  for (std::int64_t at = first; at < end; at += 60) watch(zone, at, std::min(at + 60, end));
}

// One minute of UTC; second by second where the offset changes within.
void ModelClock::watch(const cctz::time_zone& zone, std::int64_t from, std::int64_t to) {
  const std::int64_t before = offset(zone, from - 1);
  const bool even = before == offset(zone, to - 1);
  std::int64_t at = from;
  if (even)
    at += (60 - (from + before - floor_div(from + before, 60) * 60)) % 60;  // the clock's next full minute
  for (std::int64_t earlier = before; at < to; at += even ? 60 : 1) {
    const std::int64_t now = even ? before : offset(zone, at);
    const std::int64_t local = at + now;
    if (now > earlier) {
      for (std::int64_t skipped = floor_div(at + earlier + 59, 60); skipped * 60 < local; ++skipped)
        note(at, skipped, false);
    }
    earlier = now;
    if (floor_div(local, 60) * 60 == local) note(at, floor_div(local, 60), true);
  }
}

void ModelClock::note(std::int64_t at, std::int64_t local_minute, bool shown) {
  const auto since = static_cast<std::size_t>(local_minute - first_day_ * 1440);
  const bool again = std::exchange(seen_.at(since), true) != 0;
  if (at >= begin_) minutes_.push_back({at, since / 1440, static_cast<int>(since % 1440), shown, again});
}

std::vector<std::int64_t> ModelClock::fires(const RandomCron& cron) const {
  std::vector<char> times(1440);
  for (const int hour : cron.hours) {
    for (const int minute : cron.minutes) times[static_cast<std::size_t>(hour * 60 + minute)] = 1;
  }
  std::vector<char> days(seen_.size() / 1440);
  for (std::size_t day = 0; day < days.size(); ++day) {
    days[day] =
        day_matches(cron, cctz::civil_day(1970, 1, 1) + first_day_ + static_cast<std::int64_t>(day)) ? 1 : 0;
  }
  std::vector<std::int64_t> fires;
  for (const Minute& m : minutes_) {
    if (cron.wildcard ? !m.shown : m.again) continue;
    if (times[static_cast<std::size_t>(m.time)] == 0 || days[m.day] == 0) continue;
    if (fires.empty() || fires.back() != m.at) fires.push_back(m.at);
  }
  return fires;
}

}  // namespace dbssd::schedule
