#include "planner/clock_trust.h"

#include <algorithm>

namespace dbssd::planner {
namespace {

WallTime sure_at(const Now& sure, MonoTime mono) {
  return sure.wall + std::chrono::floor<Millis>(mono - sure.mono);
}

/// The service's clock shows no less than this by now, and when it told the time no more than `latest` of it.
struct ServiceTime {
  WallTime earliest{};
  WallTime latest{};
};

ServiceTime service_time(const cloud::ServiceDate& date, MonoTime mono) {
  return {date.date + std::chrono::floor<Millis>(mono - date.received),
          date.date + Seconds{1} + std::chrono::ceil<Millis>(mono - date.sent)};
}

void believe(ClockTrust& clock, WallTime at_least, const Now& read) {
  clock.doubt = ClockDoubt::none;
  clock.sure = Now{std::max(at_least, read.wall), read.mono};
}

bool is_over(const ClockTrust& clock, MonoTime mono) {
  return (clock.doubt == ClockDoubt::start || clock.doubt == ClockDoubt::jump) &&
         mono - clock.doubted_since >= kClockHeldAtMost;
}

std::string later_by(WallTime wall, WallTime than) {
  return format_duration(std::max(std::chrono::round<Seconds>(wall - than), Seconds{1}));
}

}  // namespace

Now sure_now(const ClockTrust& clock, const Now& read) {
  if (!clock.sure || is_over(clock, read.mono)) return read;
  const WallTime sure = sure_at(*clock.sure, read.mono);
  return read.wall <= sure + kClockSlack ? read : Now{sure, read.mono};
}

bool is_unconfirmed(const ClockTrust& clock, const Now& read) {
  return clock.doubt != ClockDoubt::service && sure_now(clock, read).wall < read.wall;
}

std::string describe_hold(const ClockTrust& clock, const Now& read) {
  const WallTime sure = sure_now(clock, read).wall;
  if (sure == read.wall) return {};
  const std::string time = format_utc(std::chrono::floor<Seconds>(sure));
  if (clock.doubt == ClockDoubt::service)
    return "this host's clock is " + later_by(read.wall, sure) + " ahead of the service's, which says " +
           time + ": nothing is decided beyond that until they agree";
  const MonoTime since = clock.doubt == ClockDoubt::none ? read.mono : clock.doubted_since;
  const WallTime until = read.wall + std::chrono::ceil<Millis>(since + kClockHeldAtMost - read.mono);
  const std::string why =
      clock.doubt == ClockDoubt::start
          ? "this host's clock is " + later_by(read.wall, sure) + " later than the newest record"
          : "this host's clock is " + later_by(read.wall, sure) + " later than by the time that has passed";
  return why + ": nothing is decided beyond " + time +
         " until an answer of the service tells the time, at the latest until " +
         format_utc(std::chrono::ceil<Seconds>(until));
}

std::optional<MonoTime> next_of(const ClockTrust& clock) {
  if (clock.doubt == ClockDoubt::start && clock.told != ClockDoubt::start)
    return clock.doubted_since + kStartUntold;
  if (clock.doubt == ClockDoubt::start || clock.doubt == ClockDoubt::jump)
    return clock.doubted_since + kClockHeldAtMost;
  return std::nullopt;
}

void begin_clock(ClockTrust& clock, std::optional<Instant> newest, const Now& read) {
  clock = {};
  clock.read = clock.sure = read;
  if (!newest) return;
  clock.sure->wall = *newest;
  if (read.wall <= *newest + kClockSlack) return;
  clock.doubt = ClockDoubt::start;
  clock.doubted_since = read.mono;
}

bool take_reading(ClockTrust& clock, const Now& read) {
  const Now before = clock.read.value_or(read);
  clock.read = read;
  const bool jumped = std::chrono::abs((read.wall - before.wall) - (read.mono - before.mono)) > kClockSlack;
  const WallTime sure = clock.sure ? sure_at(*clock.sure, read.mono) : read.wall;
  if (read.wall <= sure + kClockSlack || is_over(clock, read.mono)) {
    believe(clock, sure, read);
  } else if (clock.doubt == ClockDoubt::none || jumped) {
    clock.doubt = ClockDoubt::jump;
    clock.doubted_since = read.mono;
  }
  return jumped;
}

void take_date(ClockTrust& clock, const cloud::ServiceDate& date, const Now& read) {
  if (clock.service) {
    const auto passed = date.received - clock.service->received;
    if (date == *clock.service || passed < MonoTime::duration::zero()) return;
    // A date that stands still is that of a copy, which somebody on the way has kept.
    if (passed > kClocksDiffer && date.date == clock.service->date) return;
  }
  const ServiceTime service = service_time(date, read.mono);
  const Seconds limit = clock.doubt == ClockDoubt::service ? kClocksAgree : kClocksDiffer;
  if (read.wall <= service.latest + limit) {
    clock.service = date;
    return believe(clock, service.earliest, read);
  }
  // From before the host slept it says nothing: how long it slept, no clock has counted.
  if (clock.doubt == ClockDoubt::jump && date.received < clock.doubted_since) return;
  clock.service = date;
  const WallTime sure = clock.sure ? sure_at(*clock.sure, read.mono) : read.wall;
  const bool is_steady =
      clock.doubt == ClockDoubt::service && sure > service.earliest && sure < service.earliest + kClocksAgree;
  clock.doubt = ClockDoubt::service;
  clock.sure = Now{is_steady ? sure : service.earliest, read.mono};
}

void take_undated(ClockTrust& clock, const Now& read) {
  if (clock.doubt == ClockDoubt::start && !clock.service) believe(clock, read.wall, read);
}

std::optional<Instant> newest_time(const journal::Remembered& remembered) {
  std::optional<Instant> newest;
  const auto take = [&newest](Instant t) { newest = std::max(newest.value_or(t), t); };
  if (remembered.project) take(remembered.project->noted_at);
  for (const journal::ScheduleRecord& schedule : remembered.schedules) take(schedule.cursor);
  for (const journal::StartRecord& start : remembered.starts) take(start.requested_at);
  for (const journal::RunRecord& run : remembered.open_runs) take(run.opened_at);
  return newest;
}

}  // namespace dbssd::planner
