#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/command.h"

namespace dbssd::cli {
namespace {

using testing::HasSubstr;

struct Printed {
  int status = kWell;
  std::string out;
  std::string err;
};

Printed next_of(const NextArguments& arguments) {
  std::ostringstream out, err;
  const int status = next(arguments, {out, err});
  return {status, out.str(), err.str()};
}

NextArguments of(const char* cron, const char* zone, const char* from, int count, Output output) {
  NextArguments arguments;
  arguments.cron = cron;
  arguments.time_zone = zone;
  arguments.from = parse_utc(from);
  arguments.count = count;
  arguments.output = output;
  return arguments;
}

TEST(Next, PrintsOneInstantALineAndNothingElseAsUtc) {
  const Printed printed =
      next_of(of("30 2 * * *", "America/New_York", "2025-03-08T12:00:00Z", 3, Output::utc));
  EXPECT_EQ(printed.status, kWell);
  EXPECT_EQ(printed.out, "2025-03-09T07:00:00Z\n2025-03-10T06:30:00Z\n2025-03-11T06:30:00Z\n");
  EXPECT_EQ(printed.err, "");
}

TEST(Next, AddsLocalTimeAndWhatAChangeOfTheClocksDidAsText) {
  const Printed gap = next_of(of("30 2 * * *", "America/New_York", "2025-03-08T12:00:00Z", 2, Output::text));
  EXPECT_THAT(gap.out, HasSubstr("30 2 * * * America/New_York: "));
  EXPECT_THAT(gap.out, HasSubstr("\n  2025-03-09T07:00:00Z  Sun 2025-03-09 03:00:00 -04:00  gap-shifted\n"
                                 "  2025-03-10T06:30:00Z  Mon 2025-03-10 02:30:00 -04:00  exact\n"));
  const Printed twice =
      next_of(of("*/30 * * * *", "America/New_York", "2025-11-02T05:00:00Z", 3, Output::text));
  EXPECT_THAT(twice.out,
              HasSubstr("  2025-11-02T05:30:00Z  Sun 2025-11-02 01:30:00 -04:00  first-of-two\n"
                        "  2025-11-02T06:00:00Z  Sun 2025-11-02 01:00:00 -05:00  second-of-two\n"));
}

TEST(Next, AddsTheWindowWhereOneIsNamed) {
  struct Row {
    const char* window;
    const char* span;
  };
  for (const auto& [window, span] : {
           Row{"previous_day", "window 2025-03-28T23:00:00Z to 2025-03-29T23:00:00Z"},
           Row{"previous_week", "window 2025-03-16T23:00:00Z to 2025-03-23T23:00:00Z"},
           Row{"previous_month", "window 2025-01-31T23:00:00Z to 2025-02-28T23:00:00Z"},
           Row{"since_previous", "window 2025-03-29T05:00:00Z to 2025-03-30T04:00:00Z"},
           Row{"last:1h30m", "window 2025-03-30T02:30:00Z to 2025-03-30T04:00:00Z"},
       }) {
    NextArguments arguments = of("0 6 * * *", "Europe/Berlin", "2025-03-29T12:00:00Z", 1, Output::text);
    arguments.window = window;
    EXPECT_THAT(next_of(arguments).out, HasSubstr(span)) << window;
  }
}

TEST(Next, SaysTheSameAsJson) {
  NextArguments arguments = of("30 2 * * *", "America/New_York", "2025-03-08T12:00:00Z", 1, Output::json);
  arguments.window = "previous_day";
  const Printed printed = next_of(arguments);
  EXPECT_EQ(printed.err, "");
  EXPECT_EQ(nlohmann::json::parse(printed.out), nlohmann::json::parse(R"({"schedules": [{
    "schedule": "30 2 * * *", "time_zone": "America/New_York", "words": "at 02:30 every day",
    "fires": [{"scheduled_time": "2025-03-09T07:00:00Z", "local_time": "2025-03-09T03:00:00", "utc_offset": "-04:00",
               "why": "gap-shifted", "window_begin": "2025-03-08T05:00:00Z", "window_end": "2025-03-09T05:00:00Z"}]
  }]})"));
}

TEST(Next, WritesTheSecondsOfALocalMeanTime) {
  const Printed printed =
      next_of(of("0 12 * * *", "America/New_York", "1883-11-16T12:00:00Z", 1, Output::text));
  EXPECT_THAT(printed.out, HasSubstr("1883-11-16T16:56:02Z  Fri 1883-11-16 12:00:00 -04:56:02  exact"));
}

