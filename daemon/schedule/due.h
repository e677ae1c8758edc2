// What became due, and what of it is still to be served.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "schedule/window.h"

namespace dbssd::schedule {

/// What becomes of scheduled times that were not served in time, after downtime for example.
enum class MissedPolicy {
  latest,  ///< the newest is served, all others are missed
  all,     ///< each is served, oldest first; of more than kMostServed the older ones are missed
  merge,   ///< the newest is served over the joined windows of all; the others are merged into it
  skip,    ///< what is later than kOnTime is missed
};

enum class DueKind {
  serve,
  missed,
  merged,   ///< served_by another scheduled time, whose window covers this one's
  expired,  ///< later than the deadline
};

/// How late a time may be that `skip` still serves.
inline constexpr Seconds kOnTime{5 * 60};
/// How many times `all` serves after one outage.
inline constexpr std::size_t kMostServed = 100;

struct Due {
  Instant scheduled{};
  Why why = Why::exact;
  Window window{};  ///< for the carrier of merged times: the joined window
  DueKind kind = DueKind::serve;
  std::optional<Instant> served_by = {};  ///< for `merged`: the carrier's scheduled time
  bool operator==(const Due&) const = default;
};

struct DueRule {
  const Cron& cron;
  const Zone& zone;
  WindowRule window;
  MissedPolicy missed = MissedPolicy::latest;
  Seconds deadline{};  ///< a time that is more than this late is not served
};

/// What `merge` has begun: times were merged into a carrier that is still to be decided.
struct Joined {
  Instant carrier{};  ///< a scheduled time after the cursor
  Instant begin{};    ///< of the windows that were merged so far, the earliest
  bool operator==(const Joined&) const = default;
};

struct DueSet {
  std::vector<Due> due;               ///< ascending
  Instant cursor{};                   ///< all that is scheduled up to here is decided
  std::optional<Joined> joined = {};  ///< where `merge` was cut by the limit
};

/// Decides every scheduled time in (cursor, now]. A time that is later than the deadline is expired, except
/// where its policy had not served it anyway: `latest` and `skip` say missed of all but the newest, `merge`
/// merges them.
///
/// At most `limit` (at least 1) are decided in one call, the oldest; while the returned cursor is before
/// `now`, more may be left. Calls that go on with the returned cursor and `joined`, the last due's scheduled
/// time as previous_scheduled and the same `now` decide exactly what one call without a limit would.
///
/// With `joined` the times up to its carrier are merged, whatever rule.missed says by now, and no later one
/// is decided: a carrier that was named stays the one, however late it is by then, and whatever the zone has
/// become.
///
/// previous_scheduled is the last scheduled time on record, not after the cursor; window_for() says what it
/// is for. With now <= cursor, as after a step of the clock, nothing is due and the cursor stays.
[[nodiscard]] DueSet due_between(const DueRule& rule, Instant cursor,
                                 std::optional<Instant> previous_scheduled, Instant now,
                                 std::size_t limit = 10'000, std::optional<Joined> joined = {});

}  // namespace dbssd::schedule
