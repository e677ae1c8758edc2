// What keeps the planner from doing harm: caps, holds and backoff.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::World;
using planner::StartInstance;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

void add_shutoff(World& world, int count) {
  for (int i = 1; i <= count; ++i) world.cloud.add("i-" + std::to_string(i), InstanceStatus::shutoff);
}

std::vector<std::string> started(const World& world) {
  std::vector<std::string> ids;
  for (const planner::Action& action : world.calls)
    if (const auto* start = std::get_if<StartInstance>(&action.call))
      ids.push_back(start->intent.instance.str());
  return ids;
}

/// Somebody stops the instance as soon as it runs.
void stop(World& world, const std::string& id) {
  world.cloud.machine(id).seen.status = InstanceStatus::shutoff;
  world.run_for(minutes{10});
}

TEST(PlannerCap, NoMoreThanMaxPerCycleAreStartedInOneCycle) {
  World world;
  world.keep_running(2);
  add_shutoff(world, 5);
  world.run_for(minutes{4});  // meanwhile the list is read for confirmation
  EXPECT_GT(world.count<planner::ListInstances>(), 3U);
  EXPECT_EQ(world.count<StartInstance>(), 2U);
  world.run_for(minutes{5});
  EXPECT_EQ(world.count<StartInstance>(), 4U);
  world.run_for(minutes{5});
  EXPECT_EQ(world.count<StartInstance>(), 5U);
}

TEST(PlannerCap, IsSaidOnceInACycleWithHowManyWait) {
  World world;
  world.keep_running(2);
  add_shutoff(world, 5);
  world.run_for(minutes{4});
  const auto said = world.said(EventId::instance_start_capped);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().reason, "rule keep-running: max_per_cycle 2, 3 instances wait for the next cycle");
  world.run_for(minutes{5});
  EXPECT_EQ(world.count(EventId::instance_start_capped), 2U);
}

TEST(PlannerCap, CountsEachRuleByItself) {
  World world;
  policy::StartRule& first = world.keep_running(1);
  first.name = "odd";
  first.select.include.name = {"name-i-[13]"};
  world.keep_running(1);
  add_shutoff(world, 4);
  world.run();
  EXPECT_EQ(started(world), (std::vector<std::string>{"i-1", "i-2"}));
}

TEST(PlannerCap, ThoseNeverTriedGoBeforeThoseThatFailed) {
  World world;
  world.keep_running(1);
  add_shutoff(world, 3);
  world.fate = [](const planner::Call& call) {
    const auto* start = std::get_if<StartInstance>(&call);
    return start != nullptr && start->intent.instance.str() == "i-1" ? fakes::failing(ErrorKind::rejected)
                                                                     : fakes::Fate{};
  };
  world.run_for(minutes{12});
  EXPECT_EQ(started(world), (std::vector<std::string>{"i-1", "i-2", "i-3"}));
}

TEST(PlannerFlap, AnInstanceThatSomethingKeepsStoppingIsHeldAndItIsSaidOnce) {
  World world;
  world.keep_running();
  add_shutoff(world, 1);
  world.run_for(minutes{10});
  for (int i = 0; i < 3; ++i) stop(world, "i-1");
  EXPECT_EQ(world.cloud.starts("i-1"), 3);
  world.run_for(hours{22});
  EXPECT_EQ(world.cloud.starts("i-1"), 3);
  const auto said = world.said(EventId::instance_start_held);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().reason.substr(0, 18), "3 starts within 6h");
}

TEST(PlannerFlap, TheHoldEndsAfterItsTime) {
  World world;
  world.keep_running();
  add_shutoff(world, 1);
  world.run_for(minutes{10});
  for (int i = 0; i < 3; ++i) stop(world, "i-1");
  world.run_for(hours{24});
  EXPECT_EQ(world.cloud.starts("i-1"), 4);
  EXPECT_EQ(world.count(EventId::instance_start_held), 1U);
}

TEST(PlannerFlap, AHoldThatIsOverHasServedForTheStartsBeforeIt) {
  World world;
  world.keep_running().flap = {3, hours{6}, hours{1}};
  add_shutoff(world, 1);
  world.run_for(minutes{10});
  for (int i = 0; i < 3; ++i) stop(world, "i-1");
  EXPECT_EQ(world.cloud.starts("i-1"), 3);
  world.run_for(hours{1});
  EXPECT_EQ(world.cloud.starts("i-1"), 4);
}

TEST(PlannerFlap, TheHoldSurvivesARestart) {
  World world;
  world.keep_running();
  add_shutoff(world, 1);
  world.run_for(minutes{10});
  for (int i = 0; i < 3; ++i) stop(world, "i-1");
  world.restart();
  world.run_for(hours{22});
  EXPECT_EQ(world.cloud.starts("i-1"), 3);
  EXPECT_EQ(world.count(EventId::instance_start_held), 1U);
}

TEST(PlannerFlap, StartsOutsideOfTheWindowDoNotCount) {
  World world;
  world.keep_running();
  add_shutoff(world, 1);
  world.run_for(minutes{10});
  for (int i = 0; i < 4; ++i) {
    world.run_for(hours{4});
    stop(world, "i-1");
  }
  EXPECT_EQ(world.cloud.starts("i-1"), 5);
  EXPECT_EQ(world.count(EventId::instance_start_held), 0U);
}

TEST(PlannerBackoff, ARefusedStartIsTriedLessAndLessOften) {
  World world;
  world.keep_running();
  add_shutoff(world, 1);
  std::vector<Millis> at;
  world.fate = [&](const planner::Call& call) {
    if (!std::holds_alternative<StartInstance>(call)) return fakes::Fate{};
    at.push_back(world.clock.elapsed());
    return fakes::failing(ErrorKind::rejected);
  };
  world.run_for(hours{1});
  ASSERT_EQ(at.size(), 6U);
  for (std::size_t i = 1; i < at.size(); ++i) EXPECT_GE(at[i] - at[i - 1], minutes{1} * (1 << (i - 1)));
}

TEST(PlannerBackoff, BeginsAnewAfterAStartThatWasTaken) {
  World world;
  world.keep_running();
  add_shutoff(world, 1);
  std::vector<Millis> at;
  world.fate = [&](const planner::Call& call) {
    if (!std::holds_alternative<StartInstance>(call)) return fakes::Fate{};
    at.push_back(world.clock.elapsed());
    return at.size() == 4 || at.size() == 6 ? fakes::Fate{} : fakes::failing(ErrorKind::rejected);
  };
  world.run_for(minutes{20});
  ASSERT_EQ(at.size(), 4U);
  stop(world, "i-1");
  ASSERT_EQ(at.size(), 6U);
  EXPECT_LT(at[5] - at[4], minutes{2});
}

TEST(PlannerBackoff, RefusedStartsDoNotCountAgainstTheFlapRule) {
  World world;
  world.keep_running();
  add_shutoff(world, 1);
  int refusals = 4;
  world.fate = [&](const planner::Call& call) {
    const bool refuse = std::holds_alternative<StartInstance>(call) && refusals-- > 0;
    return refuse ? fakes::failing(ErrorKind::rejected) : fakes::Fate{};
  };
  world.run_for(hours{1});
  EXPECT_EQ(world.cloud.starts("i-1"), 1);
  EXPECT_EQ(world.count(EventId::instance_start_held), 0U);
}

}  // namespace
}  // namespace dbssd
