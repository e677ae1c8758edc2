// What every Journal promises, held against the one on disk and the one in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "fakes/journal_samples.h"
#include "fakes/memory_journal.h"
#include "fakes/temp_directory.h"
#include "journal/sqlite_journal.h"

namespace dbssd::journal {
namespace {

using fakes::at;
using fakes::due_run;
using fakes::full_run;
using fakes::settled;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const ProjectName kProd("prod");
const ProjectName kLab("lab");
const Instant kEver = Instant::min();

struct Kind {
  const char* name;
  std::function<std::unique_ptr<Journal>(const std::string& directory)> open;
};

std::unique_ptr<Journal> on_disk(const std::string& directory) {
  return std::move(open_sqlite(directory + "/state.db", Access::read_write).value().journal);
}

std::unique_ptr<Journal> in_memory(const std::string&) { return std::make_unique<fakes::MemoryJournal>(); }

class JournalContract : public ::testing::TestWithParam<Kind> {
 protected:
  Remembered loaded(const ProjectName& project = kProd, Instant since = kEver) {
    return journal_->load(project, since).value();
  }
  std::vector<RunRecord> history(const ProjectName& project = kProd) {
    return journal_->runs(project, {}).value();
  }
  void commit(const Batch& batch, const ProjectName& project = kProd) {
    const auto done = journal_->commit(project, batch);
    ASSERT_TRUE(done) << done.error().message;
  }
  void expect_refused(const Batch& batch) {
    const auto done = journal_->commit(kProd, batch);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::internal);
    EXPECT_FALSE(done.error().message.empty());
  }

