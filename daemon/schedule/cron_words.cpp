#include <array>
#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "schedule/bit_runs.h"
#include "schedule/cron_fields.h"

namespace dbssd::schedule {
namespace {

using Words = std::vector<std::string>;
using Name = std::string (*)(unsigned);

constexpr int kTimesToList = 6;

std::string number(unsigned value) { return std::to_string(value); }

std::string month_name(unsigned month) {
  constexpr std::array<const char*, 13> kNames{"",        "January",  "February", "March",  "April",
                                               "May",     "June",     "July",     "August", "September",
                                               "October", "November", "December"};
  return kNames.at(month);
}

std::string weekday_name(unsigned day) {
  constexpr std::array<const char*, 7> kNames{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                              "Thursday", "Friday", "Saturday"};
  return kNames.at(day % 7);
}

// "a", "a and b", "a, b and c"
std::string listed(const Words& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

// "1, 3 and 9 to 17"
std::string spans(std::uint64_t bits, Name name) {
  constexpr std::size_t kFewestInSteps = 6;
  Words words;
  for (const Run& run : runs_of(bits, kFewestInSteps)) {
    std::string text = name(run.first);
    if (run.last != run.first) text += " to " + name(run.last);
    if (run.step != 1) text += " in steps of " + number(run.step);
    words.push_back(std::move(text));
  }
  return listed(words);
}

std::string clock_time(unsigned hour, unsigned minute) {
  const auto two = [](unsigned n) { return (n < 10 ? "0" : "") + number(n); };
  return two(hour) + ":" + two(minute);
}

// "an hour that H picks from 18 to 20", "every 2 hours from a start that H picks"
void add_draws(const CronFields& fields, CronField field, const std::string& noun, Name name, Words& words) {
  for (const HashTerm& term : fields.draws) {
    if (term.field != field) continue;
    const std::string range = " that H picks from " + name(term.low) + " to ";
    if (term.step == 0) {
      words.push_back((noun == "hour" ? "an " : "a ") + noun + range + name(term.high));
    } else {
      words.push_back("every " + number(term.step) + " " + noun + "s up to " + name(term.high) +
                      " from a start" + range + name(term.low + term.step - 1U));
    }
  }
}

// "minute 5", "hours 9 to 17 and an hour that H picks from 18 to 20"
std::string counted(const CronFields& fields, CronField field, std::uint64_t bits, const std::string& noun) {
  Words words;
  if (bits != 0) words.push_back(noun + (std::has_single_bit(bits) ? " " : "s ") + spans(bits, number));
  add_draws(fields, field, noun, number, words);
  return listed(words);
}

bool draws(const CronFields& fields, CronField field) {
  for (const HashTerm& term : fields.draws) {
    if (term.field == field) return true;
  }
  return false;
}

// The distance of minutes that are the same in every hour, 0 where there is none.
unsigned even_minutes(std::uint64_t minutes) {
  for (const unsigned step : {1U, 2U, 3U, 4U, 5U, 6U, 10U, 12U, 15U, 20U, 30U}) {
    std::uint64_t every = 0;
    for (unsigned value = 0; value < 60; value += step) every |= std::uint64_t{1} << value;
    if (every == minutes) return step;
  }
  return 0;
}

std::string describe_time(const CronFields& fields) {
  const CronSets& sets = fields.sets;
  const bool drawn = draws(fields, CronField::minute) || draws(fields, CronField::hour);
  const int times = std::popcount(sets.minutes) * std::popcount(sets.hours);
  if (!drawn && times <= kTimesToList) {
    Words words;
    for (const unsigned hour : values_of(sets.hours)) {
      for (const unsigned minute : values_of(sets.minutes)) words.push_back(clock_time(hour, minute));
    }
    return "at " + listed(words);
  }
  std::string text;
  if (const unsigned step = draws(fields, CronField::minute) ? 0 : even_minutes(sets.minutes)) {
    text = step == 1 ? "every minute" : "every " + number(step) + " minutes";
    if (sets.hours == kAllHours) return text;
    return text + " in " + counted(fields, CronField::hour, sets.hours, "hour");
  }
  text = sets.minutes == kAllMinutes ? "every minute"
                                     : "at " + counted(fields, CronField::minute, sets.minutes, "minute");
  return text + " of " +
         (sets.hours == kAllHours ? "every hour" : counted(fields, CronField::hour, sets.hours, "hour"));
}

std::string describe_days(const CronFields& fields) {
  const CronSets& sets = fields.sets;
  Words words;
  if (sets.days != 0) {
    words.push_back((std::has_single_bit(sets.days) ? "day " : "days ") + spans(sets.days, number));
  }
  if (sets.last_day) words.emplace_back("the last day");
  if (sets.last_working_day) words.emplace_back("the last working day");
  for (const unsigned day : values_of(sets.nearest)) {
    words.push_back("the working day nearest to day " + number(day));
  }
  add_draws(fields, CronField::day, "day", number, words);
  return "on " + listed(words) + " of the month";
}

std::string describe_weekdays(const CronFields& fields) {
  constexpr std::array<const char*, 5> kNth{"first", "second", "third", "fourth", "fifth"};
  const CronSets& sets = fields.sets;
  Words words;
  if (sets.weekdays != 0) words.push_back(spans(sets.weekdays, weekday_name));
  add_draws(fields, CronField::weekday, "day", weekday_name, words);
  const bool plain = !words.empty();
  Words in_month;
  for (std::size_t k = 0; k < sets.nth_weekdays.size(); ++k) {
    for (const unsigned day : values_of(sets.nth_weekdays[k])) {
      in_month.push_back("the " + std::string(kNth.at(k)) + " " + weekday_name(day));
    }
  }
  for (const unsigned day : values_of(sets.last_weekdays)) {
    in_month.push_back("the last " + weekday_name(day));
  }
  std::string text = plain ? "on " + listed(words) : "";
  if (!in_month.empty()) text += std::string(plain ? " and on " : "on ") + listed(in_month) + " of the month";
  return text;
}

}  // namespace

std::string describe_fields(const CronFields& fields) {
  const CronSets& sets = fields.sets;
  std::string text = describe_time(fields);
  if (!sets.any_day) text += " " + describe_days(fields);
  if (!sets.any_weekday) text += std::string(sets.any_day ? " " : " or ") + describe_weekdays(fields);
  if (sets.any_day && sets.any_weekday && sets.hours != kAllHours) text += " every day";
  if (sets.months != kAllMonths) {
    Words words;
    if (sets.months != 0) words.push_back(spans(sets.months, month_name));
    add_draws(fields, CronField::month, "month", month_name, words);
    text += " in " + listed(words);
  }
  return text;
}

}  // namespace dbssd::schedule
