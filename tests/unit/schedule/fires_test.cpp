#include "schedule/fires.h"

#include <cstdlib>

#include "schedule/tzif.h"
#include "unit/schedule/tzif_bytes.h"
#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

struct Explained {
  const char* zone;
  const char* cron;
  const char* at;
  Why why;
};

TEST(Fire, SaysWhatAChangeOfTheClocksDidToIt) {
  const Explained kExplained[] = {
      {"America/New_York", "30 2 * * *", "2025-03-09T07:00:00Z", Why::gap_shifted},
      {"America/New_York", "0,30 2,3 * * *", "2025-03-09T07:00:00Z", Why::exact},
      {"America/New_York", "30 1 * * *", "2025-11-02T05:30:00Z", Why::first_of_two},
      {"America/New_York", "0 1 * * *", "2025-11-02T05:00:00Z", Why::first_of_two},
      {"America/New_York", "30 2 * * *", "2025-11-02T07:30:00Z", Why::exact},
      {"America/New_York", "*/30 * * * *", "2025-11-02T05:30:00Z", Why::first_of_two},
      {"America/New_York", "*/30 * * * *", "2025-11-02T06:30:00Z", Why::second_of_two},
      {"America/New_York", "*/30 * * * *", "2025-11-02T07:00:00Z", Why::exact},
      {"America/New_York", "*/30 * * * *", "2025-03-09T07:00:00Z", Why::exact},
      {"Pacific/Apia", "0 0 30 12 *", "2011-12-30T10:00:00Z", Why::gap_shifted},
      {"UTC", "0 0 * * *", "2025-01-01T00:00:00Z", Why::exact},
  };
  for (const Explained& e : kExplained) {
    const auto forwards = next(cron(e.cron), zone(e.zone), at(e.at) - Seconds{1});
    const auto backwards = previous(cron(e.cron), zone(e.zone), at(e.at) + Seconds{1});
    EXPECT_EQ(forwards, (Fire{at(e.at), e.why}))
        << e.cron << " in " << e.zone << ": " << to_string(forwards->why);
    EXPECT_EQ(backwards, forwards) << e.cron << " in " << e.zone;
  }
}

// A zone that changes at 10:00 and again at 10:30 UTC on one day.
Zone hasty(int before, int between, int after) {
  const TzifBytes file{
      {before, between, after}, {{at("2025-01-01T10:00:00Z"), 1}, {at("2025-01-01T10:30:00Z"), 2}}, ""};
  return {"Hasty", *read_tzif(file.str())};
}

TEST(Fire, AtAGapsEndThatIsShownAgainIsTheFirstOfTwo) {
  // 10:00 to 12:00 is skipped; 12:00 to 12:30 is shown, then 10:30 and so 12:00 once more.
  EXPECT_EQ(next(cron("0,5 10,12 * * *"), hasty(0, 7200, 0), at("2025-01-01T09:05:00Z")),
            (Fire{at("2025-01-01T10:00:00Z"), Why::first_of_two}));
}

TEST(Next, StaysQuietForAllThatWasShownAlsoOverAGapWithin) {
  // The clock goes from 12:00 back to 10:00, and from 10:30 on to 11:30.
  EXPECT_EQ(fires(cron("15,45 10,11,12 * * *"), hasty(7200, 0, 3600), at("2025-01-01T09:30:00Z"), 2),
            (std::vector<std::string>{"2025-01-01T09:45:00Z", "2025-01-01T11:15:00Z"}));
}

TEST(Next, IsStrictlyLaterAlsoAtAFire) {
  EXPECT_EQ(next(cron("0 6 * * *"), zone("UTC"), at("2025-01-01T06:00:00Z"))->at, at("2025-01-02T06:00:00Z"));
  EXPECT_EQ(next(cron("0 6 * * *"), zone("UTC"), at("2025-01-01T05:59:59Z"))->at, at("2025-01-01T06:00:00Z"));
}

TEST(Previous, IsStrictlyEarlierAlsoAtAFire) {
  EXPECT_EQ(previous(cron("0 6 * * *"), zone("UTC"), at("2025-01-02T06:00:00Z"))->at,
            at("2025-01-01T06:00:00Z"));
  EXPECT_EQ(previous(cron("0 6 * * *"), zone("UTC"), at("2025-01-02T06:00:01Z"))->at,
            at("2025-01-02T06:00:00Z"));
}

