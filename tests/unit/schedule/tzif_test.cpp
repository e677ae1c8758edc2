#include "schedule/tzif.h"

#include <gtest/gtest.h>

#include <random>

#include "unit/schedule/tzif_bytes.h"
#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

Zone read(const TzifBytes& file) {
  auto stretches = read_tzif(file.str());
  EXPECT_TRUE(stretches) << (stretches ? "" : stretches.error().message);
  return {"Test", stretches ? *stretches : std::vector<Stretch>(1)};
}

TEST(Tzif, ReadsTheOffsetBeforeBetweenAndAfterTheChanges) {
  TzifBytes file{
      {-1234, 3600, 7200}, {{at("1950-01-01T00:00:00Z"), 1}, {at("1960-06-01T00:00:00Z"), 2}}, "EET-2"};
  const Zone z = read(file);
  EXPECT_EQ(z.offset(at("1900-01-01T00:00:00Z")), Seconds{-1234});
  EXPECT_EQ(z.offset(at("1949-12-31T23:59:59Z")), Seconds{-1234});
  EXPECT_EQ(z.offset(at("1950-01-01T00:00:00Z")), Seconds{3600});
  EXPECT_EQ(z.offset(at("1960-05-31T23:59:59Z")), Seconds{3600});
  EXPECT_EQ(z.offset(at("2299-01-01T00:00:00Z")), Seconds{7200});
}

TEST(Tzif, ReadsVersionOneWhichHasNoFooter) {
  TzifBytes file{{0, 3600}, {{at("1950-01-01T00:00:00Z"), 1}}, "", '\0'};
  EXPECT_EQ(read(file).offset(at("2100-01-01T00:00:00Z")), Seconds{3600});
}

TEST(Tzif, FollowsTheFooterFromTheLastChangeOn) {
  // As slim files are: one change by hand, to a type that is no part of the rule.
  TzifBytes file{{1800, 10800}, {{at("2020-02-01T00:00:00Z"), 1}}, "CET-1CEST,M3.5.0,M10.5.0/3"};
  const Zone z = read(file);
  EXPECT_EQ(z.offset(at("2020-01-01T00:00:00Z")), Seconds{1800});
  EXPECT_EQ(z.offset(at("2020-02-02T00:00:00Z")), Seconds{10800});
  EXPECT_EQ(z.offset(at("2020-03-29T00:59:59Z")), Seconds{10800});
  EXPECT_EQ(z.offset(at("2020-03-29T01:00:00Z")), Seconds{7200});
  EXPECT_EQ(z.offset(at("2020-10-25T01:00:00Z")), Seconds{3600});
  EXPECT_EQ(z.offset(at("2299-07-01T00:00:00Z")), Seconds{7200});
}

TEST(Tzif, FollowsAFooterWithoutAnyChangeInTheFile) {
  TzifBytes file{{0}, {}, "CET-1CEST,M3.5.0,M10.5.0/3"};
  const Zone z = read(file);
  EXPECT_EQ(z.offset(kDawn), Seconds{3600});
  EXPECT_EQ(z.offset(at("1999-01-01T00:00:00Z")), Seconds{3600});
  EXPECT_EQ(z.offset(at("1999-07-01T00:00:00Z")), Seconds{7200});
}

TEST(Tzif, FollowsAFooterThatNeverChanges) {
  TzifBytes file{{0}, {}, "CET-1"};
  EXPECT_EQ(read(file).offset(at("1999-07-01T00:00:00Z")), Seconds{3600});
}

TEST(Tzif, TakesDstThatEndsWhereItBeginsAsDstAllYear) {
  TzifBytes file{{-18000}, {}, "EST5EDT,0/0,J365/25"};
  const Zone z = read(file);
  for (const char* t :
       {"2025-01-01T05:00:00Z", "2025-06-01T00:00:00Z", "2025-12-31T23:59:59Z", "2028-12-31T23:59:59Z"}) {
    EXPECT_EQ(z.offset(at(t)), Seconds{-14400}) << t;
  }
  EXPECT_EQ(z.stretches().size(), 1U);
}

