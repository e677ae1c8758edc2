// A due report: what it waits for, how it is sent, and when it is done.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::World;
using journal::Outcome;
using journal::RunRecord;
using journal::RunState;
using planner::CreateReport;
using planner::DownloadReport;
using planner::ListTemplates;
using policy::TemplateRef;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

Instant utc(const std::string& text) { return std::chrono::floor<Seconds>(*parse_utc(text)); }

/// One daily report, due at 06:00 of the day that the world begins with.
struct Daily {
  explicit Daily(InstanceStatus status) : rule(world.report("daily", "0 6 * * *")) {
    world.cloud.add("i-1", status);
  }

  World world;
  policy::ReportRule& rule;

  [[nodiscard]] RunRecord run() const { return world.runs().front(); }
};

TEST(PlannerRuns, TheIntentIsDurableBeforeTheCallLeaves) {
  Daily daily(InstanceStatus::active);
  World& world = daily.world;
  std::vector<RunRecord> durable;
  world.fate = [&](const planner::Call& call) {
    if (std::holds_alternative<CreateReport>(call)) durable = world.runs();
    return fakes::Fate{};
  };
  world.run_until("2025-06-02T06:00:10Z");
  ASSERT_EQ(durable.size(), 1U);
  EXPECT_EQ(durable.front().state, RunState::submitting);
  EXPECT_EQ(durable.front().submitted_at, utc("2025-06-02T06:00:00Z"));
}

