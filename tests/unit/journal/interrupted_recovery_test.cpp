// What a crash in the middle of things leaves, laid out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "fakes/journal_samples.h"
#include "fakes/temp_directory.h"
#include "unit/journal/damaged_file.h"

namespace dbssd::journal {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class InterruptedRecovery : public ::testing::Test {
 protected:
  void SetUp() override { write_sample(path_); }

  fakes::TempDirectory directory_;
  std::string path_ = directory_.file("state.db");
};

TEST_F(InterruptedRecovery, IsFinishedOnceTheNewFileWasComplete) {
  // The damaged file is moved, its log is not, and the new file waits for its name.
  fs::rename(path_, path_ + ".rebuilt");
  put_bytes(path_ + ".corrupt-20250309T070000Z", "garbage");
  put_bytes(path_ + "-wal", "log of the damaged file");
  const Opened opened = open_or_fail(path_);
  EXPECT_THAT(opened.recovered, HasSubstr("has now been completed"));
  EXPECT_THAT(all_runs(*opened.journal), SizeIs(200));
  EXPECT_THAT(siblings(path_, ".rebuilt"), IsEmpty());
}

TEST_F(InterruptedRecovery, IsBegunAnewWhileTheDamagedFileIsInItsPlace) {
  std::string torn = bytes_of(path_);
  torn.replace(20 * 4096, 4096, 4096, '\xff');
  put_bytes(path_, torn);
  put_bytes(path_ + ".rebuilding", "half of it");
  put_bytes(path_ + ".rebuilding-journal", "its journal");
  put_bytes(path_ + ".rebuilt", "of an earlier attempt");
  const Opened opened = open_or_fail(path_);
  EXPECT_THAT(opened.recovered, HasSubstr("is kept as"));
  EXPECT_GE(all_runs(*opened.journal).size(), 180U);
  EXPECT_THAT(siblings(path_, ".rebuil"), IsEmpty());
}

/// The files as a killed process leaves them: commits in the log, none in the file.
class InterruptedCommits : public ::testing::Test {
 protected:
  static constexpr int kCommits = 12;

  void SetUp() override {
    const Opened opened = open_or_fail(path_);
    for (int i = 0; i < kCommits; ++i) {
      Batch batch;  // two records each, so that half a commit would show
      batch.runs = {fakes::due_run("a", "i", fakes::at(i)), fakes::due_run("b", "i", fakes::at(i))};
      ASSERT_TRUE(opened.journal->commit(kProject, batch));
    }
    file_ = bytes_of(path_);
    log_ = bytes_of(path_ + "-wal");
    lock_ = bytes_of(path_ + ".lock");
  }

  fakes::TempDirectory directory_;
  std::string path_ = directory_.file("state.db");
  std::string file_, log_, lock_;
};

TEST_F(InterruptedCommits, ALogCutAnywhereYieldsTheCommitsBeforeTheCut) {
  ASSERT_GT(log_.size(), 100000U);
  std::size_t most = 0;
  for (std::size_t size = 0; size <= log_.size(); size += 1009) {
    fakes::TempDirectory other;
    const std::string path = other.file("state.db");
    put_bytes(path, file_);
    put_bytes(path + "-wal", log_.substr(0, size));
    put_bytes(path + ".lock", lock_);
    const Opened opened = open_or_fail(path);
    EXPECT_THAT(opened.recovered, IsEmpty()) << "cut at " << size;
    const auto found = all_runs(*opened.journal);
    EXPECT_EQ(found.size() % 2, 0U) << "half a commit, cut at " << size;
    for (std::size_t i = 0; i < found.size(); ++i)
      EXPECT_EQ(found[i].key.scheduled, fakes::at(static_cast<long>(i / 2)));
    EXPECT_GE(found.size(), most) << "a longer log holds no less";
    most = found.size();
  }
  EXPECT_GE(most, 2U * (kCommits - 1));
}

}  // namespace
}  // namespace dbssd::journal
