// What came due in weeks is decided a part at a time, whatever the rule makes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "fakes/journal_samples.h"
#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::World;
using journal::Outcome;
using journal::RunRecord;
using journal::RunState;
using schedule::MissedPolicy;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

constexpr std::size_t kMostRunsOfATurn = 20'000;

Instant utc(const std::string& text) { return std::chrono::floor<Seconds>(*parse_utc(text)); }

std::size_t most_runs_of_a_batch(const World& world) {
  std::size_t most = 0;
  for (const auto& [project, batch] : world.memory_journal.batches())
    most = std::max(most, batch.runs.size());
  return most;
}

class LongOutage : public testing::TestWithParam<MissedPolicy> {};

TEST_P(LongOutage, IsDecidedInTurnsOfABoundedNumberOfRuns) {
  World world;
  policy::ReportRule& rule = world.report("hourly", "0 * * * *");
  rule.missed = GetParam();
  rule.deadline = days{30};
  for (int i = 0; i < 62; ++i) world.cloud.add("i-" + std::to_string(i), InstanceStatus::active);
  world.run_until("2025-06-02T00:30:00Z");
  world.end();
  world.clock.advance(days{14});
  world.run();
  EXPECT_EQ(world.runs().size(), 62U * 14 * 24);
  EXPECT_GT(most_runs_of_a_batch(world), 1000U);
  EXPECT_LE(most_runs_of_a_batch(world), kMostRunsOfATurn);
}

std::string name_of(const testing::TestParamInfo<MissedPolicy>& tested) {
  constexpr std::array kNames{"Latest", "All", "Merge", "Skip"};
  return kNames.at(static_cast<std::size_t>(tested.param));
}
INSTANTIATE_TEST_SUITE_P(All, LongOutage,
                         testing::Values(MissedPolicy::latest, MissedPolicy::all, MissedPolicy::merge,
                                         MissedPolicy::skip),
                         name_of);