TEST(PlannerRuns, NothingLeavesWhileTheIntentCannotBeWritten) {
  Daily daily(InstanceStatus::active);
  World& world = daily.world;
  world.run_until("2025-06-02T05:59:00Z");
  world.memory_journal.fail_commits(600);
  world.run_until("2025-06-02T06:05:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 0U);
  world.memory_journal.fail_commits(0);
  world.run_until("2025-06-02T06:20:00Z");
  EXPECT_EQ(world.cloud.reports.size(), 1U);
  EXPECT_EQ(daily.run().outcome, Outcome::finished);
}

TEST(PlannerRuns, AnAcceptedReportIsDoneOnlyAtAHundredPercent) {
  Daily daily(InstanceStatus::active);
  World& world = daily.world;
  world.cloud.report_takes = minutes{20};
  world.run_until("2025-06-02T06:18:00Z");
  EXPECT_EQ(daily.run().state, RunState::accepted);
  EXPECT_EQ(daily.run().outcome, std::nullopt);
  EXPECT_EQ(world.count(EventId::report_progress), 3U) << "a line at each quarter, not at each poll";
  world.run_until("2025-06-02T06:22:00Z");
  EXPECT_EQ(daily.run().outcome, Outcome::finished);
  EXPECT_EQ(daily.run().percentum, 100);
  EXPECT_EQ(world.count(EventId::report_finished), 1U);
  EXPECT_EQ(world.count(EventId::report_adopted), 0U) << "its answer came";
}

TEST(PlannerRuns, AReportAtNinetyNinePercentIsNotDone) {
  Daily daily(InstanceStatus::active);
  daily.rule.finish_within = hours{24};
  daily.world.cloud.report_takes = hours{10};
  daily.world.run_until("2025-06-02T15:58:00Z");
  EXPECT_EQ(daily.run().outcome, std::nullopt);
}

TEST(PlannerRuns, AReportThatDoesNotFinishIsSaidToBeOverdueOnceAndFailedOnlyAfterMorePatience) {
  Daily daily(InstanceStatus::active);
  World& world = daily.world;
  daily.rule.finish_within = minutes{30};
  world.cloud.report_takes = hours{1000};
  world.run_until("2025-06-02T06:29:00Z");
  EXPECT_EQ(world.count(EventId::report_overdue), 0U);
  world.run_until("2025-06-02T07:25:00Z");
  EXPECT_EQ(world.count(EventId::report_overdue), 1U);
  EXPECT_EQ(daily.run().outcome, std::nullopt);
  world.run_until("2025-06-02T08:00:00Z");
  EXPECT_EQ(daily.run().outcome, Outcome::failed);
  EXPECT_EQ(world.count(EventId::report_overdue), 1U);
  EXPECT_EQ(world.count(EventId::report_failed), 1U);
}

TEST(PlannerRuns, AReportThatCannotBeListedIsGivenUpOnlyAfterTwoWeeks) {
  Daily daily(InstanceStatus::active);
  daily.rule.finish_within = minutes{30};
  daily.world.fate = [](const planner::Call& call) {
    return std::holds_alternative<planner::ListReports>(call) ? fakes::failing(ErrorKind::malformed)
                                                              : fakes::Fate{};
  };
  daily.world.run_until("2025-06-02T09:00:00Z");
  EXPECT_EQ(daily.run().outcome, std::nullopt);
  daily.world.clock.suspend(hours{13 * 24 + 20});
  daily.world.run_until("2025-06-16T05:59:00Z");
  EXPECT_EQ(daily.run().outcome, std::nullopt);
  daily.world.run_until("2025-06-16T06:01:00Z");
  EXPECT_EQ(daily.run().outcome, Outcome::failed);
}

TEST(PlannerRuns, ASuspendIsNoEvidenceAgainstAReport) {
  Daily daily(InstanceStatus::active);
  World& world = daily.world;
  daily.rule.finish_within = minutes{30};
  world.run_until("2025-06-02T06:00:10Z");
  world.clock.suspend(hours{12});
  world.run_for(minutes{5});
  EXPECT_EQ(daily.run().outcome, Outcome::finished);
  EXPECT_EQ(world.count(EventId::report_overdue), 0U);
}

TEST(PlannerRuns, WhatIsNotSentBeforeItsDeadlineExpires) {
  Daily daily(InstanceStatus::shutoff);
  daily.rule.deadline = hours{1};
  daily.world.run_until("2025-06-02T07:00:00Z");
  EXPECT_EQ(daily.run().outcome, std::nullopt);
  daily.world.run_until("2025-06-02T07:00:02Z");
  EXPECT_EQ(daily.run().outcome, Outcome::expired);
  EXPECT_EQ(daily.run().reason,
            "its deadline passed while it waited: the instance is not ACTIVE: status SHUTOFF");
  EXPECT_EQ(daily.world.count(EventId::report_expired), 1U);
}

TEST(PlannerRuns, AReportOfAnInactiveInstanceWaitsForIt) {
  Daily daily(InstanceStatus::shutoff);
  daily.world.run_until("2025-06-02T06:30:00Z");
  const auto said = daily.world.said(EventId::report_waiting);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().reason, "the instance is not ACTIVE: status SHUTOFF");
  daily.world.cloud.machine("i-1").seen.status = InstanceStatus::active;
  daily.world.run_for(minutes{10});
  EXPECT_EQ(daily.run().outcome, Outcome::finished);
}

TEST(PlannerRuns, AReportOfAnInactiveInstanceIsSkippedWhereTheRuleSaysSo) {
  Daily daily(InstanceStatus::shutoff);
  daily.rule.when_inactive = policy::WhenInactive::skip;
  daily.world.run_until("2025-06-02T06:00:00Z");
  EXPECT_EQ(daily.run().outcome, Outcome::skipped);
  EXPECT_EQ(daily.world.count(EventId::report_skipped), 1U);
}

TEST(PlannerRuns, AReportOfAnInstanceThatIsNotInTheListWaitsAndIsNotSkipped) {
  Daily daily(InstanceStatus::shutoff);
  daily.rule.when_inactive = policy::WhenInactive::skip;
  daily.world.run_until("2025-06-02T05:54:00Z");
  daily.world.cloud.machine("i-1").listed = false;
  daily.world.run_until("2025-06-02T06:02:00Z");
  EXPECT_EQ(daily.run().outcome, std::nullopt);
  EXPECT_EQ(daily.run().reason, "what the instance is now is not known: the newest list does not have it");
  daily.world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(daily.run().outcome, std::nullopt);
  EXPECT_EQ(daily.run().reason, "the instance is no longer listed");
}

