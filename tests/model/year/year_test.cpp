// A year in the life of one daemon, with each change of the clocks in it, and a host that sleeps, restarts
// and is set wrong just then.
#include <gtest/gtest.h>

#include <algorithm>

#include "model/year/checks.h"
#include "model/year/zone_of_process.h"

namespace dbssd::faults {
namespace {

using schedule::MissedPolicy;
using std::chrono::hours;
using std::chrono::minutes;
using Kind = schedule::WindowRule::Kind;

constexpr const char* kMoved = "Europe/Madrid";  // the zone whose file is replaced

std::vector<Habit> habits() {
  return {
      {.name = "new-york",
       .zone = "America/New_York",
       .cron = daily("30 1 * * *", {30}, {1}),
       .window = {Kind::previous_day},
       .spread = minutes{10}},
      {.name = "new-york-pair",
       .zone = "America/New_York",
       .cron = wildcard(weekly("*/30 1-2 * * 0", {0, 30}, {1, 2}, 0)),
       .window = {Kind::since_previous},
       .missed = MissedPolicy::merge,
       .deadline = hours{72}},
      {.name = "berlin",
       .zone = "Europe/Berlin",
       .cron = daily("30 2 * * *", {30}, {2}),
       .window = {Kind::previous_day},
       .missed = MissedPolicy::all,
       .deadline = hours{3}},
      {.name = "lord-howe",
       .zone = "Australia/Lord_Howe",
       .cron = daily("15 2 * * *", {15}, {2}),
       .window = {Kind::previous_day},
       .missed = MissedPolicy::merge,
       .deadline = hours{12},
       .instance = "i-1"},
      {.name = "lord-howe-quarters",
       .zone = "Australia/Lord_Howe",
       .cron = wildcard(weekly("*/15 1-2 * * 0", {0, 15, 30, 45}, {1, 2}, 0)),
       .window = {Kind::last, hours{24}},
       .missed = MissedPolicy::skip,
       .tiles = false,
       .instance = "i-1"},
      {.name = "santiago",
       .zone = "America/Santiago",
       .cron = daily("0 0 * * *", {0}, {0}),
       .window = {Kind::previous_day},
       .missed = MissedPolicy::merge,
       .deadline = hours{30}},
      {.name = "casablanca",
       .zone = "Africa/Casablanca",
       .cron = daily("30 2 * * *", {30}, {2}),
       .window = {Kind::since_previous},
       .missed = MissedPolicy::skip,
       .instance = "i-2"},
      {.name = "casablanca-days",
       .zone = "Africa/Casablanca",
       .cron = daily("0 5 * * *", {0}, {5}),
       .window = {Kind::previous_day},
       .spread = hours{1},
       .instance = "i-2"},
      {.name = "troll",
       .zone = "Antarctica/Troll",
       .cron = daily("30 1 * * *", {30}, {1}),
       .window = {Kind::previous_day},
       .missed = MissedPolicy::all,
       .deadline = hours{48},
       .instance = "i-1"},
      {.name = "shanghai",
       .zone = "Asia/Shanghai",
       .cron = weekly("0 6 * * 1", {0}, {6}, 1),
       .window = {Kind::previous_week},
       .spread = hours{2}},
      {.name = "berlin-weeks",
       .zone = "Europe/Berlin",
       .cron = weekly("30 2 * * MON", {30}, {2}, 1),
       .window = {Kind::previous_week}},
      {.name = "utc",
       .zone = "UTC",
       .cron = monthly("0 5 1 * *", {0}, {5}, 1),
       .window = {Kind::previous_month},
       .missed = MissedPolicy::all,
       .deadline = hours{120}},
      {.name = "santiago-months",
       .zone = "America/Santiago",
       .cron = monthly("0 0 1 * *", {0}, {0}, 1),
       .window = {Kind::previous_month},
       .missed = MissedPolicy::merge,
       .deadline = hours{120}},
      {.name = "moved",
       .zone = kMoved,
       .cron = daily("0 6 * * *", {0}, {6}),
       .window = {Kind::previous_day},
       .tiles = false,
       .instance = "i-2"},
      {.name = "moved-joined",
       .zone = kMoved,
       .cron = weekly("15 6 * * 3", {15}, {6}, 3),
       .window = {Kind::since_previous},
       .missed = MissedPolicy::merge,
       .deadline = hours{24}},
  };
}

void live_through_spring(Host& host) {
  // Killed when the calls for Berlin's reports have just left.
  host.live_until("2025-02-10T01:30:00Z");
  host.restart(Ended::killed, Seconds{5});
  // Casablanca shows 02:00 to 03:00 twice: killed in the first pass and in the second.
  host.live_until("2025-02-23T01:45:10Z");
  host.restart(Ended::killed, minutes{5});
  host.live_until("2025-02-23T02:20:00Z");
  host.restart(Ended::stopped, minutes{20});
  // Asleep while New York skips an hour.
  host.live_until("2025-03-08T20:00:00Z");
  host.suspend(hours{26});
  // Set back when Berlin and Troll have just skipped theirs: they pass the gap's end twice.
  host.live_until("2025-03-30T01:00:30Z");
  host.step(Seconds{-90});
  // Lord Howe's repeated half hour, each pass of it.
  host.live_until("2025-04-05T14:40:00Z");
  host.restart(Ended::killed, Seconds{0});
  host.live_until("2025-04-05T14:59:50Z");
  host.step(Seconds{-90});
  host.live_until("2025-04-05T15:10:00Z");
  host.restart(Ended::killed, minutes{10});
  // The hour before Santiago's midnight comes twice, and Casablanca skips one.
  host.live_until("2025-04-06T01:50:00Z");
  host.restart(Ended::stopped, minutes{45});
  host.live_until("2025-04-06T03:30:00Z");
  host.restart(Ended::killed, minutes{31});
}

void live_through_summer(Host& host) {
  // Berlin's 00:30 is found late by less than its deadline, and on another day by more.
  host.live_until("2025-05-10T00:29:30Z");
  host.step(hours{2} + minutes{59});
  host.live_until("2025-05-10T08:00:00Z");
  host.step(-hours{2} - minutes{59});
  host.live_until("2025-05-20T00:29:30Z");
  host.step(hours{3} + minutes{1});
  host.live_until("2025-05-20T09:00:00Z");
  host.step(-hours{3} - minutes{1});
  // Madrid keeps the clocks of the Azores from now on: 06:00 comes once more on this day.
  host.live_until("2025-06-11T05:00:00Z");
  host.replace_zone(kMoved, "Atlantic/Azores");
  host.live_until("2025-06-11T05:00:20Z");
  host.restart(Ended::killed, minutes{90});
  // Two of Lord Howe's days in one sleep.
  host.live_until("2025-07-10T15:00:00Z");
  host.suspend(hours{26});
  host.live_until("2025-08-01T03:30:00Z");
  host.reboot(hours{26});
  // Shanghai's reports wait for their turn, and then it is too late for them; a week later it is not.
  host.live_until("2025-08-03T22:00:10Z");
  host.suspend(hours{26});
  host.live_until("2025-08-10T22:00:10Z");
  host.suspend(hours{5});
  // Madrid again, when its new 06:00 is two hours past.
  host.live_until("2025-08-20T08:00:00Z");
  host.replace_zone(kMoved, "Asia/Kolkata");
  host.live_until("2025-09-06T20:00:00Z");
  host.suspend(hours{26});  // while Santiago has no midnight
}

void live_through_autumn(Host& host) {
  // Lord Howe skips the half hour that its schedule names, in a sleep that holds the next day's time too.
  host.live_until("2025-10-04T15:00:00Z");
  host.suspend(hours{26});
  // The nights in which Berlin, Troll and New York show an hour twice.
  host.live_until("2025-10-25T23:29:40Z");
  host.step(Seconds{-90});
  host.live_until("2025-10-26T00:30:00Z");
  host.restart(Ended::killed, Seconds{1});
  host.live_until("2025-10-26T00:30:40Z");
  host.step(Seconds{-90});
  host.live_until("2025-10-26T00:40:00Z");
  host.restart(Ended::killed, minutes{5});
  host.live_until("2025-10-26T01:20:00Z");
  host.restart(Ended::killed, minutes{20});
  host.live_until("2025-10-26T01:45:00Z");
  host.restart(Ended::stopped, Seconds{2});
  host.live_until("2025-11-02T05:40:00Z");
  host.restart(Ended::killed, Seconds{5});
  host.live_until("2025-11-02T06:20:00Z");
  host.restart(Ended::killed, minutes{20});
  host.live_until("2025-11-02T06:59:40Z");
  host.step(Seconds{-90});
  // And once more while nothing runs: its new time of that day has just gone by.
  host.live_until("2025-11-12T05:00:00Z");
  host.restart(Ended::killed, minutes{90});
  host.replace_zone(kMoved, "Europe/London");
  host.live_until("2025-12-03T06:15:30Z");
  host.step(Seconds{-90});
  host.live_until("2026-01-01T12:17:30Z");
}

struct OddDay {
  const char* habit;
  const char* begin;
  const char* end;
  minutes length;
};

/// Each day of 2025 that had not 24 hours, as its almanac has it.
constexpr OddDay kOddDays[] = {
    {"new-york", "2025-03-09T05:00:00Z", "2025-03-10T04:00:00Z", hours{23}},
    {"new-york", "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z", hours{25}},
    {"berlin", "2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z", hours{23}},
    {"berlin", "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z", hours{25}},
    {"lord-howe", "2025-04-05T13:00:00Z", "2025-04-06T13:30:00Z", hours{24} + minutes{30}},
    {"lord-howe", "2025-10-04T13:30:00Z", "2025-10-05T13:00:00Z", hours{23} + minutes{30}},
    {"santiago", "2025-04-05T03:00:00Z", "2025-04-06T04:00:00Z", hours{25}},
    {"santiago", "2025-09-07T04:00:00Z", "2025-09-08T03:00:00Z", hours{23}},
    {"casablanca-days", "2025-02-22T23:00:00Z", "2025-02-24T00:00:00Z", hours{25}},
    {"casablanca-days", "2025-04-06T00:00:00Z", "2025-04-06T23:00:00Z", hours{23}},
    {"troll", "2025-03-30T00:00:00Z", "2025-03-30T22:00:00Z", hours{22}},
    {"troll", "2025-10-25T22:00:00Z", "2025-10-27T00:00:00Z", hours{26}},
};

void check_odd_days(const std::vector<journal::RunRecord>& runs) {
  for (const OddDay& day : kOddDays) {
    const Window window{*parse_utc(day.begin), *parse_utc(day.end)};
    EXPECT_EQ(window.end - window.begin, day.length) << day.begin;
    const auto is_about_it = [&](const journal::RunRecord& run) {
      return run.key.report.str() == day.habit && run.window.end == window.end &&
             run.window.begin <= window.begin && run.outcome == journal::Outcome::finished;
    };
    EXPECT_TRUE(std::ranges::any_of(runs, is_about_it)) << day.habit << " lacks the day of " << day.begin;
  }
}

TEST(SimulatedYear, EveryScheduledTimeEndsOnceAndAsTheClocksOfItsZoneSay) {
  const ZoneOfProcess elsewhere("America/St_Johns");
  Host host("2025-01-01T00:00:00Z", habits());
  live_through_spring(host);
  live_through_summer(host);
  live_through_autumn(host);
  check(host, habits());
  check_odd_days(host.runs());
}

}  // namespace
}  // namespace dbssd::faults