TEST(Tzif, IgnoresAChangeAtTheBeginningOfTime) {
  TzifBytes file{{0, 3600}, {{Instant{Seconds{INT64_MIN}}, 1}}, "CET-1"};
  EXPECT_EQ(read(file).stretches().size(), 1U);
  EXPECT_EQ(read(file).offset(at("1900-01-01T00:00:00Z")), Seconds{3600});
}

TEST(Tzif, IgnoresAChangeBeyondTheHorizon) {
  TzifBytes file{{0, 3600}, {{Instant{Seconds{INT64_MAX}}, 1}}, "UTC0"};
  EXPECT_EQ(read(file).stretches().size(), 1U);
  EXPECT_EQ(read(file).offset(kHorizon), Seconds{0});
}

TEST(Tzif, FollowsTheFooterUpToTheHorizon) {
  // The new year of 2300 begins before 2300 in the east.
  TzifBytes file{{36'000}, {}, "AAA-10BBB,J1/0,J180"};
  EXPECT_EQ(read(file).offset(kHorizon - std::chrono::hours{11}), Seconds{36'000});
  EXPECT_EQ(read(file).offset(kHorizon - Seconds{1}), Seconds{39'600});
}

TEST(Tzif, JoinsStretchesThatDifferOnlyByName) {
  TzifBytes file{{0, 0}, {{at("1950-01-01T00:00:00Z"), 1}}, "UTC0"};
  EXPECT_EQ(read(file).stretches().size(), 1U);
}

TEST(Tzif, RefusesWhatIsNoTimeZone) {
  TzifBytes good{{0, 3600}, {{at("1950-01-01T00:00:00Z"), 1}, {at("1960-01-01T00:00:00Z"), 0}}, "UTC0"};
  TzifBytes no_types = good;
  no_types.offsets.clear();
  TzifBytes bad_type = good;
  bad_type.changes[1].type = 2;
  TzifBytes backwards = good;
  std::swap(backwards.changes[0].at, backwards.changes[1].at);
  TzifBytes far_off = good;
  far_off.offsets[1] = 27 * 3600;
  TzifBytes far_behind = good;
  far_behind.offsets[1] = -27 * 3600;
  TzifBytes no_version = good;
  no_version.version = '\x01';
  TzifBytes leaps = good;
  leaps.leaps = 1;
  TzifBytes bad_footer = good;
  bad_footer.footer = "CET-1CEST,M3.5.0";
  for (const TzifBytes& file :
       {no_types, bad_type, backwards, far_off, far_behind, no_version, leaps, bad_footer}) {
    const auto read = read_tzif(file.str());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::malformed);
  }
  std::string no_footer = good.str();
  no_footer[no_footer.size() - good.footer.size() - 2] = 'x';
  EXPECT_FALSE(read_tzif(no_footer));
  EXPECT_FALSE(read_tzif(""));
  EXPECT_FALSE(read_tzif("TZif"));
  EXPECT_FALSE(read_tzif("# tzdb data for Europe and environs"));
  EXPECT_TRUE(read_tzif(good.str()));
}

TEST(Tzif, RefusesAFileThatIsCutAtAnyByte) {
  const std::string whole = read_whole("/usr/share/zoneinfo/America/New_York");
  ASSERT_TRUE(read_tzif(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    ASSERT_FALSE(read_tzif(std::string_view(whole).substr(0, size))) << size;
  }
}

TEST(Tzif, NeitherCrashesNorHangsOnAnyDamage) {
  const std::string whole = read_whole("/usr/share/zoneinfo/Africa/Casablanca");
  std::mt19937 random(4711);
  std::uniform_int_distribution<int> byte(0, 255);
  for (int i = 0; i < 2'000; ++i) {
    std::string damaged = whole;
    for (int n = 0; n < 4; ++n) {
      const bool in_header = random() % 2 == 0;
      damaged[random() % (in_header ? 44 : damaged.size())] = static_cast<char>(byte(random));
    }
    const auto read = read_tzif(damaged);
    if (!read) continue;
    const Zone z("Damaged", *read);
    EXPECT_TRUE(next(cron("0 0 * * *"), z, at("2025-01-01T00:00:00Z")));
  }
}

}  // namespace
}  // namespace dbssd::schedule
