// How the project's gateway has been behaving.
#pragma once

#include <bitset>
#include <optional>

#include "base/error.h"
#include "base/time.h"

namespace dbssd::planner {

/// Every other call of the project would have failed as well; throttled: every other one of its kind.
[[nodiscard]] constexpr bool concerns_everyone(ErrorKind kind) {
  return kind == ErrorKind::not_sent || kind == ErrorKind::throttled || kind == ErrorKind::unauthorized;
}

/// The service failed; over this one thing, or altogether.
[[nodiscard]] constexpr bool is_suspicious(ErrorKind kind) {
  return kind == ErrorKind::outcome_unknown || kind == ErrorKind::malformed;
}

/// So many refusals for the number of calls in a row are more than a pace that finds its limit.
inline constexpr int kThrottledInARow = 5;

/// While `failures` is above 0, nothing leaves before hold_until, and then one call at a time. Where all that
/// failed was throttled, that is so for calls of those kinds alone: the service counts each by itself.
struct Health {
  int failures = 0;    ///< in a row, of calls that say that all others would fail too
  int suspicions = 0;  ///< first tries in a row, of different things, over which the service failed
  MonoTime hold_until{};
  MonoTime failed_at{};  ///< the newest of them; an answer to a call that left before says nothing
  std::optional<MonoTime> failing_since;
  bool only_throttled = false;
  std::bitset<16> throttled_kinds;  ///< by the index of Call
  bool told = false;                ///< that it fails; only then its recovery is told
  std::optional<MonoTime>
      throttled_at;  ///< the newest refusal for the number of calls, in this outage or before
};

}  // namespace dbssd::planner
