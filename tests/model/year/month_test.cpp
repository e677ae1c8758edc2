// A month of schedules that fire often, under a host that is disturbed at random.
#include <gtest/gtest.h>

#include <iterator>
#include <random>

#include "model/year/checks.h"
#include "model/year/zone_of_process.h"

namespace dbssd::faults {
namespace {

using schedule::MissedPolicy;
using std::chrono::hours;
using std::chrono::minutes;
using Kind = schedule::WindowRule::Kind;

constexpr Seconds kSlot = minutes{30};
constexpr Seconds kSkews[] = {hours{3} + minutes{1}, hours{2} + minutes{59}, hours{26}, -hours{5}};
constexpr const char* kMoved = "Europe/Madrid";  // the zone whose file is replaced

/// October 2025: Lord Howe skips half an hour, Berlin shows one twice, Troll two, and then New York one.
std::vector<Habit> habits() {
  return {
      {.name = "berlin-halves",
       .zone = "Europe/Berlin",
       .cron = wildcard(daily("*/30 * * * *", {0, 30}, all_of(0, 23))),
       .window = {Kind::since_previous},
       .missed = MissedPolicy::merge,
       .deadline = minutes{20},
       .instance = "i-1"},
      {.name = "new-york-hours",
       .zone = "America/New_York",
       .cron = wildcard(daily("0 * * * *", {0}, all_of(0, 23))),
       .window = {Kind::last, hours{1}},
       .deadline = hours{3},
       .instance = "i-1"},
      {.name = "lord-howe-hours",
       .zone = "Australia/Lord_Howe",
       .cron = daily("15 0-23 * * *", {15}, all_of(0, 23)),
       .window = {Kind::since_previous},
       .missed = MissedPolicy::all,
       .deadline = hours{2},
       .instance = "i-2"},
      {.name = "troll-nights",
       .zone = "Antarctica/Troll",
       .cron = daily("20 0-5 * * *", {20}, all_of(0, 5)),
       .window = {Kind::since_previous},
       .missed = MissedPolicy::skip},
      {.name = "new-york-nights",
       .zone = "America/New_York",
       .cron = daily("10,40 0-3 * * *", {10, 40}, all_of(0, 3)),
       .window = {Kind::since_previous},
       .missed = MissedPolicy::all,
       .deadline = hours{24},
       .spread = minutes{10}},
      {.name = "berlin-days",
       .zone = "Europe/Berlin",
       .cron = daily("30 2 * * *", {30}, {2}),
       .window = {Kind::previous_day},
       .missed = MissedPolicy::merge,
       .deadline = hours{3},
       .spread = minutes{10}},
      {.name = "moved",
       .zone = kMoved,
       .cron = wildcard(daily("*/30 3-9 * * *", {0, 30}, all_of(3, 9))),
       .window = {Kind::since_previous},
       .missed = MissedPolicy::latest,
       .deadline = hours{1},
       .instance = "i-2"},
  };
}

/// Whatever happens to clocks and processes, at any moment.
class Weather {
 public:
  explicit Weather(Host& host) : host_(host) {}

  void rage_until(const char* end) {
    while (host_.now() < *parse_utc(end)) {
      disturb();
      host_.live_for(Seconds(pick(20 * 3600)));
    }
    set_right();
  }

  /// Killed six times in a night, within and between the passes of its repeated hours.
  void rage_in_the_night(const char* begin) {
    host_.live_until(begin);
    for (int i = 0; i < 6; ++i) {
      host_.restart(i % 2 == 0 ? Ended::killed : Ended::stopped, Seconds(pick(1500)));
      host_.live_for(Seconds(60 + pick(2400)));
      if (i % 2 == 0) host_.step(Seconds{-90});
      host_.live_for(Seconds(pick(600)));
    }
  }

 private:
  std::size_t pick(std::size_t n) { return chance_() % n; }

  void disturb() {
    switch (pick(8)) {
      case 0:
        return host_.suspend(hours{26});
      case 1:
        return host_.suspend(Seconds(pick(7200)));
      case 2:
        return host_.step(Millis{-90'250});
      case 3:
      case 4:
        if (skew_ != Seconds{0}) return set_right();
        skew_ = kSkews[pick(std::size(kSkews))];
        return host_.step(skew_);
      case 5:
        return host_.reboot(Seconds(pick(4000)));
      case 6:  // just when something is due
        host_.live_for(kSlot - host_.now().time_since_epoch() % kSlot);
        return host_.restart(Ended::killed, Seconds(pick(60)));
      default:
        return host_.restart(pick(2) == 0 ? Ended::killed : Ended::stopped, Seconds(pick(4000)));
    }
  }

  void set_right() {
    if (skew_ != Seconds{0}) host_.step(-skew_);
    skew_ = {};
  }

  Host& host_;
  std::mt19937 chance_{20251004};
  Seconds skew_{};
};

std::vector<journal::RunRecord> a_month_in(const char* zone) {
  const ZoneOfProcess elsewhere(zone);
  Host host("2025-10-04T00:00:00Z", habits());
  host.live_for(hours{15});  // awake where Lord Howe skips half an hour
  Weather weather(host);
  weather.rage_until("2025-10-12T00:00:00Z");
  host.live_until("2025-10-14T05:10:00Z");
  host.replace_zone(kMoved, "America/Sao_Paulo");
  weather.rage_until("2025-10-19T00:00:00Z");
  host.live_until("2025-10-21T14:10:00Z");
  host.replace_zone(kMoved, "Asia/Kathmandu");
  weather.rage_until("2025-10-24T12:00:00Z");
  weather.rage_in_the_night("2025-10-25T23:10:00Z");
  weather.rage_until("2025-10-31T00:00:00Z");
  weather.rage_in_the_night("2025-11-02T04:55:00Z");
  host.live_until("2025-11-04T12:17:30Z");
  check(host, habits());
  return host.runs();
}

TEST(SimulatedMonth, EveryScheduledTimeEndsOnceInAnyWeatherAndTheZoneOfTheProcessChangesNothing) {
  const auto there = a_month_in("Pacific/Kiritimati");
  const auto here = a_month_in("America/St_Johns");
  EXPECT_GT(there.size(), 3'000U);
  EXPECT_TRUE(there == here);
}

}  // namespace
}  // namespace dbssd::faults
