// What only the journal on disk can show: many lanes at once, bounded files, long tables.
#include "journal/sqlite_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "fakes/journal_samples.h"
#include "fakes/temp_directory.h"
#include "journal/sqlite.h"
#include "unit/journal/damaged_file.h"

namespace dbssd::journal {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class SqliteJournalTest : public ::testing::Test {
 protected:
  fakes::TempDirectory directory_;
  std::string path_ = directory_.file("state.db");
  std::unique_ptr<Journal> journal_ = open_or_fail(path_).journal;
};

Batch runs_of(const std::string& report, long from, long to) {
  Batch batch;
  for (long i = from; i < to; ++i) batch.runs.push_back(fakes::due_run(report, "i-1", fakes::at(i)));
  return batch;
}

TEST_F(SqliteJournalTest, LanesThatCommitAtOnceAllGetWhatTheyAskedFor) {
  constexpr int kLanes = 20, kBatches = 25;
  {
    std::vector<std::jthread> lanes;
    for (int lane = 0; lane < kLanes; ++lane) {
      lanes.emplace_back([&, lane] {
        const ProjectName project("prod-" + std::to_string(lane));
        for (int i = 0; i < kBatches; ++i) {
          EXPECT_TRUE(journal_->commit(project, runs_of("daily", 2L * i, 2L * i + 2)));
          // Seen at once by the lane that wrote it, whatever the others do.
          EXPECT_THAT(
              journal_->runs(project, {.from = fakes::at(2L * i), .to = fakes::at(2L * i + 2)}).value(),
              SizeIs(2));
        }
      });
    }
  }
  journal_.reset();
  journal_ = open_or_fail(path_).journal;
  for (int lane = 0; lane < kLanes; ++lane) {
    const ProjectName project("prod-" + std::to_string(lane));
    EXPECT_THAT(journal_->load(project, Instant{}).value().open_runs, SizeIs(2 * kBatches));
  }
}

TEST_F(SqliteJournalTest, ALaneThatIsRefusedHarmsNoOther) {
  RunRecord settled =
      fakes::settled(fakes::due_run("daily", "i-1", fakes::at(0)), Outcome::missed, fakes::at(1));
  ASSERT_TRUE(journal_->commit(ProjectName("bad"), batch_of(settled)));
  settled.outcome = Outcome::finished;
  std::atomic<bool> over = false;
  std::jthread bad([&] {
    while (!over) EXPECT_FALSE(journal_->commit(ProjectName("bad"), batch_of(settled)));
  });
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(journal_->commit(kProject, runs_of("daily", i, i + 1)));
  over = true;
  bad.join();
  EXPECT_THAT(all_runs(*journal_), SizeIs(200));
}

TEST_F(SqliteJournalTest, ARefusalNamesTheRecordAndTheReason) {
  RunRecord settled =
      fakes::settled(fakes::due_run("daily", "i-1", fakes::at(0)), Outcome::missed, fakes::at(1));
  ASSERT_TRUE(journal_->commit(kProject, batch_of(settled)));
  settled.outcome = Outcome::finished;
  const auto done = journal_->commit(kProject, batch_of(settled));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message,
            "run 2025-03-09T07:00:00Z daily i-1 of project prod: an outcome is recorded once");
}

TEST_F(SqliteJournalTest, TheLogIsEmptiedAsItGrowsAlsoWhileItIsRead) {
  std::atomic<bool> over = false;
  std::jthread reader([&] {
    while (!over) EXPECT_TRUE(journal_->load(kProject, Instant{}));
  });
  std::uintmax_t most = 0;
  for (int i = 0; i < 240; ++i) {
    Batch batch = runs_of("daily", i * 250L, (i + 1) * 250L);
    for (RunRecord& run : batch.runs) {
      run = fakes::settled(std::move(run), Outcome::finished, fakes::at(i));
      run.reason.assign(2000, 'x');
    }
    EXPECT_TRUE(journal_->commit(kProject, batch));
    most = std::max(most, std::filesystem::file_size(path_ + "-wal"));
  }
  over = true;
  reader.join();
  EXPECT_LT(most, std::uintmax_t{48} << 20);
  EXPECT_GT(std::filesystem::file_size(path_), std::uintmax_t{64} << 20) << "too little to show anything";
}

TEST_F(SqliteJournalTest, PruningWorksThroughMoreThanOnePiece) {
  Batch batch = runs_of("daily", 0, 2500);
  for (RunRecord& run : batch.runs) run = fakes::settled(std::move(run), Outcome::finished, fakes::at(1));
  ASSERT_TRUE(journal_->commit(kProject, batch));
  EXPECT_EQ(journal_->prune(fakes::at(2), {}).value(), 2500U);
  EXPECT_THAT(all_runs(*journal_), SizeIs(0));
}

TEST_F(SqliteJournalTest, PruningLetsLanesCommitMeanwhile) {
  Batch batch = runs_of("daily", 0, 5000);
  for (RunRecord& run : batch.runs) run = fakes::settled(std::move(run), Outcome::finished, fakes::at(1));
  ASSERT_TRUE(journal_->commit(kProject, batch));
  std::atomic<bool> over = false;
  std::jthread pruning([&] {
    EXPECT_EQ(journal_->prune(fakes::at(2), {}).value(), 5000U);
    over = true;
  });
  int commits = 0;
  while (!over || commits == 0) {
    EXPECT_TRUE(journal_->commit(ProjectName("other"), runs_of("weekly", commits, commits + 1)));
    ++commits;
  }
  EXPECT_GT(commits, 1);
}

TEST_F(SqliteJournalTest, ARecordThatThisProgramDoesNotUnderstandIsAnError) {
  ASSERT_TRUE(journal_->commit(kProject, batch_of(fakes::instance("i-1"))));
  auto shell = sqlite::Connection::open(path_, SQLITE_OPEN_READWRITE).value();
  ASSERT_TRUE(shell.execute("UPDATE instance SET status = 'FROM_THE_FUTURE'"));
  const auto loaded = journal_->load(kProject, Instant{});
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("table instance"));
}

}  // namespace
}  // namespace dbssd::journal
