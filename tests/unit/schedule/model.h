// The rules for schedules once more, in the plainest way: look at every second that a clock shows.
//
// It shares nothing with daemon/schedule: offsets come from cctz, days are counted one by one, and no field
// is ever read as text.
#pragma once

#include <cctz/time_zone.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "unit/schedule/random_cron.h"

namespace dbssd::schedule {

/// What one zone's clocks show during some days, minute by minute.
class ModelClock {
 public:
  /// Watches from `begin` to `end`, in seconds of UTC. What was shown in the two days before counts as shown
  /// before.
  ModelClock(const cctz::time_zone& zone, std::int64_t begin, std::int64_t end);

  /// The fires of [begin, end), ascending.
  [[nodiscard]] std::vector<std::int64_t> fires(const RandomCron& cron) const;

 private:
  struct Minute {
    std::int64_t at = 0;     // UTC
    std::int64_t local = 0;  // minutes since 1970 as the clock shows them
    bool shown = true;       // false: skipped, and `at` is the gap's end
    bool again = false;      // the clock had shown or skipped it before
  };
  void watch(const cctz::time_zone& zone, std::int64_t from, std::int64_t to);

  std::int64_t begin_;
  std::vector<Minute> minutes_;
  std::map<std::int64_t, bool> seen_;
};

}  // namespace dbssd::schedule
