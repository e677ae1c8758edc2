// One zone's days and fires, told by looking at all that its clocks show. It shares nothing with
// daemon/schedule but the names of the windows: offsets come from cctz.
#pragma once

#include <cctz/civil_time.h>

#include <string>
#include <vector>

#include "base/time.h"
#include "model/schedule/model.h"
#include "schedule/window.h"

namespace dbssd::faults {

class Calendar {
 public:
  /// Knows what is scheduled from `begin` to `end`, and the days from three months before on.
  Calendar(const std::string& zone, Instant begin, Instant end);

  [[nodiscard]] std::vector<Instant> fires(const schedule::RandomCron& cron) const;

  /// What a time is about. since_previous is the caller's: it depends on what was scheduled before.
  [[nodiscard]] Window window(const schedule::WindowRule& rule, Instant scheduled) const;

 private:
  struct Day {
    cctz::civil_day day;
    Instant begin;  ///< when the clocks first show it
  };
  [[nodiscard]] cctz::civil_day day_of(Instant t) const;
  [[nodiscard]] Instant begin_of(cctz::civil_day day) const;

  schedule::ModelClock clock_;
  std::vector<Day> days_;
};

}  // namespace dbssd::faults
