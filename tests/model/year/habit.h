// A report rule, with what its expression means written down beside the text.
#pragma once

#include <string>

#include "base/time.h"
#include "model/schedule/random_cron.h"
#include "policy/report_rule.h"
#include "schedule/due.h"
#include "schedule/window.h"

namespace dbssd::faults {

struct Habit {
  std::string name;
  std::string zone;
  schedule::RandomCron cron;
  schedule::WindowRule window;
  schedule::MissedPolicy missed = schedule::MissedPolicy::latest;
  Seconds deadline = std::chrono::hours{6};
  Seconds spread{};
  bool tiles = true;       ///< the windows of all its times join, whatever happens
  std::string instance{};  ///< the only one that it is for; empty: all
};

/// The minutes and hours that the text names, on every day.
[[nodiscard]] schedule::RandomCron daily(std::string text, std::set<int> minutes, std::set<int> hours);
/// The same on one weekday, 0 is Sunday, or on one day of the month.
[[nodiscard]] schedule::RandomCron weekly(std::string text, std::set<int> minutes, std::set<int> hours,
                                          int weekday);
[[nodiscard]] schedule::RandomCron monthly(std::string text, std::set<int> minutes, std::set<int> hours,
                                           int day);
/// A schedule of the other kind: both passes, and nothing in a gap.
[[nodiscard]] schedule::RandomCron wildcard(schedule::RandomCron cron);

/// From the first to the last.
[[nodiscard]] std::set<int> all_of(int first, int last);

[[nodiscard]] policy::ReportRule rule_of(const Habit& habit);

}  // namespace dbssd::faults
