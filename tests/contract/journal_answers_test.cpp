// What a Journal is asked, and what it forgets.
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

class JournalAnswers : public JournalContract {};
class JournalPruning : public JournalContract {};

INSTANTIATE_TEST_SUITE_P(Each, JournalAnswers, every_journal(), name_of);
INSTANTIATE_TEST_SUITE_P(Each, JournalPruning, every_journal(), name_of);

TEST_P(JournalAnswers, ClaimsAreThoseOfTheListedReportsWhateverTheAgeAndStateOfTheirRuns) {
  RunRecord finished = settled(claiming("i-1", 30, "rep-30"), Outcome::finished, at(99));
  commit(batch_of({claiming("i-1", 10, "rep-10"), claiming("i-1", 20, "rep-20"), finished,
                   claiming("i-1", 40, ""), claiming("i-2", 10, "rep-40")}));
  const std::vector<ReportId> listed{ReportId("rep-30"), ReportId("rep-40"), ReportId(""), ReportId("rep-10"),
                                     ReportId("rep-50")};
  EXPECT_THAT(journal_->claimed_reports(kProd, InstanceId("i-1"), listed).value(),
              ElementsAre(ReportId("rep-30"), ReportId("rep-10")));
  EXPECT_THAT(journal_->claimed_reports(kProd, InstanceId("i-1"), {}).value(), IsEmpty());
}

TEST_P(JournalAnswers, ClaimsOfALongListAreAllFound) {
  std::vector<RunRecord> runs;
  std::vector<ReportId> listed;
  for (int i = 0; i < 1000; ++i) {
    listed.emplace_back("rep-" + std::to_string(i));
    runs.push_back(claiming("i-1", i, listed.back().str().c_str()));
  }
  commit(batch_of(runs));
  EXPECT_EQ(journal_->claimed_reports(kProd, InstanceId("i-1"), listed).value(), listed);
}

TEST_P(JournalAnswers, ProjectsAreThoseOfWhichSomethingIsStillToCome) {
  RunRecord ended = settled(due_run("daily", "i-1", at(0)), Outcome::finished, at(99));
  commit(batch_of({ended}), ProjectName("ended"));
  commit(batch_of({due_run("daily", "i-1", at(0))}), ProjectName("with-run"));
  ended.archive_pending = true;
  commit(batch_of({ended}), ProjectName("with-file"));
  Batch scheduled;
  scheduled.schedules = {fakes::schedule("daily", "i-1")};
  commit(scheduled, ProjectName("with-schedule"));
  scheduled.schedules[0].expression.clear();
  commit(scheduled, ProjectName("with-ended-schedule"));
  EXPECT_THAT(journal_->projects().value(),
              ElementsAre(ProjectName("with-file"), ProjectName("with-run"), ProjectName("with-schedule")));
}

TEST_P(JournalAnswers, HistoryIsOldestFirstInAHalfOpenSpan) {
  const RunRecord a = due_run("b-report", "i-2", at(10)), b = due_run("a-report", "i-1", at(20));
  const RunRecord c = due_run("a-report", "i-2", at(20)), d = due_run("b-report", "i-1", at(20));
  const RunRecord e = due_run("a-report", "i-1", at(30));
  commit(batch_of({e, d, a, c, b}));
  EXPECT_THAT(journal_->runs(kProd, {.from = at(10), .to = at(30)}).value(), ElementsAre(a, b, c, d));
  EXPECT_THAT(journal_->runs(kProd, {.from = at(11), .to = at(31), .limit = 2}).value(), ElementsAre(b, c));
  EXPECT_THAT(journal_->runs(kProd, {.from = at(31)}).value(), IsEmpty());
}

TEST_P(JournalAnswers, HistoryComesPageByPageWhateverTheNames) {
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

TEST_P(JournalAnswers, HistoryCanBeOfOneReportOneInstanceOrBoth) {
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

TEST_P(JournalAnswers, HistoryCanBeOfThoseWhoseWindowsReachIntoATime) {
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

TEST_P(JournalAnswers, ArchivedRunsAreThoseOfAReportWhoseFileIsStillThereOldestFirst) {
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

TEST_P(JournalPruning, KeepsARunAsLongAsItsFileIsInTheArchive) {
  RunRecord run = archived_run("daily", "i-1", 0);
  commit(batch_of({run}));
  EXPECT_EQ(journal_->prune(at(100), {}).value(), 0U);
  EXPECT_THAT(history(), ElementsAre(run));
  run.archive_removed_at = at(60);
  commit(batch_of({run}));
  EXPECT_EQ(journal_->prune(at(100), {}).value(), 1U);
  EXPECT_THAT(history(), IsEmpty());
}

TEST_P(JournalPruning, TakesWhatWasSettledBeforeAndNothingElse) {
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
  EXPECT_EQ(journal_->prune(at(100), {}).value(), 3U);
  EXPECT_THAT(history(), ElementsAre(to_download, young, open));
  EXPECT_THAT(loaded().starts, ElementsAre(batch.starts[1], batch.starts[2]));
  EXPECT_THAT(loaded().jobs, ElementsAre(batch.jobs[1], batch.jobs[2]));
  EXPECT_THAT(loaded().schedules, SizeIs(1));
  EXPECT_THAT(loaded().summaries, SizeIs(1));
  EXPECT_EQ(journal_->prune(at(100), {}).value(), 0U);
}

TEST_P(JournalPruning, ForgetsAProjectOfWhichNothingWasNotedSince) {
  Batch batch;
  batch.project = fakes::project();
  for (const auto& [name, noted] : {std::pair{"removed", at(99)}, std::pair{"there", at(100)}}) {
    batch.project->noted_at = noted;
    commit(batch, ProjectName(name));
  }
  EXPECT_EQ(journal_->prune(at(100), {}).value(), 1U);
  EXPECT_FALSE(loaded(ProjectName("removed")).project);
  EXPECT_TRUE(loaded(ProjectName("there")).project);
}

TEST_P(JournalPruning, ForgetsAVanishedInstanceOnceNothingOpenSpeaksOfIt) {
  Batch batch;
  for (const char* id : {"gone", "there", "lately", "has-run", "has-start", "has-schedule"})
    batch.instances.push_back(fakes::instance(id));
  batch.instances[1].vanished = false;
  batch.instances[2].vanished_at = at(100);
  batch.runs = {due_run("daily", "has-run", at(0))};
  batch.starts = {fakes::start("has-start", at(0))};
  batch.starts[0].settled_at.reset();
  batch.schedules = {fakes::schedule("daily", "has-schedule")};
  commit(batch);
  batch = {};
  batch.instances = {fakes::instance("long-ago"), fakes::instance("not-so-long-ago")};
  for (InstanceRecord& unknown : batch.instances) unknown.vanished_at.reset();
  batch.instances[1].changed_at = at(100);
  commit(batch);
  EXPECT_EQ(journal_->prune(at(100), {}).value(), 2U);
  for (const InstanceRecord& left : loaded().instances) EXPECT_NE(left.id, InstanceId("gone"));
  EXPECT_THAT(loaded().instances, SizeIs(6));
}

}  // namespace
}  // namespace dbssd::journal
