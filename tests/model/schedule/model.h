// The rules for schedules once more, in the plainest way: look at every second that a clock shows.
//
// It shares nothing with daemon/schedule: offsets come from cctz, days are counted one by one, and no field
// is ever read as text.
#pragma once

#include <cctz/time_zone.h>

#include <cstdint>
#include <vector>

#include "model/schedule/random_cron.h"

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
    std::int64_t at = 0;  // UTC
    std::size_t day = 0;  // counted from first_day_
    int time = 0;         // minutes since midnight, as the clock shows them
    bool shown = true;    // false: skipped, and `at` is the gap's end
    bool again = false;   // the clock had shown or skipped it before
  };
  void watch(const cctz::time_zone& zone, std::int64_t from, std::int64_t to);
  void note(std::int64_t at, std::int64_t local_minute, bool shown);

  std::int64_t begin_;
  std::int64_t first_day_;  // of the local calendar, since 1970
  std::vector<Minute> minutes_;
  std::vector<char> seen_;  // by local minute since first_day_
};

}  // namespace dbssd::schedule
