// A policy that changes under way: the past is kept, work in flight is not disturbed.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::World;
using journal::Outcome;
using journal::RunRecord;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

std::vector<std::string> scheduled(const World& world) {
  std::vector<std::string> times;
  for (const RunRecord& run : world.runs()) times.push_back(format_utc(run.key.scheduled).substr(11, 5));
  return times;
}

TEST(PlannerReload, AChangedScheduleKeepsItsPastAndAppliesFromTheChangeOn) {
  World world;
  world.report("hourly", "0 * * * *").missed = schedule::MissedPolicy::all;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T01:30:00Z");
  world.end();
  world.clock.advance(hours{2});
  world.policy.reports.front().schedule = *schedule::Cron::parse("15 * * * *");
  world.run_until("2025-06-02T05:00:00Z");
  EXPECT_EQ(scheduled(world), (std::vector<std::string>{"01:00", "02:00", "03:00", "04:15"}));
  EXPECT_EQ(world.outcomes(), std::vector<std::optional<Outcome>>(4, Outcome::finished));
}

TEST(PlannerReload, WhatFellDueBeforeAChangeOfTheWindowHasTheWindowThatItHadThen) {
  World world;
  world.report("hourly", "0 * * * *").missed = schedule::MissedPolicy::all;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T01:30:00Z");
  world.end();
  world.clock.advance(hours{1});
  world.policy.reports.front().window = {schedule::WindowRule::Kind::last, hours{1}};
  world.run_until("2025-06-02T03:30:00Z");
  const auto runs = world.runs();
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[1].window, (Window{*parse_utc("2025-06-01T00:00:00Z"), *parse_utc("2025-06-02T00:00:00Z")}));
  EXPECT_EQ(runs[2].window, (Window{*parse_utc("2025-06-02T02:00:00Z"), *parse_utc("2025-06-02T03:00:00Z")}));
}

TEST(PlannerReload, AChangedScheduleIsThePastOfTheNextProcess) {
  World world;
  world.report("hourly", "0 * * * *").missed = schedule::MissedPolicy::all;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T01:30:00Z");
  world.policy.reports.front().schedule = *schedule::Cron::parse("15 * * * *");
  world.reload();
  world.run_until("2025-06-02T02:30:00Z");
  world.end();
  world.clock.advance(hours{1});
  world.run_until("2025-06-02T04:30:00Z");
  EXPECT_EQ(scheduled(world), (std::vector<std::string>{"01:00", "02:15", "03:15", "04:15"}));
}

TEST(PlannerReload, AChangeDecidesAllThatFellDueBeforeHoweverMuch) {
  World world;
  world.report("minutely", "* * * * *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T00:01:30Z");
  world.end();
  world.clock.advance(hours{7 * 24});
  world.policy.reports.front().schedule = *schedule::Cron::parse("0 6 * * *");
  world.run();
  EXPECT_EQ(world.runs().size(), 7U * 24 * 60 + 1);
}

TEST(PlannerReload, AChangedScheduleCoversFromTheLastTimeOnRecord) {
  World world;
  world.report("hourly", "0 * * * *").window.kind = schedule::WindowRule::Kind::since_previous;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T01:30:00Z");
  world.policy.reports.front().schedule = *schedule::Cron::parse("15 * * * *");
  world.reload();
  world.run_until("2025-06-02T02:30:00Z");
  EXPECT_EQ(scheduled(world), (std::vector<std::string>{"01:00", "02:15"}));
  EXPECT_EQ(world.runs().back().window,
            (Window{*parse_utc("2025-06-02T01:00:00Z"), *parse_utc("2025-06-02T02:15:00Z")}));
  EXPECT_EQ(world.count(EventId::report_gap), 0U);
}

TEST(PlannerReload, WhatWasCoveredStaysSoUnderAWindowThatEndsEarlier) {
  World world;
  world.report("report", "0 * * * *").window.kind = schedule::WindowRule::Kind::since_previous;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T05:30:00Z");
  world.policy.reports.front().schedule = *schedule::Cron::parse("0 6 * * *");
  world.policy.reports.front().window.kind = schedule::WindowRule::Kind::previous_day;
  world.reload();
  world.run_until("2025-06-02T06:30:00Z");
  world.policy.reports.clear();
  world.reload();
  world.run();
  const auto said = world.said(EventId::report_gap);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().window,
            (Window{*parse_utc("2025-06-02T05:00:00Z"), *parse_utc("2025-06-02T06:30:00Z")}));
}

TEST(PlannerReload, ANewRuleBeginsAtTheReloadAndNothingBeforeIsMissed) {
  World world;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T03:30:00Z");
  world.report("hourly", "0 * * * *");
  world.reload();
  world.run_until("2025-06-02T04:30:00Z");
  EXPECT_EQ(scheduled(world), (std::vector<std::string>{"04:00"}));
}

TEST(PlannerReload, APendingRunOfARemovedRuleIsSkipped) {
  World world;
  world.report("daily", "0 6 * * *");
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.run_until("2025-06-02T06:30:00Z");
  world.policy.reports.clear();
  world.reload();
  world.run_for(minutes{1});
  EXPECT_EQ(world.outcomes(), (std::vector<std::optional<Outcome>>{Outcome::skipped}));
  const auto said = world.said(EventId::report_skipped);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().reason, "the policy no longer asks for it");
}

