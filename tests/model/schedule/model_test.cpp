#include "model/schedule/model.h"

#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kYear1900 = -2'208'988'800;
constexpr std::int64_t kYear2200 = 7'258'118'400;

// Sanitizers make everything ten times slower: there one draw in eight.
#if defined(DBSSD_SANITIZED)
constexpr int kDrawsPerClock = 4;
#else
constexpr int kDrawsPerClock = 32;
#endif
constexpr int kClocksPerZone = 11;
constexpr int kFewestDraws = 200'000 * kDrawsPerClock / 32;

std::vector<std::int64_t> changes_of(const cctz::time_zone& zone) {
  std::vector<std::int64_t> changes;
  cctz::time_zone::civil_transition change;
  auto at = cctz::time_point<cctz::seconds>(cctz::seconds(kYear1900));
  while (zone.next_transition(at, &change)) {
    at = zone.lookup(change.to).trans;
    const std::int64_t t = at.time_since_epoch().count();
    if (t >= kYear2200) break;
    changes.push_back(t);
  }
  return changes;
}

Instant instant(std::int64_t seconds) { return Instant{Seconds{seconds}}; }

// Four days, three of four times around a change of the clocks.
std::int64_t begin_of_clock(std::mt19937_64& random, const std::vector<std::int64_t>& changes) {
  if (!changes.empty() && random() % 4 != 0) {
    const std::int64_t change = changes[random() % changes.size()];
    return change - static_cast<std::int64_t>(random() % (3 * kDaySeconds)) - kDaySeconds / 2;
  }
  return kYear1900 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(kYear2200 - kYear1900));
}

// next() from a start, previous() from an end, and all fires between, against the model.
bool agrees(const Cron& cron, const Zone& zone, const std::vector<std::int64_t>& expected, std::int64_t begin,
            std::int64_t end, std::mt19937_64& random) {
  const std::int64_t after =
      begin + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(end - begin)) - 1;
  const auto first = std::upper_bound(expected.begin(), expected.end(), after);
  const auto next_fire = next(cron, zone, instant(after));
  if (first != expected.end() ? !next_fire || next_fire->at != instant(*first)
                              : next_fire && next_fire->at < instant(end)) {
    return false;
  }
  const std::int64_t before = after + 1;
  const auto behind = std::lower_bound(expected.begin(), expected.end(), before);
  const auto previous_fire = previous(cron, zone, instant(before));
  if (behind != expected.begin() ? !previous_fire || previous_fire->at != instant(*(behind - 1))
                                 : previous_fire && previous_fire->at >= instant(begin)) {
    return false;
  }
  return true;
}

bool agrees_on_all(const Cron& cron, const Zone& zone, const std::vector<std::int64_t>& expected,
                   std::int64_t begin, std::int64_t end) {
  std::vector<std::int64_t> got;
  for (auto fire = next(cron, zone, instant(begin - 1)); fire && fire->at < instant(end);
       fire = next(cron, zone, fire->at)) {
    got.push_back(fire->at.time_since_epoch().count());
  }
  return got == expected;
}

TEST(Model, AgreesOnRandomSchedulesInEveryZone) {
  std::mt19937_64 random(20250309);
  ZoneDatabase database("/usr/share/zoneinfo");
  int draws = 0;
  int refused = 0;
  int fired = 0;
  for (const std::string& name : database.names()) {
    const Zone zone = *database.find(name);
    cctz::time_zone reference;
    ASSERT_TRUE(cctz::load_time_zone(name, &reference)) << name;
    const std::vector<std::int64_t> changes = changes_of(reference);
    for (int n = 0; n < kClocksPerZone; ++n) {
      const std::int64_t begin = begin_of_clock(random, changes);
      const std::int64_t end = begin + 4 * kDaySeconds;
      const ModelClock clock(reference, begin, end);
      for (int i = 0; i < kDrawsPerClock; ++i, ++draws) {
        const RandomCron drawn = random_cron(random);
        const std::vector<std::int64_t> expected = clock.fires(drawn);
        const auto cron = Cron::parse(drawn.text);
        if (!cron) {
          EXPECT_TRUE(expected.empty()) << drawn.text << " was refused, but fires";
          ++refused;
          continue;
        }
        fired += expected.empty() ? 0 : 1;
        ASSERT_EQ(cron->is_fixed(), !drawn.wildcard) << drawn.text;
        ASSERT_TRUE(agrees(*cron, zone, expected, begin, end, random))
            << drawn.text << " in " << name << " about " << format_utc(instant(begin));
        if (i % 16 == 0) {
          ASSERT_TRUE(agrees_on_all(*cron, zone, expected, begin, end))
              << drawn.text << " in " << name << " about " << format_utc(instant(begin));
        }
      }
    }
  }
  EXPECT_GE(draws, kFewestDraws);
  EXPECT_GT(fired, draws / 3) << "too few of the schedules meet their clock";
  EXPECT_LT(refused, draws / 50);
}

}  // namespace
}  // namespace dbssd::schedule
