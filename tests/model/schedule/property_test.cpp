// What holds for every schedule at every time.
#include <chrono>

#include "model/schedule/random_cron.h"
#include "schedule/window.h"
#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

#if defined(DBSSD_SANITIZED)
constexpr int kDraws = 2'000;
#else
constexpr int kDraws = 20'000;
#endif

constexpr const char* kZones[] = {
    "America/New_York",  "Europe/Dublin",    "Australia/Lord_Howe", "America/Santiago",
    "America/Havana",    "Antarctica/Troll", "Africa/Casablanca",   "Pacific/Apia",
    "Asia/Gaza",         "America/St_Johns", "America/Nuuk",        "Asia/Tehran",
    "Pacific/Kwajalein", "America/Asuncion", "Asia/Shanghai",       "UTC"};

template <class Check>
void for_random_schedules(Check check) {
  std::mt19937_64 random(42);
  for (int i = 0; i < kDraws; ++i) {
    const std::string text = random_cron(random).text;
    const auto cron = Cron::parse(text);
    if (!cron) continue;
    const Zone in = zone(kZones[random() % std::size(kZones)]);
    const auto stretches = in.stretches();
    const Stretch& near = stretches[random() % stretches.size()];
    const Instant t = near.begin + Seconds{static_cast<std::int64_t>(random() % (4 * 86'400)) - 2 * 86'400};
    check(*cron, in, t);
    if (testing::Test::HasFailure()) FAIL() << text << " in " << in.name() << " at " << format_utc(t);
  }
}

TEST(Property, NextIsLaterAndPreviousIsEarlier) {
  for_random_schedules([](const Cron& cron, const Zone& zone, Instant t) {
    if (const auto fire = next(cron, zone, t)) {
      EXPECT_GT(fire->at, t);
    }
    if (const auto fire = previous(cron, zone, t)) {
      EXPECT_LT(fire->at, t);
    }
  });
}

TEST(Property, NextIsMonotone) {
  for_random_schedules([](const Cron& cron, const Zone& zone, Instant t) {
    std::optional<Fire> last;
    for (const int step : {0, 1, 59, 60, 1800, 3599, 3600, 7200, 86'400}) {
      const auto fire = next(cron, zone, t + Seconds{step});
      if (last && fire) {
        EXPECT_LE(last->at, fire->at);
      }
      last = fire;
    }
  });
}

TEST(Property, NothingLiesBetweenATimeAndItsNext) {
  for_random_schedules([](const Cron& cron, const Zone& zone, Instant t) {
    const auto later = next(cron, zone, t);
    if (!later) return;
    const auto earlier = previous(cron, zone, later->at);
    if (earlier) {
      EXPECT_LE(earlier->at, t);
    }
    EXPECT_EQ(next(cron, zone, later->at - Seconds{1}), later);
  });
}

TEST(Property, PreviousUndoesNext) {
  for_random_schedules([](const Cron& cron, const Zone& zone, Instant t) {
    const auto later = next(cron, zone, t);
    if (!later) return;
    EXPECT_EQ(previous(cron, zone, later->at + Seconds{1}), later);
    if (const auto after_that = next(cron, zone, later->at)) {
      EXPECT_EQ(previous(cron, zone, after_that->at), later);
    }
  });
}

TEST(Property, AnExpressionReadsBackAsItself) {
  std::mt19937_64 random(7);
  for (int i = 0; i < kDraws; ++i) {
    const std::string text = random_cron(random).text;
    const auto cron = Cron::parse(text);
    if (!cron) continue;
    ASSERT_EQ(*Cron::parse(cron->text()), *cron) << text << " printed as " << cron->text();
  }
}

// All fires about all changes of the clocks from 2000 to 2037.
template <class Check>
void for_changes(const Cron& cron, const Zone& zone, Check check) {
  for (const Stretch& s : zone.stretches()) {
    if (s.begin < at("2000-01-01T00:00:00Z") || s.begin >= at("2038-01-01T00:00:00Z")) continue;
    std::optional<Fire> fire = previous(cron, zone, s.begin - std::chrono::days{3});
    const Instant end = s.begin + std::chrono::days{3};
    for (auto later = next(cron, zone, fire->at); fire->at < end; later = next(cron, zone, later->at)) {
      check(*fire, *later);
      fire = later;
    }
  }
}

TEST(Property, WindowsTileOverEveryChangeOfTheClocks) {
  using Kind = WindowRule::Kind;
  struct Row {
    Kind kind;
    const char* cron;
  };
  constexpr Row kRows[] = {
      {Kind::previous_day, "0 6 * * *"},      {Kind::previous_day, "0 0 * * *"},
      {Kind::previous_day, "30 2 * * *"},     {Kind::previous_day, "15 1 * * *"},
      {Kind::previous_day, "59 23 * * *"},    {Kind::previous_week, "30 2 * * 0"},
      {Kind::previous_week, "0 0 * * 1"},     {Kind::previous_week, "0 6 * * 5"},
      {Kind::previous_month, "0 0 1 * *"},    {Kind::previous_month, "30 2 L * *"},
      {Kind::since_previous, "30 2 * * *"},   {Kind::since_previous, "*/30 * * * *"},
      {Kind::since_previous, "15 0-3 * * *"},
  };
  for (const char* name : kZones) {
    const Zone in = zone(name);
    for (const Row& row : kRows) {
      const Cron schedule = cron(row.cron);
      const WindowRule rule{row.kind, {}};
      for_changes(schedule, in, [&](const Fire& earlier, const Fire& later) {
        const Window first = window_for(rule, schedule, in, earlier.at);
        const Window second = window_for(rule, schedule, in, later.at);
        EXPECT_EQ(first.end, second.begin) << row.cron << " in " << name << " at " << format_utc(later.at);
        EXPECT_LE(first.begin, first.end) << row.cron << " in " << name << " at " << format_utc(earlier.at);
        EXPECT_LE(first.end, earlier.at) << row.cron << " in " << name << ": a window ends after its time";
      });
    }
  }
}

}  // namespace
}  // namespace dbssd::schedule
