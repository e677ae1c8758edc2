#include "base/time.h"

#include <gtest/gtest.h>

#include <array>

namespace dbssd {
namespace {

struct Reading {
  std::int64_t seconds;
  const char* text;
};

constexpr Reading kReadings[] = {
    {0, "1970-01-01T00:00:00Z"},
    {-1, "1969-12-31T23:59:59Z"},
    {951782400, "2000-02-29T00:00:00Z"},
    {1741503600, "2025-03-09T07:00:00Z"},
    {2147483648, "2038-01-19T03:14:08Z"},
    {4107542400, "2100-03-01T00:00:00Z"},
    {253402300799, "9999-12-31T23:59:59Z"},
    {-62167219200, "0000-01-01T00:00:00Z"},
};

TEST(FormatUtc, WritesEveryFieldOfTheProlepticCalendar) {
  for (const auto& [seconds, text] : kReadings) EXPECT_EQ(format_utc(Instant(Seconds(seconds))), text);
}

TEST(FormatUtc, GivesYearsBeyondFourDigitsTheDigitsTheyNeed) {
  EXPECT_EQ(format_utc(Instant(Seconds(253402300800))), "10000-01-01T00:00:00Z");
  EXPECT_EQ(format_utc(Instant(Seconds(-62167219201))), "-001-12-31T23:59:59Z");
}

TEST(ParseUtc, ReadsBackWhatFormatUtcWrote) {
  for (const auto& [seconds, text] : kReadings) {
    const auto read = parse_utc(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->time_since_epoch(), Seconds(seconds)) << text;
  }
}

TEST(ParseUtc, RefusesEveryOtherForm) {
  for (const char* text : {
           "",
           "2025-03-09",
           "2025-03-09T07:00:00",
           "2025-03-09T07:00:00z",
           "2025-03-09 07:00:00Z",
           "2025-03-09T07:00:00.000Z",
           "2025-03-09T07:00:00+00:00",
           " 2025-03-09T07:00:00Z",
           "2025-03-09T07:00:00Z ",
           "2025-3-09T07:00:000Z",
           "2025-03-09T07:00:0xZ",
           "+025-03-09T07:00:00Z",
           "-025-03-09T07:00:00Z",
           "2025/03/09T07:00:00Z",
           "10000-01-01T00:00:00Z",
       }) {
    EXPECT_FALSE(parse_utc(text)) << '"' << text << '"';
  }
}

TEST(ParseUtc, RefusesTimesThatNoCalendarHas) {
  for (const char* text : {
           "2025-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2025-04-31T00:00:00Z", "2025-00-10T00:00:00Z",
           "2025-13-10T00:00:00Z", "2025-01-00T00:00:00Z", "2025-01-01T24:00:00Z", "2025-01-01T00:60:00Z",
           "2016-12-31T23:59:60Z",  // a leap second: POSIX has no place for it
       }) {
    EXPECT_FALSE(parse_utc(text)) << text;
  }
}

TEST(ParseUtc, RefusesAZeroByteInsideTheText) {
  constexpr char kText[] = "2025-03-09T07:00:\0000Z";
  EXPECT_FALSE(parse_utc({kText, 20}));
}

TEST(FormatUtcMillis, WritesThreeDigitsOfTheFractionAlsoBeforeTheEpoch) {
  constexpr std::pair<std::int64_t, const char*> kRows[] = {
      {0, "1970-01-01T00:00:00.000Z"},
      {7, "1970-01-01T00:00:00.007Z"},
      {1741503600123, "2025-03-09T07:00:00.123Z"},
      {-1, "1969-12-31T23:59:59.999Z"},
  };
  for (const auto& [millis, text] : kRows) EXPECT_EQ(format_utc_millis(WallTime(Millis(millis))), text);
}

TEST(Now, SecondIsTheOneThatTheWallClockIsIn) {
  const auto second_of = [](std::int64_t millis) { return Now{WallTime(Millis(millis)), {}}.second(); };
  EXPECT_EQ(second_of(1999), Instant(Seconds(1)));
  EXPECT_EQ(second_of(-1), Instant(Seconds(-1)));
}

TEST(SystemClock, ReadsBothClocksOfTheHost) {
  const auto wall = std::chrono::floor<Millis>(std::chrono::system_clock::now());
  const auto mono = std::chrono::steady_clock::now();
  const Now now = SystemClock().now();
  EXPECT_GE(now.wall, wall - std::chrono::minutes(1));
  EXPECT_LE(now.wall, wall + std::chrono::minutes(1));
  EXPECT_GE(now.mono.time_since_epoch(), mono.time_since_epoch());
}

TEST(Window, OrdersByBeginAndThenByEnd) {
  const auto window = [](int begin, int end) {
    return Window{Instant(Seconds(begin)), Instant(Seconds(end))};
  };
  EXPECT_LT(window(1, 9), window(2, 3));
  EXPECT_LT(window(1, 2), window(1, 3));
  EXPECT_EQ(window(1, 2), window(1, 2));
}

}  // namespace
}  // namespace dbssd