TEST(PlannerReload, APendingRunOfAnInstanceThatIsNoLongerSelectedIsSkipped) {
  World world;
  world.report("daily", "0 6 * * *");
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.run_until("2025-06-02T06:30:00Z");
  world.policy.reports.front().select.exclude.name = {"name-i-1"};
  world.reload();
  world.run_for(minutes{1});
  EXPECT_EQ(world.outcomes(), (std::vector<std::optional<Outcome>>{Outcome::skipped}));
}

TEST(PlannerReload, APlanAfterAReloadWakesForTheNextScheduledTime) {
  World world;
  world.report("hourly", "2 * * * *");  // between two lists
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T02:01:00Z");
  world.reload();
  world.run_until("2025-06-02T02:03:00Z");
  ASSERT_EQ(world.runs().size(), 3U);
  EXPECT_EQ(world.runs().back().opened_at, *parse_utc("2025-06-02T02:02:00Z"));
}

TEST(PlannerReload, AReportThatWasTakenIsFollowedThoughItsRuleIsRemoved) {
  World world;
  world.report("daily", "0 6 * * *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T06:00:10Z");
  world.policy.reports.clear();
  world.reload();
  world.run_for(minutes{10});
  EXPECT_EQ(world.outcomes(), (std::vector<std::optional<Outcome>>{Outcome::finished}));
}

TEST(PlannerReload, AnAnswerThatComesAfterTheReloadIsLearnedAllTheSame) {
  World world;
  world.report("gone", "0 5 1 1 *");
  world.report("daily", "0 6 * * *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.fate = [](const planner::Call&) { return fakes::Fate{.answer_after = Seconds{5}}; };
  world.run_until("2025-06-02T06:00:02Z");
  world.policy.reports.erase(world.policy.reports.begin());
  world.reload();
  world.run_for(minutes{10});
  EXPECT_EQ(world.outcomes(), (std::vector<std::optional<Outcome>>{Outcome::finished}));
  EXPECT_EQ(world.cloud.reports.size(), 1U);
}

TEST(PlannerReload, ARuleThatCameBackServesNothingTwiceAndItsGapIsNamed) {
  World world;
  world.report("hourly", "0 * * * *");
  world.policy.reports.front().window.kind = schedule::WindowRule::Kind::since_previous;
  const auto asked = world.policy.reports;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T02:30:00Z");
  world.policy.reports.clear();
  world.reload();
  world.run_until("2025-06-02T04:30:00Z");
  EXPECT_EQ(world.count(EventId::report_gap), 1U);
  world.policy.reports = asked;
  world.reload();
  world.run_until("2025-06-02T05:30:00Z");
  EXPECT_EQ(scheduled(world), (std::vector<std::string>{"01:00", "02:00", "05:00"}));
  EXPECT_EQ(world.count(EventId::report_missed), 0U);
  EXPECT_EQ(world.runs().back().window,
            (Window{*parse_utc("2025-06-02T04:00:00Z"), *parse_utc("2025-06-02T05:00:00Z")}));
}

TEST(PlannerReload, ARuleThatCameBackServesNothingTwiceThoughTheClockStepsBack) {
  for (const bool steps_before_the_end : {true, false}) {
    World world;
    world.report("hourly", "0 * * * *");
    const auto asked = world.policy.reports;
    world.cloud.add("i-1", InstanceStatus::active);
    world.run_until("2025-06-02T03:30:00Z");
    if (steps_before_the_end) world.clock.step(-hours{2});
    world.policy.reports.clear();
    world.reload();
    world.run_for(minutes{1});
    if (!steps_before_the_end) world.clock.step(-hours{2});
    world.policy.reports = asked;
    world.reload();
    world.run_for(hours{3});
    EXPECT_EQ(scheduled(world), (std::vector<std::string>{"01:00", "02:00", "03:00", "04:00"}));
    EXPECT_EQ(world.cloud.reports.size(), 4U);
  }
}

TEST(PlannerReload, AnInstanceThatIsNoLongerSelectedIsNotStarted) {
  World world;
  world.keep_running(1);
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.cloud.add("i-2", InstanceStatus::shutoff);
  world.run_for(minutes{1});
  world.policy.instances.start.front().select.exclude.name = {"name-i-2"};
  world.reload();
  world.run_for(hours{1});
  EXPECT_EQ(world.cloud.starts("i-1"), 1);
  EXPECT_EQ(world.cloud.starts("i-2"), 0);
}

TEST(PlannerReload, ARunKeepsWhatItsRuleSaidWhenItWasOpened) {
  World world;
  world.report("daily", "0 6 * * *").deadline = hours{1};
  world.cloud.add("i-1", InstanceStatus::shutoff);
  world.run_until("2025-06-02T06:30:00Z");
  world.policy.reports.front().deadline = hours{6};
  world.reload();
  world.run_until("2025-06-02T07:10:00Z");
  EXPECT_EQ(world.outcomes(), (std::vector<std::optional<Outcome>>{Outcome::expired}));
}

TEST(PlannerReload, ANewerZoneDatabaseDoesNotOpenARunTwice) {
  World world;
  world.report("hourly", "0 * * * *", "Europe/Berlin");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T02:30:00Z");
  world.lane->zones_changed();
  world.run_until("2025-06-02T03:30:00Z");
  EXPECT_EQ(scheduled(world), (std::vector<std::string>{"01:00", "02:00", "03:00"}));
  EXPECT_EQ(world.cloud.reports.size(), 3U);
}

}  // namespace
}  // namespace dbssd