TEST(Next, TakesUtcWhereNoZoneIsNamed) {
  NextArguments arguments;
  arguments.cron = "0 6 * * *";
  arguments.from = parse_utc("2025-03-09T07:00:00Z");
  arguments.count = 1;
  arguments.output = Output::utc;
  EXPECT_EQ(next_of(arguments).out, "2025-03-10T06:00:00Z\n");
}

TEST(Next, StartsNowWhereNothingElseIsSaid) {
  NextArguments arguments;
  arguments.cron = "* * * * *";
  arguments.count = 1;
  arguments.output = Output::utc;
  const Instant before = SystemClock().now().second();
  std::string line = next_of(arguments).out;
  ASSERT_FALSE(line.empty());
  line.pop_back();
  const auto fire = parse_utc(line);
  ASSERT_TRUE(fire) << line;
  EXPECT_GT(*fire, before);
  EXPECT_LE(*fire, before + std::chrono::minutes(2));
}

TEST(Next, DrawsHForTheReportAndTheInstanceNamed) {
  const auto drawn = [](const char* instance) {
    NextArguments arguments = of("H H * * *", "UTC", "2025-03-09T00:00:00Z", 1, Output::utc);
    arguments.report = "daily-sox";
    if (instance != nullptr) arguments.instance = instance;
    return next_of(arguments);
  };
  EXPECT_EQ(drawn("8c53").out, drawn("8c53").out);
  EXPECT_NE(drawn("8c53").out, drawn("8c54").out);
  EXPECT_EQ(drawn("8c53").err, "");
  EXPECT_THAT(drawn(nullptr).err, HasSubstr("--instance ID says whose is shown"));
}

TEST(Next, PointsAtTheCharacterThatIsWrong) {
  struct Row {
    const char* cron;
    const char* mark;
  };
  for (const auto& [cron, mark] : {
           Row{"0 6 32 * *", "\n  0 6 32 * *\n      ^~\n"},
           Row{"0 25 * * *", "\n  0 25 * * *\n    ^~\n"},
           Row{"ä 6 * * *", "\n  ä 6 * * *\n  ^"},
           Row{"0 ä 99 * *", "\n  0 ä 99 * *\n    ^"},
           Row{"0\t6 32 * *", "\n  0?6 32 * *\n      ^~\n"},
       }) {
    const Printed printed = next_of(of(cron, "UTC", "2025-03-08T12:00:00Z", 1, Output::utc));
    EXPECT_EQ(printed.status, kWrongUsage);
    EXPECT_EQ(printed.out, "");
    EXPECT_THAT(printed.err, HasSubstr(mark));
  }
}

TEST(Next, PointsBehindAnExpressionThatEndsTooSoon) {
  const Printed printed = next_of(of("0 6 * *", "UTC", "2025-03-08T12:00:00Z", 1, Output::utc));
  EXPECT_EQ(printed.status, kWrongUsage);
  EXPECT_THAT(printed.err, HasSubstr("\n  0 6 * *\n         ^\n"));
}

TEST(Next, RefusesAZoneAndAWindowThatAreNone) {
  const Printed zone = next_of(of("@daily", "Europe/Berln", "2025-03-08T12:00:00Z", 1, Output::utc));
  EXPECT_EQ(zone.status, kWrongUsage);
  EXPECT_THAT(zone.err, HasSubstr("--time-zone: "));
  for (const char* window : {"yesterday", "last", "last:", "last:0s", "last:24", "last 86400", ""}) {
    NextArguments arguments = of("@daily", "UTC", "2025-03-08T12:00:00Z", 1, Output::utc);
    arguments.window = window;
    const Printed printed = next_of(arguments);
    EXPECT_EQ(printed.status, kWrongUsage) << window;
    EXPECT_THAT(printed.err, HasSubstr("is none of previous_day")) << window;
  }
}

TEST(Next, SaysWhenThereAreNotAsManyFiresAsAskedFor) {
  const Printed printed = next_of(of("0 0 1 1 *", "UTC", "2298-06-01T00:00:00Z", 3, Output::utc));
  EXPECT_EQ(printed.out, "2299-01-01T00:00:00Z\n");
  EXPECT_EQ(printed.status, kFailed);
  EXPECT_THAT(printed.err, HasSubstr("no more fires before 2300"));
}

}  // namespace
}  // namespace dbssd::cli
