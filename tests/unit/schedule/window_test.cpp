#include "schedule/window.h"

#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

using Kind = WindowRule::Kind;

constexpr WindowRule kDay{Kind::previous_day, {}};
constexpr WindowRule kWeek{Kind::previous_week, {}};
constexpr WindowRule kMonth{Kind::previous_month, {}};
constexpr WindowRule kSince{Kind::since_previous, {}};
constexpr WindowRule kLastDay{Kind::last, Seconds{86'400}};

struct Covers {
  const char* shows;
  WindowRule rule;
  const char* zone;
  const char* cron;
  const char* scheduled;
  const char* begin;
  const char* end;
};

const Covers kCovers[] = {
    {"ADayIsTheLocalDay", kDay, "Asia/Shanghai", "0 6 * * *", "2025-06-09T22:00:00Z", "2025-06-08T16:00:00Z",
     "2025-06-09T16:00:00Z"},
    {"ADayOf23HoursIsOneDay", kDay, "America/New_York", "0 6 * * *", "2025-03-10T10:00:00Z",
     "2025-03-09T05:00:00Z", "2025-03-10T04:00:00Z"},
    {"ADayOf25HoursIsOneDay", kDay, "America/New_York", "0 6 * * *", "2025-11-03T11:00:00Z",
     "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z"},
    {"ADayBeginsWhereItsMidnightIsSkipped", kDay, "America/Santiago", "0 6 * * *", "2025-09-08T09:00:00Z",
     "2025-09-07T04:00:00Z", "2025-09-08T03:00:00Z"},
    {"ADayBeginsOnTheFirstPassOfItsMidnight", kDay, "America/Havana", "0 6 * * *", "2025-11-03T11:00:00Z",
     "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z"},
    {"ATimeMovedToTheNextDateKeepsItsOwnDay", kDay, "Pacific/Apia", "0 6 * * *", "2011-12-30T10:00:00Z",
     "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"},
    {"ADayThatWasSkippedIsEmpty", kDay, "Pacific/Apia", "0 6 * * *", "2011-12-30T16:00:00Z",
     "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
    {"AFireForTwoDaysCoversBoth", kDay, "Pacific/Apia", "0 0 * * *", "2011-12-30T10:00:00Z",
     "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"},
    {"ASecondPassStaysOnTheDayThatHadBegun", kDay, "America/St_Johns", "*/30 * * * *", "2010-11-07T03:00:00Z",
     "2010-11-06T02:30:00Z", "2010-11-07T02:30:00Z"},
    {"ATimeMovedOverMidnightKeepsItsOwnDay", kDay, "Europe/Berlin", "0 23 * * *", "1916-04-30T22:00:00Z",
     "1916-04-28T23:00:00Z", "1916-04-29T23:00:00Z"},
    {"AFireForTheEveningAndForMidnightCoversTwoDays", kDay, "Europe/Berlin", "0 0,23 * * *",
     "1916-04-30T22:00:00Z", "1916-04-28T23:00:00Z", "1916-04-30T22:00:00Z"},
    {"AFireForSundayAndForMondayCoversTwoWeeks", kWeek, "Europe/Berlin", "0 0,23 * * *",
     "1916-04-30T22:00:00Z", "1916-04-16T23:00:00Z", "1916-04-30T22:00:00Z"},
    {"AFireForAprilAndForMayCoversTwoMonths", kMonth, "Europe/Berlin", "0 0,23 * * *", "1916-04-30T22:00:00Z",
     "1916-02-29T23:00:00Z", "1916-04-30T22:00:00Z"},
    {"ASecondPassOfTheLastHourStaysOnItsDay", kDay, "America/Santiago", "*/30 * * * *",
     "2025-04-06T03:30:00Z", "2025-04-04T03:00:00Z", "2025-04-05T03:00:00Z"},
    {"AWildcardAtTheEndOfASkippedDayStandsForItsOwnTimeAlone", kDay, "Pacific/Apia", "0 * * * *",
     "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
    {"AWeekGoesFromMondayToMonday", kWeek, "UTC", "0 6 * * 3", "2025-06-11T06:00:00Z", "2025-06-02T00:00:00Z",
     "2025-06-09T00:00:00Z"},
    {"OnMondayItIsTheWeekThatJustEnded", kWeek, "UTC", "0 0 * * 1", "2025-06-09T00:00:00Z",
     "2025-06-02T00:00:00Z", "2025-06-09T00:00:00Z"},
    {"OnSundayItIsTheWeekBefore", kWeek, "UTC", "0 6 * * 0", "2025-06-15T06:00:00Z", "2025-06-02T00:00:00Z",
     "2025-06-09T00:00:00Z"},
    {"AWeekWithAChangeOfTheClocks", kWeek, "Europe/Berlin", "0 6 * * 1", "2025-03-31T04:00:00Z",
     "2025-03-23T23:00:00Z", "2025-03-30T22:00:00Z"},
    {"AMonthIsTheCalendars", kMonth, "UTC", "0 6 1 * *", "2025-03-01T06:00:00Z", "2025-02-01T00:00:00Z",
     "2025-03-01T00:00:00Z"},
    {"OnAnyDayItIsTheMonthBefore", kMonth, "UTC", "0 6 L * *", "2024-03-31T06:00:00Z", "2024-02-01T00:00:00Z",
     "2024-03-01T00:00:00Z"},
    {"InJanuaryItIsLastYearsDecember", kMonth, "Asia/Tokyo", "0 6 1 * *", "2025-12-31T21:00:00Z",
     "2025-11-30T15:00:00Z", "2025-12-31T15:00:00Z"},
    {"SincePreviousBeginsAtTheFireBefore", kSince, "UTC", "0 6 * * 1-5", "2025-06-09T06:00:00Z",
     "2025-06-06T06:00:00Z", "2025-06-09T06:00:00Z"},
    {"LastGoesBackARealSpan", kLastDay, "America/New_York", "0 6 * * *", "2025-03-09T10:00:00Z",
     "2025-03-08T10:00:00Z", "2025-03-09T10:00:00Z"},
};

class Windows : public testing::TestWithParam<Covers> {};

TEST_P(Windows, CoverExactly) {
  const Covers& c = GetParam();
  const Cron schedule = cron(c.cron);
  const Zone in = zone(c.zone);
  ASSERT_EQ(next(schedule, in, at(c.scheduled) - Seconds{1})->at, at(c.scheduled)) << "the row names no fire";
  const Window window = window_for(c.rule, schedule, in, at(c.scheduled));
  EXPECT_EQ(format_utc(window.begin), c.begin);
  EXPECT_EQ(format_utc(window.end), c.end);
}

INSTANTIATE_TEST_SUITE_P(Schedule, Windows, testing::ValuesIn(kCovers),
                         [](const auto& row) { return std::string(row.param.shows); });

TEST(Window, SincePreviousTakesTheRecordedTimeBeforeTheExpressions) {
  const Window window = window_for(kSince, cron("0 6 * * *"), zone("UTC"), at("2025-06-09T06:00:00Z"),
                                   at("2025-06-07T18:30:00Z"));
  EXPECT_EQ(window, (Window{at("2025-06-07T18:30:00Z"), at("2025-06-09T06:00:00Z")}));
}

TEST(Window, OfAnotherKindIgnoresTheRecordedTime) {
  const Cron daily = cron("0 6 * * *");
  const Instant scheduled = at("2025-06-09T06:00:00Z");
  for (const WindowRule& rule : {kDay, kWeek, kMonth, kLastDay}) {
    EXPECT_EQ(window_for(rule, daily, zone("UTC"), scheduled, at("2025-01-01T00:00:00Z")),
              window_for(rule, daily, zone("UTC"), scheduled));
  }
}

TEST(Window, SincePreviousOfTheFirstFireEverIsEmpty) {
  const Instant second = kDawn + std::chrono::days{1};
  EXPECT_EQ(window_for(kSince, cron("0 0 1 1 *"), zone("UTC"), kDawn), (Window{kDawn, kDawn}));
  EXPECT_EQ(window_for(kSince, cron("0 0 2 1 *"), zone("UTC"), second), (Window{second, second}));
}

}  // namespace
}  // namespace dbssd::schedule
