// A process that is killed at any moment, and the one that comes after it.
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::Fate;
using fakes::World;
using journal::Outcome;
using journal::RunState;
using planner::CreateReport;
using planner::StartInstance;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

using Outcomes = std::vector<std::optional<Outcome>>;

/// A daily report, due at 06:00, whose create call is not answered for a minute.
void add_slow_report(World& world, bool takes_effect) {
  world.report("daily", "0 6 * * *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.fate = [&world, takes_effect](const planner::Call& call) {
    if (!std::holds_alternative<CreateReport>(call) || world.count<CreateReport>() > 1) return Fate{};
    Fate fate = takes_effect ? Fate{} : fakes::failing(ErrorKind::not_sent);
    fate.answer_after = minutes{1};
    return fate;
  };
}

TEST(PlannerRestart, ACallThatWasUnderWayIsOfUnknownOutcome) {
  World world;
  add_slow_report(world, true);
  world.run_until("2025-06-02T06:00:10Z");
  EXPECT_EQ(world.runs().front().state, RunState::submitting);
  world.restart();
  EXPECT_EQ(world.lane->memory.runs.begin()->second.record.state, RunState::unknown);
  EXPECT_EQ(world.count(EventId::report_outcome_unknown), 1U);
}

TEST(PlannerRestart, TimesThatAreDecidedBeyondTheClockAreSaid) {
  World world;
  world.report("daily", "0 6 * * *");
  world.report("hourly", "0 * * * *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T06:30:00Z");
  const auto said = [&world] {
    return planner::decided_ahead(world.lane->scope(), world.lane->memory, world.clock.now());
  };
  EXPECT_FALSE(said().has_value());
  world.clock.step(hours{48});
  world.run_for(minutes{5});
  world.clock.step(-hours{48});
  world.restart();
  ASSERT_TRUE(said().has_value());
  EXPECT_EQ(said()->msg, "2 schedules are decided beyond the time of this clock");
  EXPECT_EQ(said()->report, ReportName("daily"));
  EXPECT_EQ(said()->reason, "nothing of this report is due before 2025-06-04T06:30:00Z, 1d23h55m from now");
}

TEST(PlannerRestart, AReportThatTheLastProcessAskedForIsAdopted) {
  World world;
  add_slow_report(world, true);
  world.run_until("2025-06-02T06:00:10Z");
  world.restart();
  world.run_for(minutes{10});
  EXPECT_EQ(world.cloud.reports.size(), 1U);
  EXPECT_EQ(world.count(EventId::report_adopted), 1U);
  EXPECT_EQ(world.outcomes(), (Outcomes{Outcome::finished}));
}

TEST(PlannerRestart, AReportThatTheLastProcessNeverGotThroughIsAskedForAgain) {
  World world;
  add_slow_report(world, false);
  world.run_until("2025-06-02T06:00:10Z");
  world.restart();
  world.run_for(minutes{10});
  EXPECT_EQ(world.count<CreateReport>(), 2U);
  EXPECT_EQ(world.cloud.reports.size(), 1U);
  EXPECT_EQ(world.outcomes(), (Outcomes{Outcome::finished}));
}

TEST(PlannerRestart, AfterARebootTheSameHolds) {
  World world;
  add_slow_report(world, true);
  world.run_until("2025-06-02T06:00:10Z");
  world.end();
  world.clock.suspend(minutes{3});
  world.clock.reboot();
  world.run_for(minutes{10});
  EXPECT_EQ(world.cloud.reports.size(), 1U);
  EXPECT_EQ(world.outcomes(), (Outcomes{Outcome::finished}));
}

TEST(PlannerRestart, AStartUnderWayIsNotRepeatedWhileItPowersOn) {
  World world;
  world.keep_running();
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.fate = [](const planner::Call& call) {
    return std::holds_alternative<StartInstance>(call) ? Fate{.answer_after = minutes{1}} : Fate{};
  };
  world.run_for(Seconds{1});
  world.restart();
  world.run_for(minutes{10});
  EXPECT_EQ(world.count<StartInstance>(), 1U);
  EXPECT_EQ(world.count(EventId::instance_start_confirmed), 1U);
}

TEST(PlannerRestart, NothingIsAnnouncedTwice) {
  World world;
  world.report("hourly", "0 * * * *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T02:30:00Z");
  world.restart();
  world.run_until("2025-06-02T02:45:00Z");
  EXPECT_EQ(world.count(EventId::instance_seen), 1U);
  EXPECT_EQ(world.count(EventId::report_due), 2U);
  EXPECT_EQ(world.count(EventId::report_finished), 2U);
}

TEST(PlannerRestart, AKillAtAnyMomentOfARunLeavesOneReportAndOneOutcome) {
  for (int second = 0; second < 150; second += 3) {
    World world;
    world.report("daily", "0 6 * * *");
    world.cloud.add("i-1", InstanceStatus::active);
    world.fate = [](const planner::Call&) {
      return Fate{.effect_after = Seconds{4}, .answer_after = Seconds{8}};
    };
    world.run_until("2025-06-02T06:00:00Z");
    world.run_for(Seconds{second});
    world.restart();
    world.run_for(hours{1});
    EXPECT_EQ(world.cloud.reports.size(), 1U) << "killed at second " << second;
    EXPECT_EQ(world.outcomes(), (Outcomes{Outcome::finished})) << "killed at second " << second;
  }
}

TEST(PlannerRestart, WhatAJournalHasLostTheInstanceOfWaitsForTheList) {
  World world;
  world.report("daily", "0 6 * * *");
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.run_until("2025-06-02T06:30:00Z");
  const ProjectName project("prod");
  const auto left = world.memory_journal.load(project, Instant{}).value();
  ASSERT_EQ(left.open_runs.size(), 1U);
  fakes::MemoryJournal damaged;
  journal::Batch batch;
  batch.schedules = left.schedules;
  batch.runs = left.open_runs;
  ASSERT_TRUE(damaged.commit(project, batch));
  world.journal = &damaged;
  world.cloud.machine("i-1").seen.status = InstanceStatus::active;
  world.restart();
  world.run_for(hours{1});
  EXPECT_EQ(world.count(EventId::report_skipped), 0U);
  EXPECT_EQ(world.count(EventId::report_gap), 0U);
  const auto runs = damaged.all_runs(project);
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs.front().outcome, Outcome::finished);
}

TEST(PlannerRestart, ACursorThatADamagedJournalHasSetBackDecidesNothingTwice) {
  World world;
  world.report("daily", "0 6 * * *").missed = schedule::MissedPolicy::all;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T06:00:30Z");
  ASSERT_EQ(world.cloud.reports.size(), 1U);
  const ProjectName project("prod");
  journal::Batch batch;
  batch.schedules = world.memory_journal.load(project, Instant{}).value().schedules;
  ASSERT_EQ(batch.schedules.size(), 1U);
  batch.schedules.front().cursor -= hours{1};
  ASSERT_TRUE(world.memory_journal.commit(project, batch));
  world.restart();
  world.run_for(hours{1});
  EXPECT_EQ(world.cloud.reports.size(), 1U);
  EXPECT_EQ(world.outcomes(), (Outcomes{Outcome::finished}));
}

}  // namespace
}  // namespace dbssd
