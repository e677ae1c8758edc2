#include "schedule/zone.h"

#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

Local local(std::string_view text) { return Local{at(text).time_since_epoch()}; }

struct Meant {
  const char* zone;
  const char* local;  // written with a Z for the reader's sake only
  Meaning::Kind kind;
  const char* first;
  const char* last;
};

constexpr Meant kMeant[] = {
    {"America/New_York", "2025-07-01T12:00:00Z", Meaning::Kind::unique, "2025-07-01T16:00:00Z",
     "2025-07-01T16:00:00Z"},
    {"America/New_York", "2025-03-09T01:59:59Z", Meaning::Kind::unique, "2025-03-09T06:59:59Z",
     "2025-03-09T06:59:59Z"},
    {"America/New_York", "2025-03-09T02:00:00Z", Meaning::Kind::gap, "2025-03-09T07:00:00Z",
     "2025-03-09T07:00:00Z"},
    {"America/New_York", "2025-03-09T02:59:59Z", Meaning::Kind::gap, "2025-03-09T07:00:00Z",
     "2025-03-09T07:00:00Z"},
    {"America/New_York", "2025-03-09T03:00:00Z", Meaning::Kind::unique, "2025-03-09T07:00:00Z",
     "2025-03-09T07:00:00Z"},
    {"America/New_York", "2025-11-02T00:59:59Z", Meaning::Kind::unique, "2025-11-02T04:59:59Z",
     "2025-11-02T04:59:59Z"},
    {"America/New_York", "2025-11-02T01:00:00Z", Meaning::Kind::repeated, "2025-11-02T05:00:00Z",
     "2025-11-02T06:00:00Z"},
    {"America/New_York", "2025-11-02T01:59:59Z", Meaning::Kind::repeated, "2025-11-02T05:59:59Z",
     "2025-11-02T06:59:59Z"},
    {"America/New_York", "2025-11-02T02:00:00Z", Meaning::Kind::unique, "2025-11-02T07:00:00Z",
     "2025-11-02T07:00:00Z"},
    {"Pacific/Apia", "2011-12-30T12:00:00Z", Meaning::Kind::gap, "2011-12-30T10:00:00Z",
     "2011-12-30T10:00:00Z"},
    {"Pacific/Kwajalein", "1969-09-30T06:00:00Z", Meaning::Kind::repeated, "1969-09-29T19:00:00Z",
     "1969-09-30T18:00:00Z"},
    {"UTC", "2025-01-01T00:00:00Z", Meaning::Kind::unique, "2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"},
};

TEST(Zone, SaysWhatALocalTimeMeans) {
  for (const Meant& m : kMeant) {
    const Meaning meaning = zone(m.zone).meaning(local(m.local));
    EXPECT_EQ(meaning.kind, m.kind) << m.zone << " " << m.local;
    EXPECT_EQ(format_utc(meaning.first), m.first) << m.zone << " " << m.local;
    EXPECT_EQ(format_utc(meaning.last), m.last) << m.zone << " " << m.local;
  }
}

TEST(Zone, ReachesALocalTimeOnItsFirstPassOrAtItsGapsEnd) {
  for (const Meant& m : kMeant) {
    EXPECT_EQ(format_utc(zone(m.zone).reached(local(m.local))), m.first) << m.zone << " " << m.local;
  }
}

TEST(Zone, ReadsTheLocalClock) {
  EXPECT_EQ(zone("America/New_York").offset(at("2025-03-09T06:59:59Z")), Seconds{-5 * 3600});
  EXPECT_EQ(zone("America/New_York").offset(at("2025-03-09T07:00:00Z")), Seconds{-4 * 3600});
  EXPECT_EQ(zone("Asia/Kathmandu").local(at("2025-01-01T00:00:00Z")), local("2025-01-01T05:45:00Z"));
}

TEST(Zone, CoversAllTimeWithoutAHole) {
  const Zone z = zone("Europe/Dublin");
  const auto stretches = z.stretches();
  ASSERT_GT(stretches.size(), 400U);
  EXPECT_LE(stretches.front().begin, kDawn);
  EXPECT_GE(stretches.back().end, kHorizon);
  for (std::size_t i = 1; i < stretches.size(); ++i) {
    ASSERT_EQ(stretches[i].begin, stretches[i - 1].end);
    ASSERT_NE(stretches[i].offset, stretches[i - 1].offset);
    ASSERT_EQ(z.index(stretches[i].begin), i);
    ASSERT_EQ(z.index(stretches[i].begin - Seconds{1}), i - 1);
  }
  EXPECT_EQ(z.index(Instant::min()), 0U);
  EXPECT_EQ(z.index(Instant::max()), stretches.size() - 1);
}

}  // namespace
}  // namespace dbssd::schedule