TEST(PlannerRuns, AfterSummaryWaitsUntilItSucceededForTheWindow) {
  Daily daily(InstanceStatus::active);
  World& world = daily.world;
  daily.rule.after_summary = cloud::BusiType::audit;
  world.policy.summary.busi_types = {cloud::BusiType::audit};
  cloud::SummaryTask& task = world.cloud.summaries[cloud::BusiType::audit];
  task.id = "task-1";
  task.status = cloud::TaskStatus::success;
  task.query_begin = *parse_utc("2025-05-31T00:00:00Z");
  task.query_end = *parse_utc("2025-06-01T23:59:59Z");
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 0U);
  task.query_end = *parse_utc("2025-06-02T00:00:00Z");
  task.status = cloud::TaskStatus::running;
  world.run_for(minutes{20});
  EXPECT_EQ(world.count<CreateReport>(), 0U) << "the task has not yet succeeded";
  task.status = cloud::TaskStatus::success;
  world.run_for(minutes{20});
  EXPECT_EQ(daily.run().outcome, Outcome::finished);
}

TEST(PlannerRuns, ATemplateOfATypeIsLookedUpOnTheInstanceFirst) {
  Daily daily(InstanceStatus::active);
  daily.rule.report_template = {TemplateRef::By::type, "PCI"};
  daily.world.run_until("2025-06-02T06:10:00Z");
  EXPECT_EQ(daily.world.count<ListTemplates>(), 1U);
  ASSERT_EQ(daily.world.cloud.reports.size(), 1U);
  EXPECT_EQ(daily.world.cloud.reports.front().template_id, TemplateId("t-pci"));
}

TEST(PlannerRuns, ATemplateThatIsNotThereIsWaitedForWithAReason) {
  Daily daily(InstanceStatus::active);
  World& world = daily.world;
  daily.rule.report_template = {TemplateRef::By::name, "Quarterly"};
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 0U);
  const auto said = world.said(EventId::report_waiting);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().reason, "the instance has no template of name Quarterly");
  world.cloud.machine("i-1").templates.push_back({TemplateId("t-new"), "Quarterly", "Q"});
  world.run_for(minutes{15});
  EXPECT_EQ(daily.run().outcome, Outcome::finished);
  EXPECT_EQ(daily.run().template_id, TemplateId("t-new"));
}

TEST(PlannerRuns, TwoRulesWithOneWindowNeverClaimOneReport) {
  World world;
  world.report("a", "0 6 * * *");
  world.report("b", "0 6 * * *");
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T06:30:00Z");
  const auto runs = world.runs();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(world.cloud.reports.size(), 2U);
  EXPECT_EQ(world.outcomes(), (std::vector<std::optional<Outcome>>{Outcome::finished, Outcome::finished}));
  EXPECT_NE(runs[0].report_id, runs[1].report_id);
}

TEST(PlannerRuns, RunsWithDifferentWindowsAreFollowedTogether) {
  World world;
  const schedule::WindowRule last_hour{schedule::WindowRule::Kind::last, hours{1}};
  world.report("a", "0 6 * * *").window = last_hour;
  world.report("b", "0 6 * * *");
  world.report("c", "0 6 * * *").window = last_hour;
  world.cloud.add("i-1", InstanceStatus::active);
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.outcomes(), std::vector<std::optional<Outcome>>(3, Outcome::finished));
  for (const RunRecord& run : world.runs()) EXPECT_EQ(run.settled_at, world.runs().front().settled_at);
}

TEST(PlannerRuns, APoisonedInstanceDoesNotDelayTheOthers) {
  Daily daily(InstanceStatus::active);
  World& world = daily.world;
  for (const char* id : {"i-2", "i-3"}) world.cloud.add(id, InstanceStatus::active);
  world.fate = [](const planner::Call& call) {
    const auto* create = std::get_if<CreateReport>(&call);
    return create != nullptr && create->intent.key.instance.str() == "i-1"
               ? fakes::failing(ErrorKind::rejected)
               : fakes::Fate{};
  };
  world.run_until("2025-06-02T06:05:00Z");
  EXPECT_EQ(world.count(EventId::report_finished), 2U);
}

