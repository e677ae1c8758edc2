// Our own reports in a list that says no more of them than is documented: PDF or ZIP for the template's type,
// any name, and times of no zone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "unit/planner/recognition.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::Fate;
using fakes::World;
using journal::Outcome;
using journal::RunRecord;
using journal::RunState;
using planner::CreateReport;
using planner::ListReports;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;
using test::lost_answer;
using test::Outcomes;
using test::PlannerRecognition;
using testing::HasSubstr;

TEST_F(PlannerRecognition, AReportOfWhichTheListSaysOnlyPdfIsFollowedToItsEnd) {
  daily("a");
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.outcomes(), (Outcomes{Outcome::finished}));
  EXPECT_EQ(run_of("a").report_id, world.cloud.reports.front().report.id);
}

TEST_F(PlannerRecognition, AReportWhoseAnswerWasLostIsNotMadeTwice) {
  daily("a");
  fates["a"] = lost_answer();
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.cloud.reports.size(), 1U);
  EXPECT_EQ(world.outcomes(), (Outcomes{Outcome::finished}));
}

TEST_F(PlannerRecognition, TwoTemplatesOverOneWindowHaveAReportEach) {
  daily("a");
  daily("b", "t-pci");
  fates["a"] = lost_answer();
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.cloud.reports.size(), 2U);
  EXPECT_EQ(world.outcomes(), (Outcomes{Outcome::finished, Outcome::finished}));
  EXPECT_NE(run_of("a").report_id, run_of("b").report_id);
}

TEST_F(PlannerRecognition, OfTwoTemplatesOverOneWindowTheOneThatWasNotMadeIsAskedForAgain) {
  daily("a");
  daily("b", "t-pci");
  fates["a"] = lost_answer(false);
  world.run_until("2025-06-02T06:30:00Z");
  expect_each_has_its_own(2);
}

TEST_F(PlannerRecognition, OfTwoLostCallsTheOneThatMadeItsReportHasIt) {
  daily("a");
  daily("b", "t-pci");
  fates["a"] = lost_answer(false);
  fates["b"] = lost_answer();
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.count(EventId::report_adopted), 1U);
  expect_each_has_its_own(2);
}

TEST_F(PlannerRecognition, OfSeveralLostCallsAsManyAreServedAsThereAreReports) {
  for (const char* name : {"a", "b", "c"}) {
    daily(name, *name == 'b' ? "t-pci" : "t-sox");
    fates[name] = lost_answer(*name == 'c');
  }
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.count(EventId::report_adopted), 1U);
  expect_each_has_its_own(3);
}

TEST_F(PlannerRecognition, AReportDoesNotMissItsDeadlineForAnotherThatIsInDoubt) {
  daily("a").databases = {"d-1"};
  daily("b", "t-pci").deadline = minutes{10};
  fates["a"] = lost_answer(false);
  make_report("rep-other").report.databases = {"orders"};  // by name it may be that of "a"
  world.run_until("2025-06-02T06:04:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 1U);
  world.run_until("2025-06-02T06:06:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 2U);
}

TEST_F(PlannerRecognition, WordsOfATemplateTellTwoReportsApart) {
  world.cloud.dialect.name = "";  // the template's
  daily("a", "t-pci");
  daily("b", "t-sox");
  world.run_until("2025-06-02T06:30:00Z");
  expect_each_has_its_own(2);
}

TEST_F(PlannerRecognition, DatabasesTellTwoReportsApart) {
  world.cloud.dialect.lists_databases = true;
  daily("a").databases = {"d-2", "d-1"};
  daily("b").databases = {"d-1"};
  daily("c");
  world.run_until("2025-06-02T06:30:00Z");
  for (const RunRecord& run : world.runs())
    EXPECT_EQ(world.cloud.find(run.report_id)->databases, run.databases) << run.key.report.str();
}

TEST_F(PlannerRecognition, AReportForFewerDatabasesIsNotAdopted) {
  daily("a").databases = {"d-1", "d-2"};
  fates["a"] = lost_answer(false);
  make_report("rep-other").report.databases = {"d-1"};
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 2U);
  EXPECT_NE(run_of("a").report_id, ReportId("rep-other"));
}

TEST_F(PlannerRecognition, ALostReportThatMayBeListedByTheNamesOfItsDatabasesIsLeftToThePolicy) {
  daily("a").databases = {"d-1"};
  fates["a"] = lost_answer(false);
  make_report("rep-other").report.databases = {"orders"};
  world.run_until("2025-06-02T06:09:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 1U);
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 2U);
  ASSERT_EQ(world.count(EventId::report_assumed), 1U);
  EXPECT_THAT(
      world.said(EventId::report_assumed).front().reason,
      HasSubstr("the listed report rep-other may be it: its databases are others, or are listed by name"));
}

TEST_F(PlannerRecognition, AReportThatWasTakenIsTheOneThatIsLeftOnceItWouldBeListed) {
  daily("a").databases = {"d-1"};
  world.cloud.hidden_for = hours{1000};
  make_report("rep-by-name").report.databases = {"orders"};
  world.run_until("2025-06-02T06:00:50Z");
  EXPECT_TRUE(run_of("a").report_id.empty());
  world.cloud.hidden_for = Millis{0};
  world.cloud.reports.pop_back();  // its own is listed by the name of its database alone
  world.run_until("2025-06-02T06:10:00Z");
  EXPECT_EQ(run_of("a").report_id, ReportId("rep-by-name"));
}

TEST_F(PlannerRecognition, AReportThatWasFinishedBeforeItsWindowHadEndedIsNotAdopted) {
  daily("a");
  fates["a"] = lost_answer(false);
  make_report("rep-half").report.finish = finish("2025-06-01T09:00:00Z");
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 2U);
  EXPECT_EQ(world.count(EventId::report_adopted), 0U);
  EXPECT_EQ(world.count(EventId::report_assumed), 0U);
  EXPECT_NE(run_of("a").report_id, ReportId("rep-half"));
}

