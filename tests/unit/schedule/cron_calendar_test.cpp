#include <algorithm>
#include <chrono>

#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::weekday;
using std::chrono::year;
using std::chrono::year_month_day;

// The calendar repeats after 400 years: what holds for all of their days holds for ever.
constexpr local_days kCycleBegin{year{2000} / 1 / 1};
constexpr local_days kCycleEnd{year{2400} / 1 / 1};

// The days of one whole cycle that an expression names, forwards and backwards, against a rule for days.
template <class Rule>
void expect_days(std::string_view text, Rule rule) {
  std::vector<local_days> expected;
  for (local_days day = kCycleBegin; day < kCycleEnd; day += days{1}) {
    if (rule(day)) expected.push_back(day);
  }
  ASSERT_FALSE(expected.empty()) << text << " names no day at all";
  const Cron c = cron(text);
  std::vector<local_days> forwards;
  for (auto t = c.at_or_after(kCycleBegin); t && *t < kCycleEnd && forwards.size() <= expected.size();
       t = c.at_or_after(*t + Seconds{1})) {
    forwards.push_back(std::chrono::floor<days>(*t));
  }
  EXPECT_TRUE(forwards == expected) << text;
  std::vector<local_days> backwards;
  for (auto t = c.at_or_before(kCycleEnd - Seconds{1});
       t && *t >= kCycleBegin && backwards.size() <= expected.size(); t = c.at_or_before(*t - Seconds{1})) {
    backwards.push_back(std::chrono::floor<days>(*t));
  }
  std::reverse(backwards.begin(), backwards.end());
  EXPECT_TRUE(backwards == expected) << text;
}

unsigned day_of(local_days day) { return static_cast<unsigned>(year_month_day{day}.day()); }
bool is_last_of_month(local_days day) { return day_of(day + days{1}) == 1; }
bool is_working_day(local_days day) { return weekday{day}.iso_encoding() <= 5; }

TEST(CronCalendar, KnowsTheLastDay) { expect_days("0 0 L * *", is_last_of_month); }

TEST(CronCalendar, KnowsTheLastWorkingDay) {
  expect_days("0 0 LW * *", [](local_days day) {
    local_days last = day;
    while (!is_last_of_month(last)) last += days{1};
    while (!is_working_day(last)) last -= days{1};
    return day == last;
  });
}

TEST(CronCalendar, KnowsTheLastWeekday) {
  expect_days("0 0 * * 5L", [](local_days day) {
    return weekday{day} == std::chrono::Friday && day_of(day + days{7}) < day_of(day);
  });
}

TEST(CronCalendar, KnowsTheNthWeekday) {
  for (unsigned k = 1; k <= 5; ++k) {
    expect_days("0 0 * * 3#" + std::to_string(k), [k](local_days day) {
      return weekday{day} == std::chrono::Wednesday && (day_of(day) + 6) / 7 == k;
    });
  }
}

// Nearest by distance, an earlier day before a later one as far, and never outside the month.
bool is_nearest_working_day(local_days day, unsigned to) {
  const auto ymd = year_month_day{day};
  const year_month_day named = ymd.year() / ymd.month() / std::chrono::day{to};
  if (!named.ok() || !is_working_day(day)) return false;
  for (int distance = 0; distance < 7; ++distance) {
    for (const int sign : {-1, 1}) {
      const local_days candidate = local_days{named} + days{sign * distance};
      if (year_month_day{candidate}.month() == ymd.month() && is_working_day(candidate))
        return candidate == day;
    }
  }
  return false;
}

TEST(CronCalendar, KnowsTheNearestWorkingDayOfEveryDay) {
  for (const unsigned n : {1U, 2U, 15U, 28U, 29U, 30U, 31U}) {
    expect_days("0 0 " + std::to_string(n) + "W * *",
                [n](local_days day) { return is_nearest_working_day(day, n); });
  }
}

TEST(CronCalendar, TakesEitherOfTwoRestrictedDays) {
  expect_days("0 0 13 * 5",
              [](local_days day) { return day_of(day) == 13 || weekday{day} == std::chrono::Friday; });
  expect_days("0 0 L * 1#1", [](local_days day) {
    return is_last_of_month(day) || (weekday{day} == std::chrono::Monday && day_of(day) <= 7);
  });
}

TEST(CronCalendar, TakesTheOneThatIsRestricted) {
  expect_days("0 0 13 * ?", [](local_days day) { return day_of(day) == 13; });
  expect_days("0 0 ? * 5", [](local_days day) { return weekday{day} == std::chrono::Friday; });
  expect_days("0 0 * * *", [](local_days) { return true; });
}

TEST(CronCalendar, HasAFifthWeekdayInFebruaryForEachWeekday) {
  for (int n = 0; n < 7; ++n) {
    expect_days("0 0 * 2 " + std::to_string(n) + "#5", [n](local_days day) {
      const year_month_day ymd{day};
      return ymd.month() == std::chrono::February && ymd.day() == std::chrono::day{29} &&
             weekday{day} == weekday{static_cast<unsigned>(n)};
    });
  }
}

// A day of month and a set of months: the expression parses exactly where 400 years have such a day.
TEST(CronCalendar, RefusesExactlyWhatNeverFires) {
  for (unsigned d = 1; d <= 31; ++d) {
    for (unsigned m = 1; m <= 12; ++m) {
      bool exists = false;
      for (int y = 2000; y < 2400 && !exists; ++y)
        exists = (year{y} / static_cast<int>(m) / static_cast<int>(d)).ok();
      const std::string text = "0 0 " + std::to_string(d) + " " + std::to_string(m) + " *";
      EXPECT_EQ(Cron::parse(text).has_value(), exists) << text;
    }
  }
}

TEST(CronCalendar, FindsEveryMinuteOfADay) {
  const Cron c = cron("7,30-32,59 0,9-11/2,23 * * *");
  const Local midnight{local_days{year{2025} / 3 / 9}};
  for (int second = 0; second < 86'400; second += 20) {
    const Local from = midnight + Seconds{second};
    Local after = std::chrono::ceil<std::chrono::minutes>(from);
    Local before = std::chrono::floor<std::chrono::minutes>(from);
    const auto named = [&](Local t) {
      const auto minute = (t.time_since_epoch() / std::chrono::minutes{1}) % 60;
      const auto hour = (t.time_since_epoch() / std::chrono::hours{1}) % 24;
      return (minute == 7 || (minute >= 30 && minute <= 32) || minute == 59) &&
             (hour == 0 || hour == 9 || hour == 11 || hour == 23);
    };
    while (!named(after)) after += std::chrono::minutes{1};
    while (!named(before)) before -= std::chrono::minutes{1};
    ASSERT_EQ(c.at_or_after(from), after) << second;
    ASSERT_EQ(c.at_or_before(from), before) << second;
  }
}

}  // namespace
}  // namespace dbssd::schedule
