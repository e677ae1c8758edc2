// A plan is a function of what is known: it changes nothing, and ends when there is nothing left to do.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::World;
using std::chrono::hours;

/// All that a plan says, in one text.
std::string text_of(const planner::Plan& plan) {
  std::string text;
  for (const planner::Action& action : plan.actions)
    text += planner::describe(action.call) + ": " + action.reason + "\n";
  for (const telemetry::Event& event : plan.events) text += event.msg + ": " + event.reason + "\n";
  for (const planner::Standing& standing : plan.standing)
    text += standing.instance.str() + " " + standing.verdict + ": " + standing.reason + "\n";
  for (const journal::RunRecord& run : plan.records.runs)
    text += run.key.report.str() + " " + format_utc(run.key.scheduled) + "\n";
  return text;
}

/// Instances to be started, reports to be opened, and more wanted than a cycle may start.
void make_busy(World& world) {
  world.keep_running(1);
  world.report("hourly", "0 * * * *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T00:30:00Z");
  world.end();
  for (const char* id : {"i-2", "i-3"}) world.cloud.add(id, InstanceStatus::shutoff);
  world.clock.advance(hours{3});
  world.begin();
  world.answer(planner::ListInstances{}, planner::Reply(*world.cloud.list_instances()));
}

TEST(Planner, GivesTheSameAnswerTwice) {
  World world;
  make_busy(world);
  const std::string first = text_of(world.lane->plan({.explain = true}));
  EXPECT_NE(first, "");
  EXPECT_EQ(text_of(world.lane->plan({.explain = true})), first);
}

TEST(Planner, LeavesMemoryAsItWas) {
  World world;
  make_busy(world);
  const planner::Plan plan = world.lane->plan();
  ASSERT_FALSE(plan.records.runs.empty());
  ASSERT_FALSE(plan.capped_rules.empty());
  const planner::Memory& memory = world.lane->memory;
  EXPECT_TRUE(memory.runs.empty());
  EXPECT_TRUE(memory.capped_this_cycle.empty());
  EXPECT_TRUE(memory.starts_this_cycle.empty());
  EXPECT_EQ(memory.in_flight, 0);
  EXPECT_EQ(memory.schedules.begin()->second.cursor, memory.schedules.begin()->second.since);
  for (const auto& [id, instance] : memory.instances)
    EXPECT_TRUE(instance.starting->starts.empty()) << id.str();
}

TEST(Planner, ExplainingChangesNothingOfWhatIsDone) {
  World world;
  make_busy(world);
  planner::Plan explained = world.lane->plan({.explain = true});
  EXPECT_FALSE(explained.standing.empty());
  explained.standing.clear();
  EXPECT_EQ(text_of(explained), text_of(world.lane->plan()));
}

TEST(Planner, ExplainingNamesWhomEachActionIsAbout) {
  World world;
  make_busy(world);
  const auto is_start = [](const planner::Action& action) {
    return std::holds_alternative<planner::StartInstance>(action.call);
  };
  const planner::Plan explained = world.lane->plan({.explain = true});
  const auto start = std::ranges::find_if(explained.actions, is_start);
  ASSERT_NE(start, explained.actions.end());
  const InstanceId& id = *planner::instance_of(start->call);
  EXPECT_EQ(start->instance_name, world.lane->memory.instances.at(id).record.name);
  EXPECT_NE(start->instance_name, "");
}

TEST(Planner, PlanningAgainAfterEverythingSucceededYieldsNothing) {
  World world;
  make_busy(world);
  world.run_for(hours{1});
  const planner::Plan plan = world.lane->plan();
  EXPECT_TRUE(plan.records.empty());
  EXPECT_TRUE(plan.actions.empty());
  EXPECT_TRUE(plan.events.empty());
  EXPECT_TRUE(plan.next_mono || plan.next_wall) << "it says when to think again";
}

TEST(Planner, GivesEachKindOfCallItsTurnWhereThereIsRoomForOne) {
  World world;
  world.room = 1;
  make_busy(world);
  world.run_for(hours{1});
  EXPECT_GT(world.count<planner::StartInstance>(), 0U);
  EXPECT_GT(world.count<planner::CreateReport>(), 0U);
  EXPECT_GT(world.count<planner::ListInstances>(), 0U);
}

TEST(Planner, AsksForReportsBeforeItLooksForWhatBecameOfOthersButTheListIsReadMeanwhile) {
  World world;
  world.report("first", "0 6 * * *");
  world.report("second", "1 6 * * *");
  for (int i = 0; i < 100; ++i) world.cloud.add("i-" + std::to_string(i), InstanceStatus::active);
  world.run_until("2025-06-02T06:00:30Z");
  world.clock.advance(std::chrono::minutes{10});
  const std::vector<planner::Action> calls = world.lane->turn(60);
  const auto count = [&calls]<class Call>(Call) {
    return std::ranges::count_if(
        calls, [](const planner::Action& action) { return std::holds_alternative<Call>(action.call); });
  };
  EXPECT_GE(count(planner::CreateReport{}), 50);
  EXPECT_GE(count(planner::ListReports{}), 3);
  EXPECT_EQ(count(planner::ListInstances{}), 1) << "though it became due later than all the looks";
}

TEST(Planner, ManyDueReportsAllLeaveThoughTheRoomIsSmall) {
  World world;
  world.room = 3;
  world.report("daily", "0 6 * * *");
  for (int i = 0; i < 50; ++i) world.cloud.add("i-" + std::to_string(i), InstanceStatus::active);
  world.run_until("2025-06-02T07:00:00Z");
  EXPECT_EQ(world.cloud.reports.size(), 50U);
  EXPECT_EQ(world.outcomes(), std::vector<std::optional<journal::Outcome>>(50, journal::Outcome::finished));
}

}  // namespace
}  // namespace dbssd
