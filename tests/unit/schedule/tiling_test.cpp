#include "unit/schedule/words.h"

#include "schedule/window.h"

namespace dbssd::schedule {
namespace {

using Kind = WindowRule::Kind;
using std::chrono::days;
using std::chrono::hours;

std::vector<TilingFinding> findings(WindowRule rule, const char* expression, const char* in = "UTC",
                                    const char* from = "2025-01-01T00:00:00Z") {
  return check_tiling(rule, cron(expression), zone(in), at(from));
}

constexpr WindowRule last(Seconds span) { return {Kind::last, span}; }

TEST(Tiling, FindsNothingWhereWindowsTile) {
  EXPECT_TRUE(findings({Kind::previous_day, {}}, "0 6 * * *", "America/New_York").empty());
  EXPECT_TRUE(findings({Kind::previous_day, {}}, "30 2 * * *", "America/New_York").empty());
  EXPECT_TRUE(findings({Kind::previous_day, {}}, "0 0 * * *", "America/Santiago").empty());
  EXPECT_TRUE(
      findings({Kind::previous_day, {}}, "0 6 * * *", "Pacific/Apia", "2011-06-01T00:00:00Z").empty());
  EXPECT_TRUE(findings({Kind::previous_week, {}}, "0 6 * * 3", "Europe/Berlin").empty());
  EXPECT_TRUE(findings({Kind::previous_month, {}}, "0 6 LW * *", "Asia/Shanghai").empty());
  EXPECT_TRUE(findings({Kind::since_previous, {}}, "7 3,9 13 * 5", "Australia/Lord_Howe").empty());
  EXPECT_TRUE(findings(last(hours{24}), "0 6 * * *", "UTC").empty());
  EXPECT_TRUE(findings(last(hours{1}), "0 * * * *", "America/New_York").empty());
}

TEST(Tiling, SaysByHowMuchALastWindowFallsShort) {
  EXPECT_EQ(findings(last(hours{23}), "0 6 * * *"),
            (std::vector<TilingFinding>{{true, hours{1}, at("2025-01-01T06:00:00Z"), 400, hours{1}}}));
}

TEST(Tiling, SaysByHowMuchLastWindowsOverlap) {
  EXPECT_EQ(findings(last(hours{25}), "0 6 * * *"),
            (std::vector<TilingFinding>{{false, hours{1}, at("2025-01-01T05:00:00Z"), 400, hours{1}}}));
}

TEST(Tiling, FindsTheDaysOf23And25Hours) {
  EXPECT_EQ(
      findings(last(hours{24}), "0 6 * * *", "Europe/Berlin", "2025-01-01T12:00:00Z"),
      (std::vector<TilingFinding>{{true, hours{1}, at("2025-10-25T04:00:00Z"), 1, hours{1}},
                                  {false, hours{1}, at("2025-03-29T05:00:00Z") - hours{1}, 1, hours{1}}}));
}

TEST(Tiling, TellsTheLargestFromTheFirst) {
  const auto found = findings(last(hours{24}), "0 6 * * 1-5", "Europe/Berlin");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].gap);
  EXPECT_EQ(found[0].amount, hours{48});
  EXPECT_EQ(found[0].largest, hours{49});
  EXPECT_EQ(found[0].count, 57U);
}

TEST(Tiling, FindsCalendarWindowsThatLeaveDaysOut) {
  const auto found = findings({Kind::previous_day, {}}, "0 6 * * 1");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].gap);
  EXPECT_EQ(found[0].amount, days{6});
}

TEST(Tiling, FindsCalendarWindowsThatAreServedTwice) {
  const auto found = findings({Kind::previous_day, {}}, "0 6,18 * * *");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].gap);
  EXPECT_EQ(found[0].amount, days{1});
}

TEST(Tiling, LooksAtLongIntervalsToo) {
  const auto found = findings(last(days{365}), "0 0 1 1 *");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].gap);
  EXPECT_EQ(found[0].amount, days{1});
  EXPECT_EQ(found[0].at, at("2028-01-01T00:00:00Z"));
}

TEST(Tiling, LooksAtTheFiresOf400Days) {
  // From one midnight to another: the 400th fire ends the last pair.
  EXPECT_EQ(findings(last(hours{23}), "0 0 * * *")[0].count, 399U);
}

TEST(Tiling, LooksAtTwentyThousandFiresInARow) {
  EXPECT_EQ(findings(last(Seconds{59}), "* * * * *")[0].count, 20'000U);
  EXPECT_EQ(findings(last(Seconds{59}), "* * * 1 *", "America/New_York")[0].count, 20'000U);
}

TEST(Tiling, LooksAtTwoDaysAboutEachChangeOfTheClocks) {
  constexpr std::size_t kPairs = 2 * 24 * 60 - 1;
  const auto count = [](const char* from) {
    return findings(last(Seconds{59}), "* * * * *", "America/New_York", from)[0].count;
  };
  EXPECT_EQ(count("2025-01-01T00:00:00Z"), 20'000 + 2 * kPairs);
  EXPECT_EQ(count("2024-09-20T00:00:00Z"), 20'000 + 2 * kPairs) << "the third change is beyond 400 days";
  // The 20,000 end at 21:21 on the day before the change: nothing is counted twice.
  EXPECT_EQ(count("2025-10-19T00:00:00Z"), 20'000 + (24 + 24 + 6) * 60 - (21 * 60 + 21) + 2 * kPairs);
}

TEST(Tiling, FindsWhatHappensOnlyAtAChangeOfTheClocksAlsoForAScheduleOfEveryMinute) {
  // Written without a star it is quiet for the hour that comes twice.
  const auto found = findings(last(Seconds{60}), "0-59 0-23 * * *", "America/New_York");
  EXPECT_EQ(found, (std::vector<TilingFinding>{{true, hours{1}, at("2025-11-02T05:59:00Z"), 1, hours{1}}}));
}

TEST(Tiling, FindsAChangeOfTheClocksAlsoWhereTheFiresInARowEndJustBeforeIt) {
  const auto found =
      findings(last(Seconds{60}), "0-59 0-23 * * *", "America/New_York", "2025-10-19T08:38:00Z");
  EXPECT_EQ(found, (std::vector<TilingFinding>{{true, hours{1}, at("2025-11-02T05:59:00Z"), 2, hours{1}}}));
}

}  // namespace
}  // namespace dbssd::schedule