TEST(LongOutages, ManyRunsThatExpireTogetherEndInTurnsToo) {
  World world;
  world.report("yearly", "0 0 1 1 *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run();
  for (int i = 0; i < 25'000; ++i) {
    RunRecord run = fakes::due_run("yearly", "i-1", utc("2025-06-01T00:00:00Z") + Seconds{i});
    run.expires_at = utc("2025-06-01T23:59:00Z");
    world.lane->memory.runs[run.key].record = run;
  }
  planner::Plan plan = world.lane->plan();
  EXPECT_TRUE(plan.is_cut);
  EXPECT_GT(plan.records.runs.size(), 15'000U);
  EXPECT_LE(plan.records.runs.size() + plan.actions.size(), kMostRunsOfATurn);
  planner::apply(plan, world.lane->memory);
  plan = world.lane->plan();
  EXPECT_FALSE(plan.is_cut);
  planner::apply(plan, world.lane->memory);
  EXPECT_TRUE(world.lane->memory.runs.empty());
}

TEST(LongOutages, LooksAreNotPutOffWhileTheyAreDecided) {
  World world;
  world.report("minutely", "* * * * *").missed = MissedPolicy::skip;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T00:00:30Z");
  world.end();
  world.clock.advance(days{14});
  world.begin_with_a_sure_clock();
  const planner::Plan first = world.lane->plan();
  EXPECT_TRUE(first.is_cut);
  EXPECT_EQ(first.records.runs.size(), 10'000U);
  ASSERT_EQ(first.actions.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<planner::ListInstances>(first.actions.front().call));
}

/// Of minutes, which need more than one turn for a week.
class LongMerge : public testing::Test {
 protected:
  LongMerge() {
    policy::ReportRule& rule = world.report("minutely", "* * * * *");
    rule.missed = MissedPolicy::merge;
    rule.deadline = days{30};
    rule.window.kind = schedule::WindowRule::Kind::since_previous;
    world.cloud.add("i-1", InstanceStatus::active);
    world.run_until("2025-06-02T00:01:30Z");
    world.end();
    world.clock.advance(days{10});
  }
  /// The process is killed when the first part is on record.
  void decide_the_first_part() {
    world.begin_with_a_sure_clock();
    const planner::Plan plan = world.lane->plan();
    ASSERT_TRUE(plan.is_cut);
    ASSERT_TRUE(world.memory_journal.commit(ProjectName("prod"), plan.records));
    ASSERT_EQ(world.runs().size(), 10'001U);
    ASSERT_EQ(world.runs().back().state, RunState::merged);
    world.end();
  }
  World world;
};

TEST_F(LongMerge, ThatACrashHasCutGoesOnUnderTheCarrierThatItHad) {
  decide_the_first_part();
  world.clock.advance(minutes{3});
  world.run_for(Seconds{20});
  const std::vector<RunRecord> runs = world.runs();
  ASSERT_EQ(runs.size(), 10U * 24 * 60 + 4);
  const Instant first_carrier = utc("2025-06-12T00:01:00Z");
  const Instant second_carrier = utc("2025-06-12T00:04:00Z");
  for (std::size_t i = 1; i < runs.size(); ++i) {
    const Instant at = runs[i].key.scheduled;
    const bool carries = at == first_carrier || at == second_carrier;
    ASSERT_EQ(runs[i].served_by, carries              ? std::nullopt
                                 : at < first_carrier ? std::optional(first_carrier)
                                                      : std::optional(second_carrier))
        << format_utc(at);
  }
  EXPECT_EQ(runs[runs.size() - 4].window, (Window{utc("2025-06-02T00:01:00Z"), first_carrier}));
  EXPECT_EQ(runs.back().window, (Window{first_carrier, second_carrier}));
  world.run_for(minutes{10});
  EXPECT_EQ(world.runs().front().outcome, Outcome::finished);
  for (const RunRecord& run : runs) ASSERT_EQ(run.state == RunState::merged, run.served_by.has_value());
  EXPECT_EQ(world.runs()[5000].outcome, Outcome::finished);
  EXPECT_EQ(world.runs()[5000].reason, "served by the report of 2025-06-12T00:01:00Z");
}

TEST_F(LongMerge, ThatACrashHasCutIsMergedOnWhereTheRuleMergesNoMore) {
  decide_the_first_part();
  world.policy.reports.front().missed = MissedPolicy::skip;
  world.run_for(minutes{10});
  const std::vector<RunRecord> runs = world.runs();
  for (std::size_t i = 1; i < 10U * 24 * 60; ++i) {
    ASSERT_EQ(runs[i].served_by, utc("2025-06-12T00:01:00Z"));
    ASSERT_EQ(runs[i].outcome, Outcome::finished);
  }
}

TEST_F(LongMerge, ThatIsTooLateWhenItsCarrierIsOpenedExpiresWhole) {
  world.policy.reports.front().deadline = hours{1};
  decide_the_first_part();
  world.clock.advance(hours{3});
  world.run_for(minutes{1});
  const std::vector<RunRecord> runs = world.runs();
  for (std::size_t i = 1; i <= 10U * 24 * 60; ++i) ASSERT_EQ(runs[i].outcome, Outcome::expired) << i;
}

TEST_F(LongMerge, ThatIsCutWhenItsRuleLeavesThePolicyIsSkipped) {
  decide_the_first_part();
  world.policy.reports.clear();
  world.run_for(minutes{10});
  for (const RunRecord& run : world.runs()) ASSERT_TRUE(run.outcome);
  EXPECT_EQ(world.runs()[5000].outcome, Outcome::skipped);
  EXPECT_EQ(world.count(EventId::report_skipped), 1U);
}

TEST_F(LongMerge, OfAFormerScheduleIsFinishedBeforeTheNewOneBegins) {
  world.policy.reports.front().schedule = schedule::Cron::parse("0 0 1 1 *").value();
  world.run_for(minutes{10});
  const std::vector<RunRecord> runs = world.runs();
  ASSERT_EQ(runs.size(), 10U * 24 * 60 + 1);
  EXPECT_EQ(runs.back().window, (Window{utc("2025-06-02T00:01:00Z"), utc("2025-06-12T00:01:00Z")}));
  for (const RunRecord& run : runs) ASSERT_EQ(run.outcome, Outcome::finished);
}

TEST(MergedRuns, WhoseCarrierIsLostEndAsFailed) {
  World world;
  world.report("daily", "0 6 * * *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run();
  world.end();
  RunRecord merged = fakes::due_run("daily", "i-1", utc("2025-06-01T06:00:00Z"));
  merged.state = RunState::merged;
  merged.served_by = utc("2025-06-01T18:00:00Z");
  journal::Batch batch;
  batch.runs.push_back(merged);
  ASSERT_TRUE(world.memory_journal.commit(ProjectName("prod"), batch));
  world.run();
  EXPECT_EQ(world.runs().front().outcome, Outcome::failed);
  EXPECT_EQ(world.count(EventId::report_failed), 1U);
}

}  // namespace
}  // namespace dbssd
