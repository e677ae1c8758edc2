// Which instances are started, why, and when a start is done.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using cloud::InstanceTask;
using fakes::World;
using planner::StartInstance;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

std::string standing_of(World& world, const std::string& id) {
  for (const planner::Standing& standing : world.lane->plan({.explain = true}).standing)
    if (standing.instance.str() == id) return standing.verdict + ": " + standing.reason;
  return {};
}

TEST(PlannerStarts, AShutoffInstanceIsStartedWithItsReason) {
  World world;
  world.keep_running();
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.run();
  EXPECT_EQ(world.cloud.starts("i-1"), 1);
  ASSERT_EQ(world.count<StartInstance>(), 1U);
  EXPECT_EQ(world.calls.back().reason, "it is SHUTOFF and rule keep-running keeps it running");
  EXPECT_EQ(world.count(EventId::instance_start_requested), 1U);
}

TEST(PlannerStarts, TheIntentIsDurableBeforeTheCallLeaves) {
  World world;
  world.keep_running();
  world.cloud.add("i-1", InstanceStatus::shutoff);
  bool was_durable = false;
  world.fate = [&](const planner::Call& call) {
    if (const auto* start = std::get_if<StartInstance>(&call)) {
      const auto remembered = world.memory_journal.load(ProjectName("prod"), {});
      was_durable = remembered->starts.size() == 1 && remembered->starts.front() == start->intent;
    }
    return fakes::Fate{};
  };
  world.run();
  EXPECT_TRUE(was_durable);
}

struct LeftAlone {
  const char* what;
  InstanceStatus status;
  InstanceTask task;
  std::optional<int> effect;
  const char* reason;
};

class PlannerStartsLeaves : public testing::TestWithParam<LeftAlone> {};