  fakes::TempDirectory directory_;
  std::unique_ptr<Journal> journal_ = GetParam().open(directory_.path());
};

INSTANTIATE_TEST_SUITE_P(Each, JournalContract,
                         ::testing::Values(Kind{"OnDisk", on_disk}, Kind{"InMemory", in_memory}),
                         [](const auto& test) { return test.param.name; });

Batch batch_of(std::vector<RunRecord> runs) {
  Batch batch;
  batch.runs = std::move(runs);
  return batch;
}

TEST_P(JournalContract, AnUnknownProjectHasNothing) {
  const Remembered memory = loaded();
  EXPECT_THAT(memory.instances, IsEmpty());
  EXPECT_THAT(memory.open_runs, IsEmpty());
  EXPECT_THAT(history(), IsEmpty());
}

TEST_P(JournalContract, EveryFieldOfEveryRecordComesBack) {
  Batch batch;
  batch.instances = {fakes::instance("i-1")};
  batch.starts = {fakes::start("i-1", at(3))};
  batch.schedules = {fakes::schedule("daily", "i-1")};
  batch.runs = {full_run("daily", "i-1", at(5))};
  batch.jobs = {fakes::job("res-1", "job-1")};
  batch.summaries = {fakes::summary(cloud::BusiType::risk)};
  commit(batch);
  const Remembered memory = loaded();
  EXPECT_EQ(memory.instances, batch.instances);
  EXPECT_EQ(memory.starts, batch.starts);
  EXPECT_EQ(memory.schedules, batch.schedules);
  EXPECT_EQ(memory.open_runs, batch.runs);
  EXPECT_EQ(memory.jobs, batch.jobs);
  EXPECT_EQ(memory.summaries, batch.summaries);
}

TEST_P(JournalContract, EmptyFieldsComeBackEmpty) {
  Batch batch;
  batch.instances.emplace_back();
  batch.starts.emplace_back();
  batch.schedules.emplace_back();
  batch.runs.emplace_back();
  batch.jobs.emplace_back();
  batch.summaries.emplace_back();
  commit(batch);
  const Remembered memory = loaded();
  EXPECT_EQ(memory.instances, batch.instances);
  EXPECT_EQ(memory.starts, batch.starts);
  EXPECT_EQ(memory.schedules, batch.schedules);
  EXPECT_EQ(memory.open_runs, batch.runs);
  EXPECT_EQ(memory.jobs, batch.jobs);
  EXPECT_EQ(memory.summaries, batch.summaries);
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
  EXPECT_THAT(journal_->claimed_reports(kProd, InstanceId("i-1"), kEver).value(), IsEmpty());
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
  RunRecord merged = due_run("daily", "i-1", at(2));
  merged.state = RunState::merged;
  merged.served_by = at(3);
  const RunRecord due = due_run("daily", "i-1", at(3));
  commit(batch_of({done, to_download, merged, due}));
  EXPECT_THAT(loaded().open_runs, ElementsAre(to_download, merged, due));
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

RunRecord claiming(const char* instance, long scheduled, const char* report) {
  RunRecord run = due_run("daily", instance, at(scheduled));
  run.report_id = ReportId(report);
  return run;
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
  EXPECT_THAT(journal_->claimed_reports(kProd, InstanceId("i-2"), kEver).value(),
              ElementsAre(ReportId("rep-1")));
}

TEST_P(JournalContract, AClaimCanBeGivenUpAndTakenByAnother) {
  commit(batch_of({claiming("i-1", 0, "rep-1")}));
  commit(batch_of({claiming("i-1", 0, ""), claiming("i-1", 1, "rep-1")}));
  commit(batch_of({claiming("i-1", 0, "rep-2")}));
  EXPECT_THAT(journal_->claimed_reports(kProd, InstanceId("i-1"), kEver).value(),
              ElementsAre(ReportId("rep-2"), ReportId("rep-1")));
}

TEST_P(JournalContract, ClaimsAreThoseOfWindowsThatEndAtOrAfterTheInstantAskedFor) {
  RunRecord finished = settled(claiming("i-1", 30, "rep-30"), Outcome::finished, at(99));
  commit(batch_of(
      {claiming("i-1", 10, "rep-10"), claiming("i-1", 20, "rep-20"), finished, claiming("i-1", 40, "")}));
  EXPECT_THAT(journal_->claimed_reports(kProd, InstanceId("i-1"), at(20)).value(),
              ElementsAre(ReportId("rep-20"), ReportId("rep-30")));
}

TEST_P(JournalContract, HistoryIsOldestFirstInAHalfOpenSpan) {
  const RunRecord a = due_run("b-report", "i-2", at(10)), b = due_run("a-report", "i-1", at(20));
  const RunRecord c = due_run("a-report", "i-2", at(20)), d = due_run("b-report", "i-1", at(20));
  const RunRecord e = due_run("a-report", "i-1", at(30));
  commit(batch_of({e, d, a, c, b}));
  EXPECT_THAT(journal_->runs(kProd, {.from = at(10), .to = at(30)}).value(), ElementsAre(a, b, c, d));
  EXPECT_THAT(journal_->runs(kProd, {.from = at(11), .to = at(31), .limit = 2}).value(), ElementsAre(b, c));
  EXPECT_THAT(journal_->runs(kProd, {.from = at(31)}).value(), IsEmpty());
}

TEST_P(JournalContract, HistoryComesPageByPageWhateverTheNames) {
  std::vector<RunRecord> all;
  for (const long scheduled : {10L, 20L})
    for (const std::string& report : {std::string(), std::string("daily"), fakes::weird_text()})
      for (const char* id : {"", "i-1", "i-2"}) all.push_back(due_run(report, id, at(scheduled)));
  commit(batch_of(all));
  std::ranges::sort(all, {}, [](const RunRecord& run) {
    return std::tuple(run.key.scheduled, run.key.report, run.key.instance);
  });
  for (const std::size_t limit : {1U, 2U, 4U, 9U, 100U}) {
    std::vector<RunRecord> read;
    RunQuery page{.limit = limit};
    for (;;) {
      const auto found = journal_->runs(kProd, page).value();
      read.insert(read.end(), found.begin(), found.end());
      if (found.size() < limit) break;
      page.after = found.back().key;
    }
    EXPECT_EQ(read, all) << limit;
  }
}

TEST_P(JournalContract, HistoryCanBeOfOneReportOneInstanceOrBoth) {
  const RunRecord a = due_run("daily", "i-1", at(10)), b = due_run("daily", "i-2", at(10));
  const RunRecord c = due_run("weekly", "i-1", at(20));
  commit(batch_of({a, b, c}));
  const ReportName daily("daily");
  const InstanceId first("i-1");
  EXPECT_THAT(journal_->runs(kProd, {.report = daily}).value(), ElementsAre(a, b));
  EXPECT_THAT(journal_->runs(kProd, {.instance = first}).value(), ElementsAre(a, c));
  EXPECT_THAT(journal_->runs(kProd, {.report = daily, .instance = first}).value(), ElementsAre(a));
  EXPECT_THAT(journal_->runs(kProd, {.report = ReportName("")}).value(), IsEmpty());
}

TEST_P(JournalContract, HistoryCanBeOfThoseWhoseWindowsReachIntoATime) {
  std::vector<RunRecord> runs;
  for (const long end : {10L, 20L, 30L}) {
    runs.push_back(due_run("daily", "i-1", at(100 + end)));
    runs.back().window = {at(end - 10), at(end)};
  }
  commit(batch_of(runs));
  EXPECT_THAT(journal_->runs(kProd, {.reached = {at(10), at(20)}}).value(), ElementsAre(runs[1]));
  EXPECT_THAT(journal_->runs(kProd, {.reached = {at(9), at(20)}}).value(), ElementsAre(runs[0], runs[1]));
  EXPECT_THAT(journal_->runs(kProd, {.reached = {at(10), at(21)}}).value(), ElementsAre(runs[1], runs[2]));
}

RunRecord archived_run(const char* report, const char* instance, long scheduled) {
  RunRecord run = settled(due_run(report, instance, at(scheduled)), Outcome::finished, at(50));
  run.archived = std::string("/srv/reports/") + report + "/" + instance + ".pdf";
  return run;
}

TEST_P(JournalContract, ArchivedRunsAreThoseOfAReportWhoseFileIsStillThereOldestFirst) {
  const RunRecord a = archived_run("daily", "i-2", 1), b = archived_run("daily", "i-1", 2);
  const RunRecord c = archived_run("daily", "i-2", 2), late = archived_run("daily", "i-1", 3);
  RunRecord removed = archived_run("daily", "i-1", 0);
  removed.archive_removed_at = at(60);
  RunRecord never = archived_run("daily", "i-3", 0);
  never.archived.clear();
  commit(batch_of({late, c, b, a, removed, never, archived_run("weekly", "i-1", 1)}));
  commit(batch_of({archived_run("daily", "i-7", 1)}), kLab);
  const auto found = [this](Instant before, const char* below, std::size_t limit) {
    return journal_->archived_runs(kProd, ReportName("daily"), before, below, limit).value();
  };
  EXPECT_THAT(found(at(3), "/srv/reports/", 100), ElementsAre(a, b, c));
  EXPECT_THAT(found(at(4), "/srv/reports/", 2), ElementsAre(a, b));
  EXPECT_THAT(found(at(1), "/srv/reports/", 100), IsEmpty());
  EXPECT_THAT(found(at(4), "/srv/elsewhere/", 100), IsEmpty());
  EXPECT_THAT(found(at(4), "/srv/reports/%/", 100), IsEmpty());
  EXPECT_THAT(found(at(4), "/srv/reports/daily/i-2", 100), ElementsAre(a, c));
}

TEST_P(JournalContract, PruningKeepsARunAsLongAsItsFileIsInTheArchive) {
  RunRecord run = archived_run("daily", "i-1", 0);
  commit(batch_of({run}));
  EXPECT_EQ(journal_->prune(at(100)).value(), 0U);
  EXPECT_THAT(history(), ElementsAre(run));
  run.archive_removed_at = at(60);
  commit(batch_of({run}));
  EXPECT_EQ(journal_->prune(at(100)).value(), 1U);
  EXPECT_THAT(history(), IsEmpty());
}

TEST_P(JournalContract, PruningTakesWhatWasSettledBeforeAndNothingElse) {
  Batch batch;
  RunRecord old = settled(due_run("daily", "i-1", at(0)), Outcome::finished, at(99));
  RunRecord to_download = settled(due_run("daily", "i-1", at(1)), Outcome::finished, at(99));
  to_download.archive_pending = true;
  const RunRecord young = settled(due_run("daily", "i-1", at(2)), Outcome::finished, at(100));
  const RunRecord open = due_run("daily", "i-1", at(3));
  batch.runs = {old, to_download, young, open};
  batch.starts = {fakes::start("i-1", at(0)), fakes::start("i-1", at(1)), fakes::start("i-1", at(2))};
  batch.starts[0].settled_at = at(99);
  batch.starts[1].settled_at = at(100);
  batch.starts[2].settled_at.reset();
  batch.jobs = {fakes::job("r", "old"), fakes::job("r", "open"), fakes::job("r", "young")};
  batch.jobs[1].settled = false;
  batch.jobs[2].first_seen = at(100);
  batch.schedules = {fakes::schedule("daily", "i-1")};
  batch.summaries = {fakes::summary(cloud::BusiType::audit)};
  commit(batch);
  EXPECT_EQ(journal_->prune(at(100)).value(), 3U);
  EXPECT_THAT(history(), ElementsAre(to_download, young, open));
  EXPECT_THAT(loaded().starts, ElementsAre(batch.starts[1], batch.starts[2]));
  EXPECT_THAT(loaded().jobs, ElementsAre(batch.jobs[1], batch.jobs[2]));
  EXPECT_THAT(loaded().schedules, SizeIs(1));
  EXPECT_THAT(loaded().summaries, SizeIs(1));
  EXPECT_EQ(journal_->prune(at(100)).value(), 0U);
}

TEST_P(JournalContract, PruningForgetsAVanishedInstanceOnceNothingOpenSpeaksOfIt) {
  Batch batch;
  for (const char* id : {"gone", "there", "lately", "has-run", "has-start", "has-schedule"})
    batch.instances.push_back(fakes::instance(id));
  batch.instances[1].vanished = false;
  batch.instances[2].changed_at = at(100);
  batch.runs = {due_run("daily", "has-run", at(0))};
  batch.starts = {fakes::start("has-start", at(0))};
  batch.starts[0].settled_at.reset();
  batch.schedules = {fakes::schedule("daily", "has-schedule")};
  commit(batch);
  EXPECT_EQ(journal_->prune(at(100)).value(), 1U);
  for (const InstanceRecord& left : loaded().instances) EXPECT_NE(left.id, InstanceId("gone"));
  EXPECT_THAT(loaded().instances, SizeIs(5));
}

}  // namespace
}  // namespace dbssd::journal
