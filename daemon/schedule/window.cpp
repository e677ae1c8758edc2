#include "schedule/window.h"

#include <algorithm>
#include <chrono>

namespace dbssd::schedule {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_days;
using std::chrono::Monday;
using std::chrono::months;
using std::chrono::weekday;
using std::chrono::year_month_day;

// The first and the last local time that a scheduled time stands for. They differ only at the end of a gap.
struct Named {
  Local first{};
  Local last{};
};

Named named_times(const Cron& cron, const Zone& zone, Instant scheduled) {
  const Stretch& s = zone.stretches()[zone.index(scheduled)];
  // On a second pass the day is the one that had begun before the clocks went back.
  const Local shown = std::max(s.local(scheduled), s.passed - Seconds{1});
  Named named{shown, shown};
  if (scheduled == s.begin && cron.is_fixed() && s.passed < shown) {
    if (const auto first = cron.at_or_after(s.passed); first && *first <= shown) named.first = *first;
    if (const auto last = cron.at_or_before(shown); last && *last >= s.passed) named.last = *last;
  }
  return named;
}

local_days week_of(Local t) {
  const local_days day = floor<days>(t);
  return day - (weekday{day} - Monday);
}

local_days month_of(Local t, months offset) {
  const year_month_day day{floor<days>(t)};
  return local_days{(day.year() / day.month() + offset) / 1};
}

}  // namespace

Window window_for(const WindowRule& rule, const Cron& cron, const Zone& zone, Instant scheduled,
                  std::optional<Instant> previous_scheduled) {
  using Kind = WindowRule::Kind;
  if (rule.kind == Kind::last) return {scheduled - rule.last, scheduled};
  if (rule.kind == Kind::since_previous) {
    if (!previous_scheduled) {
      if (const auto fire = previous(cron, zone, scheduled)) previous_scheduled = fire->at;
    }
    return {previous_scheduled.value_or(scheduled), scheduled};
  }
  const auto [first, last] = named_times(cron, zone, scheduled);
  switch (rule.kind) {
    case Kind::previous_week:
      return {zone.reached(week_of(first) - days{7}), zone.reached(week_of(last))};
    case Kind::previous_month:
      return {zone.reached(month_of(first, months{-1})), zone.reached(month_of(last, months{0}))};
    default:
      return {zone.reached(floor<days>(first) - days{1}), zone.reached(floor<days>(last))};
  }
}

}  // namespace dbssd::schedule