TEST_P(PlannerStartsLeaves, WhatMustNotBeStartedAlone) {
  World world;
  world.keep_running();
  cloud::Instance& seen = world.cloud.add("i-1", GetParam().status).seen;
  seen.task = GetParam().task;
  seen.effect = GetParam().effect;
  world.run_for(minutes{20});
  EXPECT_EQ(world.count<StartInstance>(), 0U);
  const std::string verdict = GetParam().status == InstanceStatus::active ? "well: " : "leave: ";
  EXPECT_EQ(standing_of(world, "i-1"), verdict + GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    All, PlannerStartsLeaves,
    testing::Values(LeftAlone{"Active", InstanceStatus::active, InstanceTask::none, {}, "it is ACTIVE"},
                    LeftAlone{"Frozen",
                              InstanceStatus::frozen,
                              InstanceTask::none,
                              {},
                              "status FROZEN: only a SHUTOFF instance can be started"},
                    LeftAlone{"BeingPoweredOff",
                              InstanceStatus::shutoff,
                              InstanceTask::powering_off,
                              {},
                              "task powering-off is under way"},
                    LeftAlone{"OfATaskThatIsNotKnown",
                              InstanceStatus::shutoff,
                              InstanceTask::unknown,
                              {},
                              "task unknown is under way"},
                    LeftAlone{"OfAStatusThatIsNotKnown",
                              InstanceStatus::unknown,
                              InstanceTask::none,
                              {},
                              "status unknown: only a SHUTOFF instance can be started"},
                    LeftAlone{"EffectTwo", InstanceStatus::shutoff, InstanceTask::none, 2,
                              "the instance is frozen (effect 2): only its owner's account can change that"},
                    LeftAlone{"EffectOne", InstanceStatus::shutoff, InstanceTask::none, 1,
                              "the instance is frozen (effect 1): only its owner's account can change that"},
                    LeftAlone{"EffectThree", InstanceStatus::shutoff, InstanceTask::none, 3,
                              "the instance is frozen (effect 3): only its owner's account can change that"}),
    [](const auto& tested) { return std::string(tested.param.what); });

TEST(PlannerStarts, AnEffectOutsideOfOneToThreeMeansNothing) {
  World world;
  world.keep_running();
  world.cloud.add("i-0", InstanceStatus::shutoff).seen.effect = 0;
  world.cloud.add("i-4", InstanceStatus::shutoff).seen.effect = 4;
  world.run();
  EXPECT_EQ(world.cloud.starts("i-0"), 1);
  EXPECT_EQ(world.cloud.starts("i-4"), 1);
}

TEST(PlannerStarts, WithoutARuleTheFleetIsOnlyWatched) {
  World world;
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.run_for(hours{1});
  EXPECT_EQ(world.count<StartInstance>(), 0U);
  EXPECT_EQ(standing_of(world, "i-1"), "leave: status SHUTOFF; no start rule selects it: it is only watched");
}

TEST(PlannerStarts, WhatTheNewestListDoesNotHaveIsLeftAlone) {
  World world;
  world.keep_running(1);
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.cloud.add("i-2", InstanceStatus::shutoff);
  world.run();
  world.cloud.machine("i-2").listed = false;  // before its turn comes
  world.run_for(Seconds{40});
  EXPECT_EQ(standing_of(world, "i-2"),
            "leave: the newest list does not have it: what it is now is not known");
  world.run_for(minutes{6});
  EXPECT_EQ(world.cloud.starts("i-2"), 0);
}

TEST(PlannerStarts, TheFirstRuleThatSelectsAnInstanceIsObeyed) {
  World world;
  policy::StartRule never;
  never.name = "first";
  never.select.include.name = {"name-i-1"};
  world.policy.instances.start.push_back(never);
  world.keep_running();
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.cloud.add("i-2", InstanceStatus::shutoff);
  world.run();
  const auto& instances = world.lane->memory.instances;
  EXPECT_EQ(instances.at(InstanceId("i-1")).starting->starts.back().rule, "first");
  EXPECT_EQ(instances.at(InstanceId("i-2")).starting->starts.back().rule, "keep-running");
}

TEST(PlannerStarts, AnAcceptedStartIsDoneOnlyWhenTheListSaysActive) {
  World world;
  world.keep_running();
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.run_for(Seconds{59});
  EXPECT_EQ(world.count(EventId::instance_start_accepted), 1U);
  EXPECT_EQ(world.count(EventId::instance_start_confirmed), 0U);
  world.run_for(minutes{1});
  EXPECT_EQ(world.count(EventId::instance_start_confirmed), 1U);
  EXPECT_EQ(world.cloud.starts("i-1"), 1);
}

TEST(PlannerStarts, AnAnswerThatComesAfterTheConfirmationChangesNothing) {
  World world;
  world.keep_running();
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.fate = [](const planner::Call& call) {
    return std::holds_alternative<StartInstance>(call) ? fakes::Fate{.answer_after = minutes{8}}
                                                       : fakes::Fate{};
  };
  world.run_for(minutes{20});
  EXPECT_EQ(world.count(EventId::instance_start_confirmed), 1U);
  EXPECT_EQ(world.count(EventId::instance_start_accepted), 0U);
  EXPECT_EQ(world.cloud.starts("i-1"), 1);
}

TEST(PlannerStarts, ARenamedInstanceIsSelectedByItsNewName) {
  World world;
  world.keep_running().select.include.name = {"keep-*"};
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.run_for(minutes{10});
  EXPECT_EQ(world.cloud.starts("i-1"), 0);
  world.cloud.machine("i-1").seen.name = "keep-me";
  world.run_for(minutes{10});
  EXPECT_EQ(world.cloud.starts("i-1"), 1);
}

TEST(PlannerStarts, AStartThatIsNotConfirmedInTimeIsSaidOnce) {
  World world;
  world.keep_running();
  world.cloud.boot_takes = hours{2};
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.run_for(minutes{14});
  EXPECT_EQ(world.count(EventId::instance_start_overdue), 0U);
  world.run_for(minutes{90});
  EXPECT_EQ(world.count(EventId::instance_start_overdue), 1U);
  EXPECT_EQ(world.count<StartInstance>(), 1U) << "its task is still under way";
  world.run_for(minutes{30});
  EXPECT_EQ(world.count(EventId::instance_start_confirmed), 1U) << "late, but done";
}

TEST(PlannerStarts, ALostStartIsNotRepeatedBeforeTheListShowsThatItHadNoEffect) {
  World world;
  world.keep_running();
  world.cloud.add("i-1", InstanceStatus::shutoff);
  bool is_lost = true;
  world.fate = [&](const planner::Call& call) {
    if (!std::holds_alternative<StartInstance>(call) || !std::exchange(is_lost, false)) return fakes::Fate{};
    return fakes::failing(ErrorKind::outcome_unknown);
  };
  world.run_for(minutes{1});
  EXPECT_EQ(world.count<StartInstance>(), 1U);
  world.run_for(minutes{9});
  EXPECT_EQ(world.count<StartInstance>(), 2U);
  EXPECT_EQ(world.cloud.starts("i-1"), 1);
}

TEST(PlannerStarts, ALostStartThatHadItsEffectIsConfirmedAndNotRepeated) {
  World world;
  world.keep_running();
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.fate = [](const planner::Call& call) {
    fakes::Fate fate;
    if (std::holds_alternative<StartInstance>(call))
      fate.answer = Error{ErrorKind::outcome_unknown, "reset", {}, {}, 0};
    return fate;
  };
  world.run_for(minutes{10});
  EXPECT_EQ(world.count<StartInstance>(), 1U);
  EXPECT_EQ(world.count(EventId::instance_start_confirmed), 1U);
}

}  // namespace
}  // namespace dbssd
