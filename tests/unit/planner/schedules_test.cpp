// Which scheduled times become runs, over which windows, and what becomes of those that were missed.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::World;
using journal::Outcome;
using journal::RunRecord;
using schedule::MissedPolicy;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

using Outcomes = std::vector<std::optional<Outcome>>;

Instant utc(const std::string& text) { return std::chrono::floor<Seconds>(*parse_utc(text)); }

std::vector<std::string> scheduled(const World& world) {
  std::vector<std::string> times;
  for (const RunRecord& run : world.runs()) times.push_back(format_utc(run.key.scheduled));
  return times;
}

TEST(PlannerSchedules, ALifeBeginsAtFirstSightAndNothingBeforeIsMissed) {
  World world("2025-06-02T00:30:00Z");
  world.report("hourly", "0 * * * *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T02:30:00Z");
  EXPECT_EQ(scheduled(world), (std::vector<std::string>{"2025-06-02T01:00:00Z", "2025-06-02T02:00:00Z"}));
}

TEST(PlannerSchedules, AnInstanceThatComesLaterBeginsThen) {
  World world;
  world.report("hourly", "0 * * * *");
  world.run_until("2025-06-02T03:30:00Z");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T04:30:00Z");
  EXPECT_EQ(scheduled(world), (std::vector<std::string>{"2025-06-02T04:00:00Z"}));
  EXPECT_EQ(world.count(EventId::report_missed), 0U);
}

TEST(PlannerSchedules, EachScheduledTimeBecomesOneRunOnEachInstance) {
  World world;
  world.report("hourly", "0 * * * *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.cloud.add("i-2", InstanceStatus::active);
  world.run_until("2025-06-02T03:30:00Z");
  EXPECT_EQ(world.runs().size(), 6U);
  EXPECT_EQ(world.cloud.reports.size(), 6U);
  EXPECT_EQ(world.outcomes(), Outcomes(6, Outcome::finished));
}

TEST(PlannerSchedules, AStepOfTheClockBackwardsServesNothingTwice) {
  World world;
  world.report("hourly", "0 * * * *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T03:30:00Z");
  world.clock.step(-hours{2});
  world.run_for(hours{3});
  EXPECT_EQ(scheduled(world).back(), "2025-06-02T04:00:00Z");
  EXPECT_EQ(world.cloud.reports.size(), 4U);
}

struct AfterDowntime {
  const char* what;
  MissedPolicy missed;
  Seconds deadline;
  Outcomes outcomes;
  std::size_t reports;
};

class PlannerSchedulesMissed : public testing::TestWithParam<AfterDowntime> {};

TEST_P(PlannerSchedulesMissed, EndAsTheRuleSays) {
  World world;
  policy::ReportRule& rule = world.report("daily", "0 6 * * *");
  rule.missed = GetParam().missed;
  rule.deadline = GetParam().deadline;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T12:00:00Z");
  world.end();
  world.clock.advance(hours{72});
  world.run_for(hours{1});
  EXPECT_EQ(world.outcomes(), GetParam().outcomes);
  EXPECT_EQ(world.cloud.reports.size(), GetParam().reports);
  const auto are_any = [](Outcome outcome) {
    return std::ranges::find(GetParam().outcomes, std::optional(outcome)) != GetParam().outcomes.end();
  };
  EXPECT_EQ(world.count(EventId::report_missed), are_any(Outcome::missed) ? 1U : 0U);
  EXPECT_EQ(world.count(EventId::report_expired), are_any(Outcome::expired) ? 1U : 0U);
}

constexpr auto kDone = Outcome::finished;
constexpr auto kMissed = Outcome::missed;
constexpr auto kExpired = Outcome::expired;

INSTANTIATE_TEST_SUITE_P(
    All, PlannerSchedulesMissed,
    testing::Values(
        AfterDowntime{"Latest", MissedPolicy::latest, hours{72}, {kDone, kMissed, kMissed, kDone}, 2},
        AfterDowntime{
            "LatestTooLate", MissedPolicy::latest, hours{1}, {kDone, kMissed, kMissed, kExpired}, 1},
        AfterDowntime{"All", MissedPolicy::all, hours{72}, {kDone, kDone, kDone, kDone}, 4},
        AfterDowntime{
            "AllWithinTheDeadline", MissedPolicy::all, hours{36}, {kDone, kExpired, kDone, kDone}, 3},
        AfterDowntime{"Merge", MissedPolicy::merge, hours{72}, {kDone, kDone, kDone, kDone}, 2},
        AfterDowntime{"Skip", MissedPolicy::skip, hours{72}, {kDone, kMissed, kMissed, kMissed}, 1}),
    [](const auto& tested) { return std::string(tested.param.what); });

TEST(PlannerSchedules, MissedTimesAreSaidInOneLineOverTheirJoinedWindow) {
  World world;
  world.report("daily", "0 6 * * *").missed = MissedPolicy::skip;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T12:00:00Z");
  world.end();
  world.clock.advance(hours{72});
  world.run();
  const auto said = world.said(EventId::report_missed);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().msg, "3 scheduled reports were missed");
  EXPECT_EQ(said.front().window, (Window{utc("2025-06-02T00:00:00Z"), utc("2025-06-05T00:00:00Z")}));
}

