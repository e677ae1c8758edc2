// What the instance list teaches, and what its silence does not.
#include <gtest/gtest.h>

#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::World;
using planner::ListInstances;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

TEST(PlannerListing, IsReadOncePerReconcileInterval) {
  World world;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_for(hours{1} - Seconds{1});
  EXPECT_EQ(world.count<ListInstances>(), 12U);
  EXPECT_EQ(world.count(EventId::cycle_finished), 12U);
}

TEST(PlannerListing, ANewInstanceIsSaidOnce) {
  World world;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_for(hours{1});
  EXPECT_EQ(world.count(EventId::instance_seen), 1U);
  EXPECT_EQ(world.count(EventId::instance_changed), 0U);
}

TEST(PlannerListing, AChangeIsSaidWithWhatChanged) {
  World world;
  cloud::Instance& seen = world.cloud.add("i-1", InstanceStatus::active).seen;
  world.run();
  seen.status = InstanceStatus::shutoff;
  seen.effect = 2;
  world.run_for(hours{1});
  const auto said = world.said(EventId::instance_changed);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().reason, "status ACTIVE -> SHUTOFF, effect none -> 2");
}

TEST(PlannerListing, AnInstanceVanishesOnlyAfterThreeAbsences) {
  World world;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run();
  world.cloud.machine("i-1").listed = false;
  world.run_for(minutes{11});
  EXPECT_EQ(world.count(EventId::instance_vanished), 0U);
  world.run_for(hours{1});
  EXPECT_EQ(world.count(EventId::instance_vanished), 1U);
}

TEST(PlannerListing, AbsencesThatAreNotInARowDoNotAddUp) {
  World world;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run();
  for (int i = 0; i < 4; ++i) {
    world.cloud.machine("i-1").listed = false;
    world.run_for(minutes{10});
    world.cloud.machine("i-1").listed = true;
    world.run_for(minutes{5});
  }
  EXPECT_EQ(world.count(EventId::instance_vanished), 0U);
}

TEST(PlannerListing, NothingVanishesWhileAnEntryDoesNotDecode) {
  World world;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run();
  world.cloud.machine("i-1").listed = false;
  world.cloud.problems = {"instances[0]: no id"};
  world.run_for(hours{2});
  EXPECT_EQ(world.count(EventId::instance_vanished), 0U);
  EXPECT_EQ(world.count(EventId::cloud_malformed), 1U) << "the same problem is said once";
}

TEST(PlannerListing, AnEntryThatDoesNotDecodeHarmsNoOther) {
  World world;
  world.keep_running();
  world.cloud.problems = {"instances[0]: no id"};
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.run();
  EXPECT_EQ(world.cloud.starts("i-1"), 1);
}

TEST(PlannerListing, AListThatFailsIsNoAbsence) {
  World world;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run();
  world.fate = [](const planner::Call&) { return fakes::failing(ErrorKind::rejected); };
  world.run_for(hours{2});
  EXPECT_EQ(world.count(EventId::instance_vanished), 0U);
  EXPECT_EQ(world.count(EventId::cloud_refused), 1U);
}

TEST(PlannerListing, AnInstanceThatComesBackIsSeenAgain) {
  World world;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run();
  world.cloud.machine("i-1").listed = false;
  world.run_for(minutes{30});
  world.cloud.machine("i-1").listed = true;
  world.run_for(minutes{30});
  const auto said = world.said(EventId::instance_seen);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said.back().msg, "an instance that had vanished is listed again");
}

TEST(PlannerListing, WhatFellDueWhileAnInstanceWasGoneIsDecidedWhenItComesBack) {
  World world;
  world.report("hourly", "0 * * * *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T00:30:00Z");
  world.cloud.machine("i-1").listed = false;
  world.run_until("2025-06-02T03:30:00Z");
  EXPECT_TRUE(world.runs().size() <= 1U) << "what is gone fires no more";
  world.cloud.machine("i-1").listed = true;
  world.run_until("2025-06-02T03:50:00Z");
  EXPECT_EQ(world.runs().size(), 3U);
  EXPECT_EQ(world.outcomes().back(), journal::Outcome::finished);
}

}  // namespace
}  // namespace dbssd
