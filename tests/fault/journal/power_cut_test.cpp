// The power goes at every step of what the journal does. What was acknowledged before is there afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "fakes/journal_samples.h"
#include "fakes/temp_directory.h"
#include "fault/journal/faulty_disk.h"
#include "journal/sqlite_journal.h"

namespace dbssd::journal {
namespace {

namespace fs = std::filesystem;

const ProjectName kProject("prod");
constexpr int kRecords = 3;  // of a commit, so that half a commit would show

/// The files as the power cut left them, and what the lanes had been told by then.
struct Cut {
  std::map<std::string, std::string> files;
  int acknowledged;
  int pruned_before;
};

class PowerCut : public ::testing::Test {
 protected:
  void commit(int number, std::size_t text = 10) {
    Batch batch;
    for (int i = 0; i < kRecords; ++i) {
      RunRecord run = fakes::due_run("report-" + std::to_string(i), "i-1", fakes::at(number));
      run.reason.assign(text, 'x');
      batch.runs.push_back(fakes::settled(std::move(run), Outcome::finished, fakes::at(number)));
    }
    const auto done = journal_->commit(kProject, batch);
    ASSERT_TRUE(done) << done.error().message;
    acknowledged_ = number + 1;
  }

  void open() { journal_ = std::move(open_sqlite(path_, Access::read_write).value().journal); }

  /// Only what differs from the cut before is worth opening.
  void remember() {
    if (!cuts_.empty() && cuts_.back().files == disk_.durable() && cuts_.back().acknowledged == acknowledged_)
      return;
    cuts_.push_back({disk_.durable(), acknowledged_, pruned_before_});
  }

  static void expect_all_there(const Cut& cut, std::size_t number) {
    fakes::TempDirectory directory;
    for (const auto& [path, bytes] : cut.files) {
      if (path.ends_with("-shm")) continue;
      std::ofstream(directory.file(fs::path(path).filename().string()), std::ios::binary) << bytes;
    }
    const auto opened = open_sqlite(directory.file("state.db"), Access::read_write);
    ASSERT_TRUE(opened) << "cut " << number << ": " << opened.error().message;
    EXPECT_EQ(opened->recovered, "") << "cut " << number;
    const auto found = opened->journal->runs(kProject, {.limit = 1000000}).value();
    std::map<Instant, int> records;
    for (const RunRecord& run : found) ++records[run.key.scheduled];
    for (const auto& [scheduled, count] : records)
      EXPECT_EQ(count, kRecords) << "half a commit, cut " << number;
    for (int i = cut.pruned_before; i < cut.acknowledged; ++i)
      EXPECT_EQ(records.count(fakes::at(i)), 1U) << "commit " << i << " is lost by cut " << number;
  }

  fakes::TempDirectory directory_;
  std::string path_ = directory_.file("state.db");
  fakes::FaultyDisk disk_;
  std::unique_ptr<Journal> journal_;
  int acknowledged_ = 0;
  int pruned_before_ = 0;
  std::vector<Cut> cuts_;
};

TEST_F(PowerCut, NeverTakesWhatWasAcknowledged) {
  disk_.on_step([this] { remember(); });
  open();
  for (int i = 0; i < 10; ++i) commit(i);
  for (int i = 10; i < 16; ++i) commit(i, 300000);  // enough for a checkpoint on the way
  pruned_before_ = 5;
  ASSERT_TRUE(journal_->prune(fakes::at(5), {}));
  for (int i = 16; i < 20; ++i) commit(i);
  journal_.reset();
  open();
  for (int i = 20; i < 25; ++i) commit(i);
  remember();
  disk_.on_step(nullptr);
  journal_.reset();
  ASSERT_GT(cuts_.size(), 30U);
  for (std::size_t i = 0; i < cuts_.size(); ++i) expect_all_there(cuts_[i], i);
}

}  // namespace
}  // namespace dbssd::journal