TEST(Next, IsNoneForAWildcardThatNamesOnlyMinutesThatTheZoneSkips) {
  EXPECT_EQ(next(cron("*/30 2 * 3 0#2"), zone("America/New_York"), at("2025-01-01T00:00:00Z")), std::nullopt);
  EXPECT_EQ(next(cron("0,30 2 * 3 0#2"), zone("America/New_York"), at("2025-01-01T00:00:00Z"))->at,
            at("2025-03-09T07:00:00Z"));
}

TEST(Previous, FindsTheYearsInWhichTheZoneDidNotYetSkip) {
  EXPECT_EQ(previous(cron("*/30 2 * 3 0#2"), zone("America/New_York"), at("2025-01-01T00:00:00Z"))->at,
            at("2006-03-12T07:30:00Z"));
}

TEST(Next, StopsAtTheHorizon) {
  const Cron daily = cron("0 0 * * *");
  EXPECT_EQ(next(daily, zone("UTC"), at("2299-12-30T12:00:00Z"))->at, at("2299-12-31T00:00:00Z"));
  EXPECT_EQ(next(daily, zone("UTC"), at("2299-12-31T00:00:00Z")), std::nullopt);
  EXPECT_EQ(next(daily, zone("UTC"), Instant::max()), std::nullopt);
}

TEST(Next, BeginsAtDawn) {
  EXPECT_EQ(next(cron("0 0 * * *"), zone("UTC"), Instant::min())->at, kDawn);
  EXPECT_EQ(previous(cron("0 0 * * *"), zone("UTC"), kDawn), std::nullopt);
  EXPECT_EQ(previous(cron("0 0 * * *"), zone("UTC"), Instant::min()), std::nullopt);
}

TEST(Previous, FromBeyondTheHorizonIsTheLastBeforeIt) {
  EXPECT_EQ(previous(cron("0 0 * * *"), zone("UTC"), Instant::max())->at, at("2299-12-31T00:00:00Z"));
}

TEST(Next, ReadsAFieldThatBeginsWithAStarAsWildcardAndNoOther) {
  // 02:00 to 03:00 is skipped: a wildcard schedule has nothing to fire at its end.
  const Instant before = at("2025-03-09T06:59:00Z");
  const Zone new_york = zone("America/New_York");
  const Instant gap_end = at("2025-03-09T07:00:00Z");
  EXPECT_NE(next(cron("*/59 2 * * *"), new_york, before)->at, gap_end);
  EXPECT_NE(next(cron("5 */2 * * *"), new_york, before)->at, gap_end);
  EXPECT_NE(next(cron("?  2 * * *"), new_york, before)->at, gap_end);
  EXPECT_EQ(next(cron("0-59 2 * * *"), new_york, before)->at, gap_end);
  EXPECT_EQ(next(cron("5,*/59 2 * * *"), new_york, before)->at, gap_end);
  EXPECT_EQ(next(cron("5 2 */1 */1 */1"), new_york, before)->at, gap_end);
}

TEST(Next, KeepsTheSecondPassOfAnOverlapQuietForAllFixedTimes) {
  // 01:00 to 02:00 comes twice; every minute of the day, written without a star, fires in the first hour
  // only.
  const auto all = fires(cron("0-59 0-23 * * *"), zone("America/New_York"), at("2025-11-02T05:58:30Z"), 2);
  EXPECT_EQ(all, (std::vector<std::string>{"2025-11-02T05:59:00Z", "2025-11-02T07:00:00Z"}));
}

TEST(Next, IgnoresTheZoneOfTheProcess) {
  const char* const before = std::getenv("TZ");
  const std::string restore = before == nullptr ? "" : before;
  std::vector<std::vector<std::string>> runs;
  for (const char* tz : {"Asia/Tokyo", "America/Caracas", ":/etc/localtime", "XXX-14"}) {
    ::setenv("TZ", tz, 1);
    ::tzset();
    ZoneDatabase fresh;
    runs.push_back(fires(cron("30 2 * * *"), *fresh.find("Europe/Berlin"), at("2025-03-29T00:00:00Z"), 3));
  }
  before == nullptr ? ::unsetenv("TZ") : ::setenv("TZ", restore.c_str(), 1);
  ::tzset();
  for (const auto& run : runs) {
    EXPECT_EQ(run, (std::vector<std::string>{"2025-03-29T01:30:00Z", "2025-03-30T01:00:00Z",
                                             "2025-03-31T00:30:00Z"}));
  }
}

}  // namespace
}  // namespace dbssd::schedule
