// Clocks that are set, and set right again, where nothing is missed for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "model/year/checks.h"

namespace dbssd::faults {
namespace {

using schedule::MissedPolicy;
using std::chrono::hours;
using std::chrono::minutes;
using Kind = schedule::WindowRule::Kind;

/// None fires twice within the longest step, and none is later than its deadline after it.
std::vector<Habit> habits() {
  const hours deadline{4};
  return {
      {.name = "quarters",
       .zone = "UTC",
       .cron = daily("0 0,6,12,18 * * *", {0}, {0, 6, 12, 18}),
       .window = {Kind::since_previous},
       .deadline = deadline},
      {.name = "new-york",
       .zone = "America/New_York",
       .cron = daily("30 1 * * *", {30}, {1}),
       .window = {Kind::previous_day},
       .missed = MissedPolicy::merge,
       .deadline = deadline},
      {.name = "berlin",
       .zone = "Europe/Berlin",
       .cron = wildcard(daily("*/60 2,7,12 * * *", {0}, {2, 7, 12})),
       .window = {Kind::last, hours{24}},
       .missed = MissedPolicy::all,
       .deadline = deadline,
       .tiles = false},
  };
}

/// What is to be the same: all but when it was done.
std::vector<std::string> ends(Host& host, Instant until) {
  std::vector<std::string> all;
  for (const journal::RunRecord& run : host.runs()) {
    if (run.key.scheduled > until) continue;
    all.push_back(run.key.report.str() + " on " + run.key.instance.str() + " at " +
                  format_utc(run.key.scheduled) + " about " + format_utc(run.window.begin) + ".." +
                  format_utc(run.window.end) + ' ' + std::string(to_string(run.outcome.value())));
  }
  return all;
}

void live_with_steps(Host& host) {
  struct Step {
    const char* at;
    Millis by;
  };
  const Step steps[] = {
      {"2025-10-31T05:59:30Z", Seconds{-90}},               // just before a time
      {"2025-10-31T12:00:30Z", Seconds{-90}},               // and just after one: it is passed twice
      {"2025-11-01T05:29:30Z", hours{2} + minutes{59}},     // over a time
      {"2025-11-01T12:00:10Z", -(hours{2} + minutes{59})},  // back over two
      {"2025-11-01T17:59:50Z", hours{3} + minutes{1}},      // before one
      {"2025-11-02T05:30:05Z", -(hours{3} + minutes{1})},   // in New York's repeated hour
      {"2025-11-02T06:20:00Z", Seconds{-90}},               // and in its second pass
      {"2025-11-03T06:29:55Z", hours{2} + minutes{59}},
      {"2025-11-03T11:00:00Z", -(hours{2} + minutes{59})},
  };
  for (const Step& step : steps) {
    host.live_until(step.at);
    host.step(step.by);
  }
}

TEST(ClockSteps, ChangeNoOutcomeWhereNothingIsMissed) {
  constexpr const char* kEnd = "2025-11-05T01:17:30Z";
  const auto disk = std::filesystem::temp_directory_path();
  Host steady("2025-10-30T00:00:00Z", habits(), disk);
  Host stepped("2025-10-30T00:00:00Z", habits(), disk);
  live_with_steps(stepped);
  for (Host* host : {&steady, &stepped}) {
    host->live_until(kEnd);
    check(*host, habits());
  }
  const auto expected = ends(steady, *parse_utc(kEnd));
  EXPECT_TRUE(std::ranges::all_of(expected, [](const auto& end) { return end.ends_with(" finished"); }));
  EXPECT_EQ(ends(stepped, *parse_utc(kEnd)), expected);
}

}  // namespace
}  // namespace dbssd::faults