TEST(PlannerSchedules, MergedRunsShareOneReportOverTheJoinedWindow) {
  World world;
  world.report("daily", "0 6 * * *").missed = MissedPolicy::merge;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T12:00:00Z");
  world.end();
  world.clock.advance(hours{72});
  world.run_for(hours{1});
  const auto runs = world.runs();
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs[1].served_by, runs[3].key.scheduled);
  EXPECT_EQ(runs[2].served_by, runs[3].key.scheduled);
  EXPECT_EQ(runs[3].window, (Window{utc("2025-06-02T00:00:00Z"), utc("2025-06-05T00:00:00Z")}));
}

TEST(PlannerSchedules, MoreThanFitIntoOneDecisionAreMergedIntoOneReportAllTheSame) {
  World world;
  policy::ReportRule& rule = world.report("minutely", "* * * * *");
  rule.missed = MissedPolicy::merge;
  rule.window.kind = schedule::WindowRule::Kind::since_previous;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T00:01:30Z");
  world.end();
  world.clock.advance(hours{7 * 24});
  world.run_for(Seconds{10});
  const auto runs = world.runs();
  ASSERT_EQ(runs.size(), 7U * 24 * 60 + 1);
  EXPECT_EQ(world.cloud.reports.size(), 2U);
  EXPECT_EQ(runs.back().window, (Window{utc("2025-06-02T00:01:00Z"), utc("2025-06-09T00:01:00Z")}));
  for (std::size_t i = 1; i + 1 < runs.size(); ++i) {
    ASSERT_EQ(runs[i].window, (Window{runs[i - 1].key.scheduled, runs[i].key.scheduled}));
    ASSERT_EQ(runs[i].served_by, runs.back().key.scheduled);
  }
}

TEST(PlannerSchedules, MergedRunsEndAsTheirCarrierDoes) {
  World world;
  policy::ReportRule& rule = world.report("daily", "0 6 * * *");
  rule.missed = MissedPolicy::merge;
  rule.finish_within = minutes{10};
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T12:00:00Z");
  world.end();
  world.clock.advance(hours{72});
  world.cloud.report_takes = hours{1000};
  world.run_for(minutes{5});
  EXPECT_EQ(world.outcomes(), (Outcomes{kDone, {}, {}, {}}));
  world.run_for(hours{1});
  EXPECT_EQ(world.outcomes(), (Outcomes{kDone, Outcome::failed, Outcome::failed, Outcome::failed}));
}

TEST(PlannerSchedules, AGapBetweenWindowsIsNamed) {
  World world;
  world.report("mondays", "0 6 * * 1");  // of the previous day alone
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-09T12:00:00Z");
  const auto said = world.said(EventId::report_gap);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().window, (Window{utc("2025-06-02T00:00:00Z"), utc("2025-06-08T00:00:00Z")}));
}

TEST(PlannerSchedules, WindowsThatTileLeaveNoGapAlsoOverAChangeOfSummerTime) {
  World world("2025-03-28T12:00:00Z");
  world.report("daily", "0 6 * * *", "Europe/Berlin");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-04-02T12:00:00Z");
  const auto runs = world.runs();
  ASSERT_EQ(runs.size(), 5U);
  for (std::size_t i = 1; i < runs.size(); ++i) EXPECT_EQ(runs[i].window.begin, runs[i - 1].window.end);
  EXPECT_EQ(runs[1].window.end - runs[1].window.begin, hours{24});
  EXPECT_EQ(runs[2].window.end - runs[2].window.begin, hours{23});
  EXPECT_EQ(world.count(EventId::report_gap), 0U);
}

TEST(PlannerSchedules, ADayThatDidNotExistIsSkippedWithAWord) {
  World world("2011-12-29T12:00:00Z");
  world.report("daily", "0 6 * * *", "Pacific/Apia");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2011-12-31T00:00:00Z");
  EXPECT_EQ(world.outcomes(), (Outcomes{kDone, kDone, Outcome::skipped}));
  EXPECT_EQ(world.cloud.reports.size(), 2U);
  EXPECT_EQ(world.count(EventId::report_skipped), 1U);
  EXPECT_EQ(world.count(EventId::report_gap), 0U);
}

TEST(PlannerSchedules, SpreadMovesTheCallAndNeverTheWindow) {
  World world;
  world.report("daily", "0 6 * * *").spread = hours{1};
  for (int i = 0; i < 20; ++i) world.cloud.add("i-" + std::to_string(i), InstanceStatus::active);
  world.run_until("2025-06-02T12:00:00Z");
  std::set<Instant> sent;
  for (const RunRecord& run : world.runs()) {
    EXPECT_EQ(run.window, (Window{utc("2025-06-01T00:00:00Z"), utc("2025-06-02T00:00:00Z")}));
    EXPECT_EQ(run.submitted_at, run.not_before);
    EXPECT_LT(run.not_before - run.key.scheduled, hours{1});
    sent.insert(run.not_before);
  }
  EXPECT_GT(sent.size(), 10U);
}

}  // namespace
}  // namespace dbssd
