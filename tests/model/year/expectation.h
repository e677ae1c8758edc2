// What must come of a rule on one instance, given when the daemon was awake: docs/schedules.md once more, in
// the plainest way.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "journal/records.h"
#include "model/year/calendar.h"
#include "model/year/habit.h"
#include "model/year/host.h"

namespace dbssd::faults {

struct Expected {
  Instant scheduled{};
  Window window;  ///< joined, where others were merged into it
  journal::Outcome outcome = journal::Outcome::finished;
  std::optional<Instant> served_by;
};

/// Calendars are dear, and shared.
class Expectation {
 public:
  /// What is scheduled up to `end` is expected.
  Expectation(const std::vector<Waking>& wakings, Instant end) : wakings_(wakings), end_(end) {}

  /// Ascending.
  [[nodiscard]] std::vector<Expected> runs(const Habit& habit, Seconds spread);

 private:
  [[nodiscard]] const Calendar& calendar(const std::string& zone);

  const std::vector<Waking>& wakings_;
  Instant end_;
  std::map<std::string, std::unique_ptr<Calendar>> calendars_;
};

}  // namespace dbssd::faults
