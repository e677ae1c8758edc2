// Reports that somebody asks for by hand.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "fakes/world.h"

namespace dbssd {
namespace {

using fakes::World;
using journal::Outcome;
using journal::RunState;
using planner::Asked;
using telemetry::EventId;

/// A weekly report, and a wish for two days of it on a Wednesday.
class PlannerAsked : public testing::Test {
 protected:
  PlannerAsked() {
    world.report("weekly", "0 6 * * 0");
    world.cloud.add("i-1", cloud::InstanceStatus::active);
    world.run_until("2025-06-04T10:00:07Z");
  }
  planner::Learned ask() {
    return planner::ask(world.lane->scope(), asked, world.clock.now(), world.lane->memory);
  }

  World world;
  Asked asked{{ReportName("weekly"), InstanceId("i-1"), *parse_utc("2025-06-04T10:00:07Z")},
              {*parse_utc("2025-05-01T00:00:00Z"), *parse_utc("2025-05-03T00:00:00Z")}};
};

TEST_F(PlannerAsked, AreMadeOverTheirOwnWindowAtOnce) {
  world.lane->keep(ask());
  world.run_until("2025-06-04T10:05:00Z");
  ASSERT_EQ(world.runs().size(), 1U);
  EXPECT_EQ(world.runs()[0].key, asked.key);
  EXPECT_EQ(world.runs()[0].outcome, Outcome::finished);
  ASSERT_EQ(world.cloud.reports.size(), 1U);
  EXPECT_EQ(world.cloud.reports[0].report.start, asked.window.begin);
  EXPECT_EQ(world.cloud.reports[0].report.end, asked.window.end);
}

TEST_F(PlannerAsked, AreOpenedOnce) {
  const planner::Learned first = ask();
  ASSERT_EQ(first.records.runs.size(), 1U);
  EXPECT_EQ(first.records.runs[0].state, RunState::due);
  ASSERT_EQ(first.events.size(), 1U);
  EXPECT_EQ(first.events[0].id, EventId::report_due);
  EXPECT_EQ(first.events[0].reason, "asked for by hand");
  EXPECT_TRUE(ask().records.empty());
}

TEST_F(PlannerAsked, LeaveTheScheduleAsItWas) {
  world.lane->keep(ask());
  world.run_until("2025-06-08T07:00:00Z");
  ASSERT_EQ(world.runs().size(), 2U);
  EXPECT_EQ(world.runs()[1].key.scheduled, *parse_utc("2025-06-08T06:00:00Z"));
  EXPECT_EQ(world.count(EventId::report_gap), 0U);
}

TEST_F(PlannerAsked, TwoOfOneWindowHaveAReportEach) {
  world.lane->keep(ask());
  asked.key.scheduled += Seconds{1};
  world.lane->keep(ask());
  world.run_until("2025-06-04T10:05:00Z");
  ASSERT_EQ(world.runs().size(), 2U);
  EXPECT_EQ(world.cloud.reports.size(), 2U);
  EXPECT_NE(world.runs()[0].report_id, world.runs()[1].report_id);
}

TEST_F(PlannerAsked, OfARuleThatIsGoneAreSkipped) {
  asked.key.report = ReportName("gone");
  world.lane->keep(ask());
  world.run_until("2025-06-04T10:05:00Z");
  EXPECT_EQ(world.runs()[0].outcome, Outcome::skipped);
  EXPECT_TRUE(world.cloud.reports.empty());
}

}  // namespace
}  // namespace dbssd
