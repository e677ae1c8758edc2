#include "model/year/calendar.h"

#include <algorithm>
#include <stdexcept>

namespace dbssd::faults {
namespace {

constexpr std::chrono::days kBefore{100};
constexpr std::chrono::minutes kStep{15};  // no zone has changed its clocks between, for decades

cctz::time_zone load(const std::string& name) {
  cctz::time_zone zone;
  if (!cctz::load_time_zone(name, &zone)) throw std::runtime_error("cctz knows no " + name);
  return zone;
}

std::int64_t seconds(Instant t) { return t.time_since_epoch().count(); }

}  // namespace

Calendar::Calendar(const std::string& zone, Instant begin, Instant end)
    : clock_(load(zone), seconds(begin), seconds(end)) {
  const cctz::time_zone clocks = load(zone);
  for (Instant t = std::chrono::floor<std::chrono::days>(begin - kBefore); t < end; t += kStep) {
    const cctz::civil_day shown(clocks.lookup(t).cs);
    if (days_.empty() || days_.back().day < shown) days_.push_back({shown, t});
  }
}

std::vector<Instant> Calendar::fires(const schedule::RandomCron& cron) const {
  std::vector<Instant> fires;
  for (const std::int64_t at : clock_.fires(cron)) fires.emplace_back(Seconds{at});
  return fires;
}

Window Calendar::window(const schedule::WindowRule& rule, Instant scheduled) const {
  using Kind = schedule::WindowRule::Kind;
  const cctz::civil_day day = day_of(scheduled);
  const cctz::civil_day monday = cctz::prev_weekday(day + 1, cctz::weekday::monday);
  const cctz::civil_month month(day);
  switch (rule.kind) {
    case Kind::previous_day:
      return {begin_of(day - 1), begin_of(day)};
    case Kind::previous_week:
      return {begin_of(monday - 7), begin_of(monday)};
    case Kind::previous_month:
      return {begin_of(cctz::civil_day(month - 1)), begin_of(cctz::civil_day(month))};
    case Kind::last:
      return {scheduled - rule.last, scheduled};
    case Kind::since_previous:
      break;
  }
  throw std::logic_error("no calendar knows what was scheduled before");
}

cctz::civil_day Calendar::day_of(Instant t) const {
  return std::prev(std::ranges::upper_bound(days_, t, {}, &Day::begin))->day;
}

Instant Calendar::begin_of(cctz::civil_day day) const {
  return std::ranges::lower_bound(days_, day, {}, &Day::day)->begin;
}

}  // namespace dbssd::faults
