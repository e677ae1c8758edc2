// Random expressions, each with its meaning written down beside the text, so that no parser is needed to know
// it.
#pragma once

#include <random>
#include <set>
#include <string>
#include <vector>

namespace dbssd::schedule {

/// The day rules that are more than a number.
struct SpecialDay {
  enum class Kind { last, last_working, nearest_working, last_weekday, nth_weekday };
  Kind kind = Kind::last;
  int n = 0;  ///< the day, or the weekday
  int k = 0;  ///< which one of the month
};

struct RandomCron {
  std::string text;
  std::set<int> minutes, hours, days, months, weekdays;  ///< weekdays 0..6
  std::vector<SpecialDay> special_days, special_weekdays;
  bool any_day = false;
  bool any_weekday = false;
  bool wildcard = false;
};

/// Mostly schedules that fire often, since those meet the changes of the clocks.
[[nodiscard]] RandomCron random_cron(std::mt19937_64& random);

}  // namespace dbssd::schedule