TEST_F(PlannerRecognition, AReportThatMayHaveBeenFinishedBeforeItsWindowHadEndedIsLeftToThePolicy) {
  daily("a");
  fates["a"] = lost_answer(false);
  make_report("rep-half").report.finish = finish("2025-06-01T15:00:00Z");
  world.run_until("2025-06-02T06:09:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 1U);
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 2U);
  EXPECT_EQ(world.count(EventId::report_assumed), 1U);
  EXPECT_NE(run_of("a").report_id, ReportId("rep-half"));
}

TEST_F(PlannerRecognition, AFinishTimeInAnyZoneDoesNotKeepOursFromBeingRecognised) {
  for (const int offset : {-12, -3, 0, 8, 14}) {
    World other;
    other.cloud.dialect = {.names_template = false, .finish_offset = hours{offset}};
    other.cloud.add("i-1", InstanceStatus::active);
    other.report("a", "0 6 * * *");
    other.run_until("2025-06-02T06:30:00Z");
    EXPECT_EQ(other.outcomes(), (Outcomes{Outcome::finished})) << offset;
    EXPECT_EQ(other.cloud.reports.size(), 1U) << offset;
  }
}

TEST_F(PlannerRecognition, ALostReportIsAdoptedWhereverItsFinishTimeIs) {
  for (const int offset : {-5, 0, 8, 14}) {
    World other;
    other.cloud.dialect = {.names_template = false, .finish_offset = hours{offset}};
    other.cloud.add("i-1", InstanceStatus::active);
    other.report("a", "0 6 * * *");
    other.fate = [](const planner::Call& call) {
      return std::holds_alternative<CreateReport>(call) ? lost_answer() : Fate{};
    };
    other.run_until("2025-06-02T06:30:00Z");
    EXPECT_EQ(other.outcomes(), (Outcomes{Outcome::finished})) << offset;
    EXPECT_EQ(other.cloud.reports.size(), 1U) << offset;
  }
}

TEST_F(PlannerRecognition, AReportThatSomebodyMadeBeforeOursWasTakenIsNotOurs) {
  daily("a");
  make_report("rep-0").report.finish = finish("2025-06-02T01:00:00Z");  // before ours by its id, too
  world.cloud.hidden_for = Seconds{20};
  world.cloud.dialect.finish_offset = Seconds{0};
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 1U);
  EXPECT_EQ(run_of("a").report_id, world.cloud.reports.back().report.id);
}

TEST_F(PlannerRecognition, AReportThatSomebodyMadeOfTheWindowServesALostCall) {
  daily("a");
  fates["a"] = lost_answer(false);
  make_report("rep-other");
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 1U);
  EXPECT_EQ(adopted(), "report rep-other");
}

TEST_F(PlannerRecognition, WhatIsConcludedOfALostCallWaitsForTheOneThatWasTakenSince) {
  daily("a");
  daily("b");
  world.policy.reports.back().schedule = *schedule::Cron::parse("0 0 1 1 *");  // by hand alone
  fates["a"] = lost_answer();
  world.cloud.hidden_for = Seconds{59};
  world.run_until("2025-06-02T06:00:58Z");
  ask_by_hand("b", "2025-06-02T06:00:58Z");
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.cloud.reports.size(), 2U) << "the first to show is not the one that was taken";
  EXPECT_EQ(world.count<CreateReport>(), 2U);
}

TEST_F(PlannerRecognition, WhatWasNotSentForAWhileIsLookedForOnceMore) {
  daily("a");
  world.policy.instances.reconcile_interval = Seconds{10};
  fates["a"] = lost_answer(false);
  world.run_until("2025-06-02T06:00:30Z");
  world.cloud.machine("i-1").seen.status = InstanceStatus::shutoff;
  world.run_until("2025-06-02T06:30:00Z");
  ASSERT_EQ(run_of("a").state, RunState::due);
  make_report("rep-late");  // after the horizon
  world.cloud.machine("i-1").seen.status = InstanceStatus::active;
  world.run_until("2025-06-02T07:30:00Z");
  EXPECT_EQ(world.count<CreateReport>(), 1U);
  EXPECT_EQ(run_of("a").report_id, ReportId("rep-late"));
}

}  // namespace
}  // namespace dbssd
