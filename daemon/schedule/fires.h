// When a schedule fires in a zone.
//
// A fixed schedule fires when the local clock first shows, or passes, a minute that the expression names:
// what lies in a gap fires at the gap's end, what is repeated fires on its first pass, and fires that
// coincide are one. A wildcard schedule fires at every instant whose local reading the expression names: on
// both passes, and never in a gap.
#pragma once

#include <optional>

#include "schedule/cron.h"
#include "schedule/zone.h"

namespace dbssd::schedule {

/// What a change of the clocks did to a fire.
enum class Why {
  exact,          ///< nothing
  gap_shifted,    ///< the local time was skipped: this is the gap's end, itself no time that the expression
                  ///< names
  first_of_two,   ///< the local time will be shown again
  second_of_two,  ///< the local time has been shown before (wildcard schedules only)
};

[[nodiscard]] std::string_view to_string(
    Why why);  ///< "exact", "gap-shifted", "first-of-two", "second-of-two"

struct Fire {
  Instant at{};
  Why why = Why::exact;
  auto operator<=>(const Fire&) const = default;
};

/// The first fire strictly later than `after`. None only where nothing fires before kHorizon: far in the
/// future, or for a wildcard schedule that names nothing but minutes which this zone skips. The work is
/// bounded for every expression.
[[nodiscard]] std::optional<Fire> next(const Cron& cron, const Zone& zone, Instant after);

/// The last fire strictly earlier than `before`; none where nothing fired since kDawn.
[[nodiscard]] std::optional<Fire> previous(const Cron& cron, const Zone& zone, Instant before);

}  // namespace dbssd::schedule
