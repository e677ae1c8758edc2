// What a lane does while its clock is wrong.
#include <gtest/gtest.h>

#include "fakes/world.h"

namespace dbssd::planner {
namespace {

using cloud::InstanceStatus;
using fakes::FakeCloud;
using fakes::World;
using journal::Outcome;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

constexpr Seconds kYear = hours{24 * 365};

class PlannerClock : public testing::Test {
 protected:
  PlannerClock() {
    world_.report("hourly", "0 * * * *");
    world_.report("daily", "0 6 * * *");
    world_.cloud.add("i-1", InstanceStatus::active);
    world_.cloud.dated = FakeCloud::Dated::as_it_is;
  }
  void nobody_answers() {
    world_.fate = [](const Call&) { return fakes::failing(ErrorKind::not_sent, "no route to host"); };
  }
  [[nodiscard]] std::vector<std::string> scheduled() const {
    std::vector<std::string> times;
    for (const journal::RunRecord& run : world_.runs()) times.push_back(format_utc(run.key.scheduled));
    return times;
  }
  [[nodiscard]] std::size_t count(Outcome outcome) const {
    const auto all = world_.outcomes();
    return static_cast<std::size_t>(std::ranges::count(all, std::optional(outcome)));
  }
  World world_;
};

struct WrongMinute {
  const char* what;
  Seconds by;
  bool is_answered;
};
class PlannerClockWrong : public PlannerClock, public testing::WithParamInterface<WrongMinute> {};

TEST_P(PlannerClockWrong, ForAMinuteCostsNothing) {
  world_.run_until("2025-06-02T03:30:00Z");
  world_.clock.step(GetParam().by);
  if (!GetParam().is_answered) nobody_answers();
  world_.run_for(minutes{1});
  world_.clock.step(-GetParam().by);
  world_.fate = [](const Call&) { return fakes::Fate{}; };
  world_.run_for(hours{3});
  EXPECT_EQ(count(Outcome::finished), 7U);
  EXPECT_EQ(world_.runs().size(), 7U);
  EXPECT_EQ(world_.count(EventId::report_missed), 0U);
  EXPECT_EQ(world_.count(EventId::report_expired), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, PlannerClockWrong,
                         testing::Values(WrongMinute{"AnHourAhead", hours{1}, true},
                                         WrongMinute{"AnHourAheadAndAlone", hours{1}, false},
                                         WrongMinute{"TwoDaysAhead", hours{48}, true},
                                         WrongMinute{"TwoDaysAheadAndAlone", hours{48}, false},
                                         WrongMinute{"AYearAhead", kYear, true},
                                         WrongMinute{"AYearAheadAndAlone", kYear, false},
                                         WrongMinute{"AnHourBehind", -hours{1}, true},
                                         WrongMinute{"AYearBehindAndAlone", -kYear, false}),
                         [](const auto& wrong) { return wrong.param.what; });

TEST_F(PlannerClock, WhatIsDueByTheServicesDateIsAskedForWhileTheClockIsAhead) {
  world_.run_until("2025-06-02T03:32:00Z");
  world_.clock.step(hours{48});
  world_.run_for(hours{3});
  EXPECT_EQ(count(Outcome::finished), 7U);
  EXPECT_EQ(scheduled().back(), "2025-06-02T06:00:00Z");
  const auto held = world_.said(EventId::clock_held);
  ASSERT_FALSE(held.empty());
  EXPECT_NE(held.back().reason.find("2d ahead of the service's, which says 2025-06-02T03:32:00Z"),
            std::string::npos)
      << held.back().reason;
  EXPECT_EQ(world_.count(EventId::clock_trusted), 0U);
}

TEST_F(PlannerClock, ASuspendIsConfirmedByTheNextAnswerAndThenDecided) {
  world_.run_until("2025-06-02T03:30:00Z");
  world_.clock.suspend(hours{10});
  world_.run();
  EXPECT_EQ(world_.count(EventId::clock_held), 1U);
  EXPECT_EQ(world_.count(EventId::clock_trusted), 1U);
  EXPECT_EQ(count(Outcome::missed), 9U);
}

TEST_F(PlannerClock, AHostThatIsOfflineGoesOnAfterAnHour) {
  world_.run_until("2025-06-02T03:30:00Z");
  nobody_answers();
  world_.clock.suspend(hours{48});
  world_.run_for(minutes{59});
  EXPECT_EQ(count(Outcome::missed), 0U);
  EXPECT_EQ(world_.count(EventId::clock_trusted), 0U);
  world_.run_for(minutes{2});
  EXPECT_GT(count(Outcome::missed), 0U);
  EXPECT_EQ(world_.count(EventId::clock_trusted), 1U);
}

TEST_F(PlannerClock, ADueReportDoesNotExpireByAClockThatIsAhead) {
  world_.cloud.machine("i-1").seen.status = InstanceStatus::shutoff;
  world_.run_until("2025-06-02T06:30:00Z");
  world_.clock.step(kYear);
  world_.run_for(minutes{10});
  world_.clock.step(-kYear);
  world_.run_for(minutes{10});
  EXPECT_EQ(count(Outcome::expired), 0U);
}

TEST_F(PlannerClock, AStartWithAClockAYearAheadRecordsNothingMissed) {
  world_.run_until("2025-06-02T03:30:00Z");
  world_.end();
  world_.clock.step(kYear);
  world_.run();
  EXPECT_EQ(world_.runs().size(), 3U);
  EXPECT_EQ(world_.count(EventId::clock_held), 1U);
  world_.end();
  world_.clock.step(-kYear);
  world_.run_for(hours{3});
  EXPECT_EQ(count(Outcome::finished), 7U);
  EXPECT_EQ(world_.runs().size(), 7U);
}

TEST_F(PlannerClock, AStartThatNobodyAnswersSaysSoAfterAMinute) {
  world_.run_until("2025-06-02T03:30:00Z");
  world_.end();
  world_.clock.advance(hours{5});
  nobody_answers();
  world_.run();
  EXPECT_EQ(world_.count(EventId::clock_held), 0U);
  EXPECT_EQ(world_.runs().size(), 3U);
  world_.run_for(minutes{5});
  EXPECT_EQ(world_.count(EventId::clock_held), 1U);
  EXPECT_FALSE(world_.lane->memory.project.clock_hold.empty());
}

TEST_F(PlannerClock, ANewReportBeginsByTheServicesDate) {
  world_.run_until("2025-06-02T03:30:00Z");
  world_.report("new", "30 * * * *");
  world_.clock.step(kYear);
  world_.run_for(minutes{1});
  world_.reload();
  world_.run_for(minutes{1});
  world_.clock.step(-kYear);
  world_.run_for(hours{1});
  const auto times = scheduled();
  EXPECT_EQ(std::ranges::count(times, "2025-06-02T04:30:00Z"), 1) << "nothing of it was due for a year";
}

TEST_F(PlannerClock, AHeldPlanSaysSo) {
  world_.run_until("2025-06-02T03:30:00Z");
  EXPECT_EQ(world_.lane->plan({.explain = true}).clock_hold, "");
  world_.clock.step(hours{48});
  world_.run();
  EXPECT_NE(world_.lane->plan({.explain = true}).clock_hold, "");
}

TEST_F(PlannerClock, AnInstanceThatIsHeldStaysHeldByAClockThatIsAhead) {
  world_.policy.reports.clear();
  policy::StartRule& rule = world_.keep_running();
  rule.flap = {1, hours{6}, hours{24}};
  world_.cloud.machine("i-1").seen.status = InstanceStatus::shutoff;
  world_.run_until("2025-06-02T00:10:00Z");
  world_.cloud.machine("i-1").seen.status = InstanceStatus::shutoff;
  world_.run_until("2025-06-02T00:30:00Z");
  ASSERT_EQ(world_.count(EventId::instance_start_held), 1U);
  world_.clock.step(hours{48});
  world_.run_for(minutes{30});
  EXPECT_EQ(world_.cloud.starts("i-1"), 1);
}

}  // namespace
}  // namespace dbssd::planner
