// Notices when the wall clock does not run as time does.
#pragma once

#include <optional>

#include "base/time.h"

namespace dbssd::engine {

/// Compares what both clocks say has passed. The monotonic clock stands still while the host sleeps, so a
/// suspend shows as a jump forward, like a clock that was set.
class ClockWatch {
 public:
  explicit ClockWatch(const Now& start) : last_(start) {}

  /// By how much the wall clock jumped since the last call; nothing where it ran within kTolerance.
  [[nodiscard]] std::optional<Millis> step(const Now& now);

  /// Slewing and scheduling stay below.
  static constexpr Millis kTolerance = Seconds{2};

 private:
  Now last_;
};

}  // namespace dbssd::engine