TEST(PlannerRuns, AFinishedReportIsArchivedWhereTheRuleAsksForIt) {
  Daily daily(InstanceStatus::active);
  daily.rule.archive = policy::Archive{"/archive", "en-us", {}};
  daily.world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(daily.world.cloud.downloads, 1);
  const std::string path = "/archive/" + daily.run().report_id.str() + ".pdf";
  EXPECT_EQ(daily.run().archived, path);
  EXPECT_EQ(daily.run().archived_bytes, 7);
  EXPECT_EQ(daily.run().archived_sha256, "sha256-of-it");
  const auto said = daily.world.said(EventId::report_archived);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].reason, path + " (7 bytes, SHA-256 sha256-of-it)");
}

TEST(PlannerRuns, ADownloadUnderWayIsNotAskedForAgain) {
  Daily daily(InstanceStatus::active);
  daily.rule.archive = policy::Archive{"/archive", "en-us", {}};
  daily.world.fate = [](const planner::Call& call) {
    return std::holds_alternative<DownloadReport>(call) ? fakes::Fate{.answer_after = minutes{10}}
                                                        : fakes::Fate{};
  };
  daily.world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(daily.world.count<DownloadReport>(), 1U);
  EXPECT_FALSE(daily.run().archived.empty());
}

TEST(PlannerRuns, ADownloadThatFailsIsTriedAgainLaterAndSaidOnce) {
  Daily daily(InstanceStatus::active);
  daily.rule.archive = policy::Archive{"/archive", "en-us", {}};
  int failures = 3;
  daily.world.fate = [&](const planner::Call& call) {
    const bool fails = std::holds_alternative<DownloadReport>(call) && failures-- > 0;
    return fails ? fakes::failing(ErrorKind::not_sent) : fakes::Fate{};
  };
  daily.world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(daily.world.count<DownloadReport>(), 4U);
  EXPECT_EQ(daily.world.count(EventId::report_archive_failed), 1U);
  EXPECT_FALSE(daily.run().archived.empty());
}

TEST(PlannerRuns, AReportThatSeemsToBeGoneForAMomentIsArchivedAllTheSame) {
  Daily daily(InstanceStatus::active);
  daily.rule.archive = policy::Archive{"/archive", "en-us", {}};
  int failures = 10;
  daily.world.fate = [&](const planner::Call& call) {
    const bool fails = std::holds_alternative<DownloadReport>(call) && failures-- > 0;
    return fails ? fakes::failing(ErrorKind::not_found) : fakes::Fate{};
  };
  daily.world.run_until("2025-06-02T14:00:00Z");
  EXPECT_FALSE(daily.run().archived.empty());
  EXPECT_EQ(daily.world.count(EventId::report_archive_failed), 1U);
}

TEST(PlannerRuns, AReportIsNotArchivedOnceNobodyAsksForIt) {
  Daily daily(InstanceStatus::active);
  daily.rule.archive = policy::Archive{"/archive", "en-us", {}};
  daily.world.fate = [](const planner::Call& call) {
    return std::holds_alternative<DownloadReport>(call) ? fakes::failing(ErrorKind::not_sent) : fakes::Fate{};
  };
  daily.world.run_until("2025-06-02T06:30:00Z");
  EXPECT_TRUE(daily.run().archive_pending);
  const std::size_t asked = daily.world.count<DownloadReport>();
  daily.world.policy.reports.front().archive.reset();
  daily.world.reload();
  daily.world.run_for(hours{1});
  EXPECT_FALSE(daily.run().archive_pending);
  EXPECT_EQ(daily.world.count<DownloadReport>(), asked);
}

}  // namespace
}  // namespace dbssd
