#include "model/year/habit.h"

#include <utility>

namespace dbssd::faults {

using schedule::RandomCron;

std::set<int> all_of(int first, int last) {
  std::set<int> values;
  for (int value = first; value <= last; ++value) values.insert(value);
  return values;
}

RandomCron daily(std::string text, std::set<int> minutes, std::set<int> hours) {
  RandomCron cron;
  cron.text = std::move(text);
  cron.minutes = std::move(minutes);
  cron.hours = std::move(hours);
  cron.days = all_of(1, 31);
  cron.months = all_of(1, 12);
  cron.weekdays = all_of(0, 6);
  cron.any_day = cron.any_weekday = true;
  return cron;
}

RandomCron weekly(std::string text, std::set<int> minutes, std::set<int> hours, int weekday) {
  RandomCron cron = daily(std::move(text), std::move(minutes), std::move(hours));
  cron.weekdays = {weekday};
  cron.any_weekday = false;
  return cron;
}

RandomCron monthly(std::string text, std::set<int> minutes, std::set<int> hours, int day) {
  RandomCron cron = daily(std::move(text), std::move(minutes), std::move(hours));
  cron.days = {day};
  cron.any_day = false;
  return cron;
}

RandomCron wildcard(RandomCron cron) {
  cron.wildcard = true;
  return cron;
}

policy::ReportRule rule_of(const Habit& habit) {
  policy::ReportRule rule{.name = ReportName(habit.name),
                          .schedule = *schedule::Cron::parse(habit.cron.text)};
  rule.report_template.value = "t-" + habit.name;
  rule.time_zone = habit.zone;
  rule.window = habit.window;
  rule.missed = habit.missed;
  rule.deadline = habit.deadline;
  rule.spread = habit.spread;
  if (!habit.instance.empty()) rule.select.include.id = {habit.instance};
  return rule;
}

}  // namespace dbssd::faults
