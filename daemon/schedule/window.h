// The span of data that a scheduled time is about.
#pragma once

#include <optional>
#include <vector>

#include "schedule/fires.h"

namespace dbssd::schedule {

struct WindowRule {
  enum class Kind {
    previous_day,   ///< the local day before the scheduled one
    previous_week,  ///< Monday to Monday
    previous_month,
    since_previous,  ///< from the previous scheduled time to this one
    last,            ///< `last` seconds up to the scheduled time
  };
  Kind kind = Kind::previous_day;
  Seconds last{};  ///< for Kind::last, positive
  bool operator==(const WindowRule&) const = default;
};

/// The window of one scheduled time, by the local time that the rule named, also where a gap moved the fire;
/// a fire that stands for several local times of a gap gets the joined window. A local day begins when its
/// clocks first show or pass midnight, so a day of 23 or 25 hours is one day, and a day that was skipped is
/// empty: begin == end.
///
/// previous_scheduled replaces what the expression says for since_previous: the last scheduled time that was
/// recorded, which may come from a schedule that has been changed since.
[[nodiscard]] Window window_for(const WindowRule& rule, const Cron& cron, const Zone& zone, Instant scheduled,
                                std::optional<Instant> previous_scheduled = {});

/// Where the windows of consecutive fires do not tile.
struct TilingFinding {
  bool gap = true;        ///< true: nothing covers it; false: two windows do
  Seconds amount{};       ///< how much, at the first place
  Instant at{};           ///< the first place's begin
  std::size_t count = 0;  ///< at how many places
  Seconds largest{};      ///< the most at any of them
  bool operator==(const TilingFinding&) const = default;
};

/// Gaps and overlaps of the windows of one schedule from `from` on: at most one finding for each of both. It
/// looks at the fires of 400 days (of 25 fires where that is longer); of schedules with very many fires, at
/// the first 20,000 and at those around each change of the clocks.
[[nodiscard]] std::vector<TilingFinding> check_tiling(const WindowRule& rule, const Cron& cron,
                                                      const Zone& zone, Instant from);

}  // namespace dbssd::schedule
