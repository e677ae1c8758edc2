#include "model/schedule/random_cron.h"

#include <algorithm>
#include <array>

namespace dbssd::schedule {
namespace {

struct Field {
  int low;
  int high;
  std::vector<std::string> names;
};

const Field kMinute{0, 59, {}};
const Field kHour{0, 23, {}};
const Field kDay{1, 31, {}};
const Field kMonth{
    1, 12, {"", "JAN", "feb", "Mar", "APR", "MAY", "jun", "JUL", "AUG", "SEP", "Oct", "NOV", "dec"}};
const Field kWeekday{0, 7, {"SUN", "mon", "Tue", "WED", "THU", "fri", "SAT", "7"}};

int pick(std::mt19937_64& random, int low, int high) {
  return std::uniform_int_distribution(low, high)(random);
}
bool chance(std::mt19937_64& random, int percent) { return pick(random, 1, 100) <= percent; }

std::string written(std::mt19937_64& random, const Field& field, int value) {
  const bool name = !field.names.empty() && value != 7 && chance(random, 50);
  return name || (value == 7 && field.high == 12 && chance(random, 50))
             ? field.names[static_cast<std::size_t>(value)]
             : std::to_string(value);
}

// One item of a list: its text, and its values added to the set.
std::string item(std::mt19937_64& random, const Field& field, std::set<int>& values, bool star_allowed) {
  int low = pick(random, field.low, field.high);
  int high = low;
  int step = 1;
  std::string text;
  switch (pick(random, star_allowed ? 0 : 1, 4)) {
    case 0:
      low = field.low;
      high = field.high;
      step = pick(random, 1, std::max(2, (field.high - field.low + 1) / 2));
      text = "*/" + std::to_string(step);
      break;
    case 1:
      high = pick(random, low, field.high);
      text = written(random, field, low) + "-" + written(random, field, high);
      if (high == 7 && field.high == 7) text = std::to_string(low) + "-7";
      break;
    case 2:
      high = pick(random, low, field.high);
      step = pick(random, 1, 9);
      text = std::to_string(low) + "-" + std::to_string(high) + "/" + std::to_string(step);
      break;
    case 3:
      high = field.high;
      step = pick(random, 1, 12);
      text = std::to_string(low) + "/" + std::to_string(step);
      break;
    default:
      text = written(random, field, low);
      break;
  }
  for (int value = low; value <= high; value += step) values.insert(field.high == 7 ? value % 7 : value);
  return text;
}

std::string list(std::mt19937_64& random, const Field& field, std::set<int>& values) {
  std::string text = item(random, field, values, true);
  while (chance(random, 30)) text += "," + item(random, field, values, true);
  return text;
}

std::string any(const Field& field, std::set<int>& values, const char* text) {
  for (int value = field.low; value <= field.high; ++value)
    values.insert(field.high == 7 ? value % 7 : value);
  return text;
}

// Times that a change of the clocks can meet: the small hours, or every hour.
std::string hours(std::mt19937_64& random, RandomCron& cron) {
  if (chance(random, 30)) return any(kHour, cron.hours, "*");
  if (chance(random, 40)) {
    const int hour = pick(random, 0, 3);
    cron.hours.insert(hour);
    return std::to_string(hour);
  }
  return list(random, kHour, cron.hours);
}

std::string days(std::mt19937_64& random, RandomCron& cron) {
  using Kind = SpecialDay::Kind;
  cron.any_day = chance(random, 70);
  if (cron.any_day) return any(kDay, cron.days, chance(random, 80) ? "*" : "?");
  const int n = pick(random, 1, 31);
  std::string text;
  switch (pick(random, 0, 5)) {
    case 0:
      text = "L";
      cron.special_days.push_back({Kind::last, 0, 0});
      break;
    case 1:
      text = "LW";
      cron.special_days.push_back({Kind::last_working, 0, 0});
      break;
    case 2:
      text = std::to_string(n) + "W";
      cron.special_days.push_back({Kind::nearest_working, n, 0});
      break;
    default:
      return list(random, kDay, cron.days);
  }
  return chance(random, 50) ? text + "," + item(random, kDay, cron.days, true) : text;
}

std::string weekdays(std::mt19937_64& random, RandomCron& cron) {
  using Kind = SpecialDay::Kind;
  cron.any_weekday = chance(random, 60);
  if (cron.any_weekday) return any(kWeekday, cron.weekdays, chance(random, 80) ? "*" : "?");
  const int n = pick(random, 0, 7);
  const int k = pick(random, 1, 5);
  switch (pick(random, 0, 3)) {
    case 0:
      cron.special_weekdays.push_back({Kind::last_weekday, n % 7, 0});
      return std::to_string(n) + "L";
    case 1:
      cron.special_weekdays.push_back({Kind::nth_weekday, n % 7, k});
      return written(random, kWeekday, n) + "#" + std::to_string(k);
    default:
      return list(random, kWeekday, cron.weekdays);
  }
}

}  // namespace

RandomCron random_cron(std::mt19937_64& random) {
  RandomCron cron;
  const std::string minute =
      chance(random, 15) ? any(kMinute, cron.minutes, "*") : list(random, kMinute, cron.minutes);
  const std::string hour = hours(random, cron);
  const std::string day = days(random, cron);
  const std::string month =
      chance(random, 85) ? any(kMonth, cron.months, "*") : list(random, kMonth, cron.months);
  const std::string weekday = weekdays(random, cron);
  cron.wildcard = minute.front() == '*' || hour.front() == '*';
  cron.text = minute + " " + hour + " " + day + " " + month + " " + weekday;
  return cron;
}

}  // namespace dbssd::schedule
