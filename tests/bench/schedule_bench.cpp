// What the arithmetic of schedules costs. The mixed set is schedules.txt, the one that compare_cron.py runs.
#include <benchmark/benchmark.h>

#include <fstream>
#include <string>
#include <vector>

#include "schedule/due.h"

namespace dbssd::schedule {
namespace {

struct MixedSet {
  std::vector<Zone> zones;
  std::vector<Cron> crons;
  std::vector<Instant> starts;
};

MixedSet mixed_set() {
  MixedSet set;
  ZoneDatabase database;
  std::ifstream file(DBSSD_SOURCE_DIR "/tests/bench/schedules.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("zone ")) set.zones.push_back(*database.find(line.substr(5)));
    if (line.starts_with("cron ")) set.crons.push_back(*Cron::parse(line.substr(5)));
  }
  // Forty starts in a year, at odd seconds of odd days.
  for (int i = 0; i < 40; ++i)
    set.starts.push_back(*parse_utc("2025-01-01T00:00:07Z") + i * Seconds{788'645});
  return set;
}

void NextOfTheMixedSet(benchmark::State& state) {
  const MixedSet set = mixed_set();
  for (auto _ : state) {
    for (const Zone& zone : set.zones) {
      for (const Cron& cron : set.crons) {
        for (const Instant start : set.starts) benchmark::DoNotOptimize(next(cron, zone, start));
      }
    }
  }
  const auto calls = static_cast<double>(set.zones.size() * set.crons.size() * set.starts.size());
  state.counters["per_next"] =
      benchmark::Counter(calls, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(NextOfTheMixedSet)->Unit(benchmark::kMicrosecond);

void Next(benchmark::State& state, const char* text, const char* zone_name) {
  const Cron cron = *Cron::parse(text);
  const Zone zone = *ZoneDatabase().find(zone_name);
  const Instant begin = *parse_utc("2025-01-01T00:00:07Z");
  Instant t = begin;
  for (auto _ : state) {
    const auto fire = next(cron, zone, t);
    t = fire && fire->at < *parse_utc("2199-01-01T00:00:00Z") ? fire->at : begin;
    benchmark::DoNotOptimize(t);
  }
}
BENCHMARK_CAPTURE(Next, every_minute, "* * * * *", "America/New_York");
BENCHMARK_CAPTURE(Next, daily, "0 6 * * *", "America/New_York");
BENCHMARK_CAPTURE(Next, leap_day, "0 0 29 2 *", "America/New_York");
BENCHMARK_CAPTURE(Next, fifth_monday_of_february, "0 0 * 2 1#5", "America/New_York");
// The most that a call can cost: every year to the horizon has a candidate, and the zone skips each.
BENCHMARK_CAPTURE(Next, never_in_this_zone, "*/30 2 * 3 0#2", "America/New_York");

void Previous(benchmark::State& state) {
  const Cron cron = *Cron::parse("0 6 * * *");
  const Zone zone = *ZoneDatabase().find("America/New_York");
  const Instant begin = *parse_utc("2199-01-01T00:00:07Z");
  Instant t = begin;
  for (auto _ : state) {
    const auto fire = previous(cron, zone, t);
    t = fire ? fire->at : begin;
    benchmark::DoNotOptimize(t);
  }
}
BENCHMARK(Previous);

void Parse(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Cron::parse("5,35 9-17/2 15W,L JAN-jun MON-FRI,2#3"));
}
BENCHMARK(Parse);

void DueOfAYearOfMinutes(benchmark::State& state) {
  const Cron cron = *Cron::parse("* * * * *");
  const Zone zone = *ZoneDatabase().find("America/New_York");
  const DueRule rule{cron, zone, {WindowRule::Kind::since_previous, {}}, MissedPolicy::latest, Seconds{3600}};
  const Instant now = *parse_utc("2026-01-01T00:00:00Z");
  for (auto _ : state) {
    DueSet set;
    for (set.cursor = *parse_utc("2025-01-01T00:00:00Z"); set.cursor < now;) {
      set = due_between(rule, set.cursor, set.cursor, now);
    }
    benchmark::DoNotOptimize(set);
  }
}
BENCHMARK(DueOfAYearOfMinutes)->Unit(benchmark::kMillisecond);

void LoadAZone(benchmark::State& state) {
  for (auto _ : state) {
    ZoneDatabase database;
    benchmark::DoNotOptimize(database.find("America/New_York"));
  }
}
BENCHMARK(LoadAZone)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace dbssd::schedule
