// What is written into a Journal, and what it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "contract/journal_contract.h"

namespace dbssd::journal {
namespace {

using fakes::at;
using fakes::due_run;
using fakes::full_run;
using fakes::settled;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

INSTANTIATE_TEST_SUITE_P(Each, JournalContract, every_journal(), name_of);

TEST_P(JournalContract, AnUnknownProjectHasNothing) {
  const Remembered memory = loaded();
  EXPECT_THAT(memory.instances, IsEmpty());
  EXPECT_THAT(memory.open_runs, IsEmpty());
  EXPECT_THAT(history(), IsEmpty());
}

TEST_P(JournalContract, EveryFieldOfEveryRecordComesBack) {
  Batch batch;
  batch.project = fakes::project();
  batch.instances = {fakes::instance("i-1")};
  batch.starts = {fakes::start("i-1", at(3))};
  batch.schedules = {fakes::schedule("daily", "i-1")};
  batch.runs = {full_run("daily", "i-1", at(5))};
  batch.jobs = {fakes::job("res-1", "job-1")};
  batch.summaries = {fakes::summary(cloud::BusiType::risk)};
  commit(batch);
  const Remembered memory = loaded();
  EXPECT_EQ(memory.project, batch.project);
  EXPECT_EQ(memory.instances, batch.instances);
  EXPECT_EQ(memory.starts, batch.starts);
  EXPECT_EQ(memory.schedules, batch.schedules);
  EXPECT_EQ(memory.open_runs, batch.runs);
  EXPECT_EQ(memory.jobs, batch.jobs);
  EXPECT_EQ(memory.summaries, batch.summaries);
}

TEST_P(JournalContract, EmptyFieldsComeBackEmpty) {
  Batch batch;
  batch.project.emplace();
  batch.instances.emplace_back();
  batch.starts.emplace_back();
  batch.schedules.emplace_back();
  batch.runs.emplace_back();
  batch.jobs.emplace_back();
  batch.summaries.emplace_back();
  commit(batch);
  const Remembered memory = loaded();
  EXPECT_EQ(memory.project, batch.project);
  EXPECT_EQ(memory.instances, batch.instances);
  EXPECT_EQ(memory.starts, batch.starts);
  EXPECT_EQ(memory.schedules, batch.schedules);
  EXPECT_EQ(memory.open_runs, batch.runs);
  EXPECT_EQ(memory.jobs, batch.jobs);
  EXPECT_EQ(memory.summaries, batch.summaries);
}

TEST_P(JournalContract, OneProjectsStateIsNotAnothers) {
  Batch batch;
  batch.project = fakes::project();
  commit(batch, ProjectName("prod"));
  batch.project->failure.clear();
  batch.project->failing_since.reset();
  commit(batch, ProjectName("lab"));
  EXPECT_EQ(loaded(ProjectName("prod")).project, fakes::project());
  EXPECT_EQ(loaded(ProjectName("lab")).project, batch.project);
  EXPECT_FALSE(loaded(ProjectName("other")).project);
}

TEST_P(JournalContract, TextComesBackByteForByte) {
  Batch batch;
  batch.instances = {fakes::instance(fakes::weird_text())};
  batch.instances[0].name = fakes::weird_text();
  batch.runs = {due_run(fakes::weird_text(), fakes::weird_text(), at(5))};
  batch.runs[0].reason = std::string(3, '\0');
  const ProjectName project(fakes::weird_text());
  commit(batch, project);
  EXPECT_EQ(loaded(project).instances, batch.instances);
  EXPECT_EQ(loaded(project).open_runs, batch.runs);
}

TEST_P(JournalContract, EverySpellingComesBack) {
  Batch batch;
  for (int i = 0; i <= static_cast<int>(cloud::InstanceStatus::unknown); ++i) {
    batch.instances.push_back(fakes::instance("i-" + std::to_string(10 + i)));
    batch.instances.back().status = static_cast<cloud::InstanceStatus>(i);
    batch.instances.back().task = static_cast<cloud::InstanceTask>(i % 6);
  }
  for (int i = 0; i <= static_cast<int>(StartState::overdue); ++i) {
    batch.starts.push_back(fakes::start("i", at(i)));
    batch.starts.back().state = static_cast<StartState>(i);
  }
  for (int i = 0; i < static_cast<int>(RunState::settled); ++i) {
    if (static_cast<RunState>(i) == RunState::merged) continue;  // none is read one by one
    batch.runs.push_back(due_run("open", "i", at(i)));
    batch.runs.back().state = static_cast<RunState>(i);
  }
  for (int i = 0; i <= static_cast<int>(Outcome::skipped); ++i) {
    batch.runs.push_back(full_run("settled", "i", at(100 + i)));
    batch.runs.back().outcome = static_cast<Outcome>(i);
  }
  for (int i = 0; i <= static_cast<int>(cloud::JobStatus::unknown); ++i) {
    batch.jobs.push_back(fakes::job("r", "job-" + std::to_string(i)));
    batch.jobs.back().status = static_cast<cloud::JobStatus>(i);
  }
  for (const auto type : {cloud::BusiType::audit, cloud::BusiType::risk}) {
    batch.summaries.push_back(fakes::summary(type));
    batch.summaries.back().status =
        type == cloud::BusiType::audit ? cloud::TaskStatus::ready : cloud::TaskStatus::failed;
  }
  commit(batch);
  const Remembered memory = loaded();
  EXPECT_EQ(memory.instances, batch.instances);
  EXPECT_EQ(memory.starts, batch.starts);
  EXPECT_EQ(memory.open_runs, batch.runs);
  EXPECT_EQ(memory.jobs, batch.jobs);
  EXPECT_EQ(memory.summaries, batch.summaries);
}

TEST_P(JournalContract, ARecordReplacesTheOneOfItsKey) {
  Batch batch;
  batch.instances = {fakes::instance("i-1"), fakes::instance("i-2")};
  commit(batch);
  batch.instances = {fakes::instance("i-2")};
  batch.instances[0].name = "renamed";
  batch.instances[0].held_until.reset();
  commit(batch);
  EXPECT_THAT(loaded().instances, ElementsAre(fakes::instance("i-1"), batch.instances[0]));
}

TEST_P(JournalContract, ALaterRecordOfABatchWins) {
  RunRecord first = due_run("daily", "i-1", at(0));
  RunRecord second = first;
  second.reason = "waits for the instance";
  commit(batch_of({first, second}));
  EXPECT_THAT(loaded().open_runs, ElementsAre(second));
}

TEST_P(JournalContract, AProjectDoesNotSeeAnother) {
  commit(batch_of({full_run("daily", "i-1", at(0))}), kLab);
  EXPECT_THAT(loaded(kProd).open_runs, IsEmpty());
  EXPECT_THAT(history(kProd), IsEmpty());
  EXPECT_THAT(journal_->claimed_reports(kProd, InstanceId("i-1"), {full_run("daily", "i-1", at(0)).report_id})
                  .value(),
              IsEmpty());
}

TEST_P(JournalContract, StartsComeBackSinceTheInstantAskedForAndWhileTheyAreNotSettled) {
  Batch batch;
  batch.starts = {fakes::start("i-1", at(0)), fakes::start("i-1", at(10)), fakes::start("i-1", at(11))};
  batch.starts.push_back(fakes::start("i-2", at(1)));
  batch.starts.back().settled_at.reset();
  commit(batch);
  EXPECT_THAT(loaded(kProd, at(10)).starts, ElementsAre(batch.starts[3], batch.starts[1], batch.starts[2]));
}

TEST_P(JournalContract, OpenRunsAreThoseWithoutAnOutcomeOrStillToBeDownloaded) {
  RunRecord done = settled(due_run("daily", "i-1", at(0)), Outcome::finished, at(50));
  RunRecord to_download = settled(due_run("daily", "i-1", at(1)), Outcome::finished, at(50));
  to_download.archive_pending = true;
  const RunRecord due = due_run("daily", "i-1", at(3));
  commit(batch_of({done, to_download, due, merged("daily", "i-1", 2, 3)}));
  EXPECT_THAT(loaded().open_runs, ElementsAre(to_download, due));
}

TEST_P(JournalContract, MergedRunsAreReadAsOneForEachCarrier) {
  RunRecord ended = settled(merged("daily", "i-1", 1, 9), Outcome::finished, at(50));
  commit(
      batch_of({ended, merged("daily", "i-1", 2, 9), merged("daily", "i-1", 3, 9),
                merged("daily", "i-1", 4, 10), merged("weekly", "i-1", 5, 9), merged("daily", "i-2", 6, 9)}));
  const auto joined = [](const char* report, const char* id, long carrier, long first, std::int64_t runs) {
    return Joined{{ReportName(report), InstanceId(id), at(carrier)},
                  merged(report, id, first, carrier).window.begin,
                  runs};
  };
  EXPECT_THAT(loaded().joined,
              ElementsAre(joined("daily", "i-1", 9, 2, 2), joined("daily", "i-1", 10, 4, 1),
                          joined("daily", "i-2", 9, 6, 1), joined("weekly", "i-1", 9, 5, 1)));
}

TEST_P(JournalContract, MergedRunsEndAsTheirCarrierInOneStep) {
  const RunRecord carrier = due_run("daily", "i-1", at(9));
  const RunRecord of_another = merged("daily", "i-1", 4, 10), elsewhere = merged("daily", "i-2", 5, 9);
  commit(
      batch_of({merged("daily", "i-1", 2, 9), merged("daily", "i-1", 3, 9), of_another, elsewhere, carrier}));
  Batch end;
  end.runs = {settled(carrier, Outcome::finished, at(60)), merged("daily", "i-1", 6, 9)};
  end.served = {{carrier.key, Outcome::finished, "served by the report of nine", at(60)}};
  commit(end);
  const auto served = [](long scheduled) {
    RunRecord run = settled(merged("daily", "i-1", scheduled, 9), Outcome::finished, at(60));
    run.reason = "served by the report of nine";
    return run;
  };
  EXPECT_THAT(history(), ElementsAre(served(2), served(3), of_another, elsewhere, served(6), end.runs[0]));
}

TEST_P(JournalContract, InstancesGoBeforeThoseOfTheSameBatchCome) {
  Batch batch;
  batch.instances = {fakes::instance("i-1"), fakes::instance("i-2"), fakes::instance("i-3")};
  commit(batch);
  Batch change;
  change.gone_instances = {InstanceId("i-1"), InstanceId("i-2"), InstanceId("never-there")};
  change.instances = {fakes::instance("i-2")};
  change.instances[0].name = "came back";
  commit(change);
  EXPECT_THAT(loaded().instances, ElementsAre(change.instances[0], batch.instances[2]));
}

TEST_P(JournalContract, ARefusalNamesWhatIsRefused) {
  commit(batch_of({claiming("i-1", 0, "rep-1")}));
  const auto refused = journal_->commit(kProd, batch_of({claiming("i-1", 60, "rep-1")}));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              testing::HasSubstr("run 2025-03-09T07:01:00Z daily i-1 of project prod"));
}

TEST_P(JournalContract, ScheduleEndsBeforeThoseOfTheSameBatchBegin) {
  Batch batch;
  batch.schedules = {fakes::schedule("daily", "i-1"), fakes::schedule("weekly", "i-1"),
                     fakes::schedule("daily", "i-2")};
  commit(batch);
  Batch change;
  change.ended_schedules = {{ReportName("daily"), InstanceId("i-1")},
                            {ReportName("daily"), InstanceId("i-2")}};
  change.schedules = {fakes::schedule("daily", "i-2")};
  change.schedules[0].expression = "@daily";
  commit(change);
  EXPECT_THAT(loaded().schedules, ElementsAre(change.schedules[0], batch.schedules[1]));
}

TEST_P(JournalContract, ARefusedBatchLeavesNothing) {
  const RunRecord finished = settled(due_run("daily", "i-1", at(0)), Outcome::finished, at(50));
  commit(batch_of({finished}));
  Batch batch;
  batch.instances = {fakes::instance("i-1")};
  batch.schedules = {fakes::schedule("daily", "i-1")};
  batch.runs = {due_run("daily", "i-1", at(1)), settled(finished, Outcome::failed, at(60))};
  batch.runs[1].outcome = Outcome::failed;
  expect_refused(batch);
  EXPECT_THAT(loaded().instances, IsEmpty());
  EXPECT_THAT(loaded().schedules, IsEmpty());
  EXPECT_THAT(history(), ElementsAre(finished));
}

TEST_P(JournalContract, AnOutcomeNeverChanges) {
  const RunRecord missed = settled(due_run("daily", "i-1", at(0)), Outcome::missed, at(50));
  commit(batch_of({missed}));
  for (int i = 0; i <= static_cast<int>(Outcome::skipped); ++i) {
    if (static_cast<Outcome>(i) != Outcome::missed)
      expect_refused(batch_of({settled(missed, static_cast<Outcome>(i), at(50))}));
  }
  expect_refused(batch_of({due_run("daily", "i-1", at(0))}));
  EXPECT_THAT(history(), ElementsAre(missed));
}

TEST_P(JournalContract, ASettledRunMayStillSayWhereItsFileWent) {
  RunRecord run = settled(due_run("daily", "i-1", at(0)), Outcome::finished, at(50));
  run.archive_pending = true;
  commit(batch_of({run}));
  run.archive_pending = false;
  run.archived = "/var/lib/dbssd/reports/one.pdf";
  commit(batch_of({run}));
  EXPECT_THAT(history(), ElementsAre(run));
}

TEST_P(JournalContract, OutcomeStateAndInstantComeTogether) {
  RunRecord no_outcome = settled(due_run("daily", "i-1", at(0)), Outcome::failed, at(50));
  no_outcome.outcome.reset();
  expect_refused(batch_of({no_outcome}));
  RunRecord no_instant = settled(due_run("daily", "i-1", at(0)), Outcome::failed, at(50));
  no_instant.settled_at.reset();
  expect_refused(batch_of({no_instant}));
  RunRecord not_settled = settled(due_run("daily", "i-1", at(0)), Outcome::failed, at(50));
  not_settled.state = RunState::accepted;
  expect_refused(batch_of({not_settled}));
  RunRecord too_early = due_run("daily", "i-1", at(0));
  too_early.settled_at = at(50);
  expect_refused(batch_of({too_early}));
}

TEST_P(JournalContract, TwoRunsNeverClaimOneReport) {
  commit(batch_of({claiming("i-1", 0, "rep-1")}));
  expect_refused(batch_of({claiming("i-1", 1, "rep-1")}));
  EXPECT_THAT(history(), SizeIs(1));
}

TEST_P(JournalContract, TwoRunsOfOneBatchNeverClaimOneReport) {
  expect_refused(batch_of({claiming("i-1", 0, "rep-1"), claiming("i-1", 1, "rep-1")}));
  EXPECT_THAT(history(), IsEmpty());
}

TEST_P(JournalContract, AClaimIsOfOneInstanceOfOneProject) {
  commit(batch_of({claiming("i-1", 0, "rep-1"), claiming("i-2", 0, "rep-1")}));
  commit(batch_of({claiming("i-1", 0, "rep-1")}), kLab);
  EXPECT_THAT(journal_->claimed_reports(kProd, InstanceId("i-2"), {ReportId("rep-1")}).value(),
              ElementsAre(ReportId("rep-1")));
}

TEST_P(JournalContract, AClaimCanBeGivenUpAndTakenByAnother) {
  commit(batch_of({claiming("i-1", 0, "rep-1")}));
  commit(batch_of({claiming("i-1", 0, ""), claiming("i-1", 1, "rep-1")}));
  commit(batch_of({claiming("i-1", 0, "rep-2")}));
  EXPECT_THAT(
      journal_->claimed_reports(kProd, InstanceId("i-1"), {ReportId("rep-1"), ReportId("rep-2")}).value(),
      ElementsAre(ReportId("rep-1"), ReportId("rep-2")));
}

}  // namespace
}  // namespace dbssd::journal
