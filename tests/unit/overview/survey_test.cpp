#include "overview/survey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/journal_samples.h"
#include "fakes/memory_journal.h"

namespace dbssd::overview {
namespace {

using journal::Outcome;
using journal::RunRecord;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Schedules name whole minutes.
Instant at(long minutes) { return fakes::at(60 * minutes); }

const ProjectName kLab("lab");
const ProjectName kProd("prod");

RunRecord finished(const std::string& report, const std::string& id, long begin, long end) {
  RunRecord run = fakes::settled(fakes::due_run(report, id, at(end)), Outcome::finished, at(end + 1));
  run.window = {at(begin), at(end)};
  return run;
}
RunRecord failed(const std::string& report, const std::string& id, long begin, long end) {
  RunRecord run = finished(report, id, begin, end);
  run.outcome = Outcome::failed;
  run.reason = "refused";
  return run;
}

class Survey : public testing::Test {
 protected:
  void commit(const ProjectName& project, std::vector<RunRecord> runs) {
    journal::Batch batch;
    batch.runs = std::move(runs);
    ASSERT_TRUE(journal_.commit(project, batch));
  }
  std::vector<SeriesCoverage> look(Instant from, Instant to, std::optional<ReportName> report = {}) {
    seen_.clear();
    return survey(journal_, sources_, report, from, to,
                  [this](const ProjectName& project, const RunRecord& run) {
                    seen_.push_back(project.str() + ' ' + run.key.report.str() + ' ' +
                                    run.key.instance.str() + ' ' +
                                    std::to_string((run.key.scheduled - at(0)).count() / 60));
                  })
        .value();
  }

  fakes::MemoryJournal journal_;
  std::vector<RunSource> sources_{{kLab}, {kProd}};
  std::vector<std::string> seen_;
};

TEST_F(Survey, HandsOutTheRunsOfAllProjectsOldestFirst) {
  commit(kProd, {finished("a", "i-1", 0, 10), finished("a", "i-1", 10, 20), finished("a", "i-1", 20, 30)});
  commit(kLab, {finished("b", "i-9", 0, 20), finished("b", "i-9", 20, 25)});
  EXPECT_THAT(look(at(0), at(30)), SizeIs(2));
  EXPECT_THAT(seen_, ElementsAre("prod a i-1 10", "lab b i-9 20", "prod a i-1 20", "lab b i-9 25"));
}

TEST_F(Survey, ReadsAllPages) {
  std::vector<RunRecord> many;
  for (long i = 0; i < 5000; ++i) many.push_back(finished("a", "i-" + std::to_string(i % 2), i, i + 2));
  commit(kProd, many);
  const auto found = look(at(0), at(100000));
  EXPECT_THAT(seen_, SizeIs(5000));
  ASSERT_THAT(found, SizeIs(2));
  for (const SeriesCoverage& one : found) EXPECT_THAT(one.coverage.covered, SizeIs(1));
}

TEST_F(Survey, KeepsReportsInstancesAndProjectsApart) {
  commit(kProd, {finished("a", "i-1", 0, 10), failed("a", "i-2", 0, 10), finished("b", "i-1", 5, 10)});
  commit(kLab, {failed("a", "i-1", 0, 10)});
  const auto found = look(at(0), at(30));
  std::vector<std::string> gaps;
  for (const auto& [series, coverage] : found)
    if (!coverage.gaps.empty())
      gaps.push_back(series.project.str() + ' ' + series.report.str() + ' ' + series.instance.str());
  EXPECT_THAT(gaps, ElementsAre("lab a i-1", "prod a i-2"));
  EXPECT_THAT(found, SizeIs(4));
}

TEST_F(Survey, CanBeOfOneInstanceAndOfOneReport) {
  commit(kProd, {finished("a", "i-1", 0, 10), finished("a", "i-2", 0, 10), finished("b", "i-1", 0, 10)});
  sources_ = {{kProd, InstanceId("i-1")}};
  EXPECT_THAT(look(at(0), at(30)), SizeIs(2));
  EXPECT_THAT(look(at(0), at(30), ReportName("b")), SizeIs(1));
  EXPECT_THAT(seen_, ElementsAre("prod b i-1 10"));
}

TEST_F(Survey, SeesThatARunFromBeforeCoversWhatTheFirstOneLeftOpen) {
  commit(kProd, {finished("a", "i-1", 0, 20), failed("a", "i-1", 5, 25), finished("a", "i-1", 10, 30)});
  const auto found = look(at(25), at(100));
  EXPECT_THAT(seen_, SizeIs(2)) << "it is not one of those that were asked for";
  EXPECT_EQ(found.front().coverage.span, (Window{at(5), at(30)}));
  EXPECT_THAT(found.front().coverage.gaps, IsEmpty());
}

TEST_F(Survey, SeesThatALaterRunCoversWhatTheLastOneLeftOpen) {
  RunRecord late = finished("a", "i-1", 0, 30);
  late.key.scheduled = at(500);
  commit(kProd, {finished("a", "i-1", 0, 10), failed("a", "i-1", 10, 20), late});
  const auto found = look(at(0), at(100));
  EXPECT_THAT(seen_, SizeIs(2));
  EXPECT_THAT(found.front().coverage.covered, ElementsAre(Window{at(0), at(20)}));
}

TEST_F(Survey, EndsWhereTheJournalCannotBeRead) {
  journal_.fail_reads(1);
  const auto found = survey(journal_, sources_, {}, at(0), at(30), [](const auto&, const auto&) {});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message, "disk cannot be read");
}

TEST_F(Survey, OfNoSourcesIsEmpty) {
  sources_.clear();
  EXPECT_THAT(look(at(0), at(30)), IsEmpty());
}

}  // namespace
}  // namespace dbssd::overview
