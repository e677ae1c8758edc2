// Our reading of tzdata against cctz's, for every zone.
#include <cctz/time_zone.h>

#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

std::int64_t offset_by_cctz(const cctz::time_zone& zone, Instant t) { return zone.lookup(t).offset; }

TEST(ZoneOracle, EveryStretchOfEveryZoneIsAsCctzReadsIt) {
  ZoneDatabase database("/usr/share/zoneinfo");
  const std::vector<std::string> names = database.names();
  EXPECT_GT(names.size(), 400U);
  for (const std::string& name : names) {
    const auto zone = database.find(name);
    ASSERT_TRUE(zone) << zone.error().message;
    cctz::time_zone reference;
    ASSERT_TRUE(cctz::load_time_zone(name, &reference)) << name;
    for (const Stretch& s : zone->stretches()) {
      ASSERT_EQ(offset_by_cctz(reference, s.begin), s.offset.count()) << name << " " << format_utc(s.begin);
      ASSERT_EQ(offset_by_cctz(reference, s.end - Seconds{1}), s.offset.count())
          << name << " " << format_utc(s.end);
    }
  }
}

TEST(ZoneOracle, CctzKnowsNoChangeThatWeMiss) {
  ZoneDatabase database("/usr/share/zoneinfo");
  for (const std::string& name : database.names()) {
    const Zone zone = *database.find(name);
    cctz::time_zone reference;
    ASSERT_TRUE(cctz::load_time_zone(name, &reference)) << name;
    std::size_t changes = 0;
    cctz::time_zone::civil_transition change;
    for (auto t = cctz::time_point<cctz::seconds>::min(); reference.next_transition(t, &change);) {
      t = reference.lookup(change.to).trans;
      if (t >= kHorizon) break;
      if (change.from != change.to) ++changes;
    }
    EXPECT_EQ(zone.stretches().size(), changes + 1) << name;
  }
}

}  // namespace
}  // namespace dbssd::schedule
