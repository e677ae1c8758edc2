// The time line is walked by stretches of one offset. Within one, local time runs as evenly as the instants
// do, so a fire is a minute of the plain calendar, moved by the offset. Stretches without a fire are leapt
// over: after an instant t no clock shows less than t + least_offset, so the next minute named from there,
// less greatest_offset, comes before any fire.
#include "schedule/fires.h"

#include <algorithm>

namespace dbssd::schedule {
namespace {

constexpr Seconds kTick{1};

Why why(const Cron& cron, const Zone& zone, std::size_t index, Local wanted) {
  const Stretch& s = zone.stretches()[index];
  const Local opening = s.local(s.begin);
  if (wanted < s.passed) return Why::second_of_two;
  if (wanted < opening && cron.at_or_after(opening) != opening) return Why::gap_shifted;
  const Local shown = std::max(wanted, opening);
  if (index + 1 < zone.stretches().size()) {
    const Stretch& after = zone.stretches()[index + 1];
    if (shown >= after.local(after.begin)) return Why::first_of_two;
  }
  return Why::exact;
}

}  // namespace

std::string_view to_string(Why why) {
  switch (why) {
    case Why::exact:
      return "exact";
    case Why::gap_shifted:
      return "gap-shifted";
    case Why::first_of_two:
      return "first-of-two";
    case Why::second_of_two:
      return "second-of-two";
  }
  return "unknown";
}

std::optional<Fire> next(const Cron& cron, const Zone& zone, Instant after) {
  const auto stretches = zone.stretches();
  Instant from = std::clamp(after, kDawn - kTick, kHorizon) + kTick;
  while (from < kHorizon) {
    const std::size_t i = zone.index(from);
    const Stretch& s = stretches[i];
    Local unshown = s.local(from);
    if (cron.is_fixed()) unshown = from == s.begin ? s.passed : std::max(unshown, s.passed);
    const auto wanted = cron.at_or_after(unshown);
    if (!wanted) return std::nullopt;
    const Instant at = std::max(s.begin, s.instant(*wanted));
    if (at < s.end) return Fire{at, why(cron, zone, i, *wanted)};

    const auto named = cron.at_or_after(Local{(s.end + zone.least_offset()).time_since_epoch()});
    if (!named) return std::nullopt;
    from = std::max(s.end, Instant{named->time_since_epoch()} - zone.greatest_offset());
  }
  return std::nullopt;
}

std::optional<Fire> previous(const Cron& cron, const Zone& zone, Instant before) {
  const auto stretches = zone.stretches();
  Instant to = std::clamp(before, kDawn, kHorizon) - kTick;
  while (to >= kDawn) {
    const std::size_t i = zone.index(to);
    const Stretch& s = stretches[i];
    const auto wanted = cron.at_or_before(s.local(to));
    if (!wanted) return std::nullopt;
    const Local least = cron.is_fixed() ? s.passed : s.local(s.begin);
    if (*wanted >= least) return Fire{std::max(s.begin, s.instant(*wanted)), why(cron, zone, i, *wanted)};

    const Instant last = s.begin - kTick;
    const auto named = cron.at_or_before(Local{(last + zone.greatest_offset()).time_since_epoch()});
    if (!named) return std::nullopt;
    to = std::min(last, Instant{named->time_since_epoch()} - zone.least_offset());
  }
  return std::nullopt;
}

}  // namespace dbssd::schedule
