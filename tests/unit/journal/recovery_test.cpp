// A journal that is damaged never stops the daemon, and never loses anything in silence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "fakes/journal_samples.h"
#include "fakes/temp_directory.h"
#include "unit/journal/damaged_file.h"

namespace dbssd::journal {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class JournalRecovery : public ::testing::Test {
 protected:
  void SetUp() override {
    write_sample(path_);
    sound_ = bytes_of(path_);
    ASSERT_GT(sound_.size(), 30U * 4096U);
  }

  /// Puts these bytes in place of the journal's, as at a start after an orderly stop.
  void damage(const std::string& bytes) {
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path()))
      if (entry.path() != path_ + ".lock") std::filesystem::remove(entry.path());
    put_bytes(path_, bytes);
  }
  /// Of the runs found, those that differ from the ones that were written.
  static std::size_t strangers(const std::vector<RunRecord>& found) {
    static const auto kWritten = [] {
      std::map<RunKey, RunRecord> runs;
      for (auto& run : sample_runs()) runs.emplace(run.key, run);
      return runs;
    }();
    return static_cast<std::size_t>(std::ranges::count_if(found, [](const RunRecord& run) {
      const auto it = kWritten.find(run.key);
      return it == kWritten.end() || it->second != run;
    }));
  }

  fakes::TempDirectory directory_;
  std::string path_ = directory_.file("state.db");
  std::string sound_;
};

TEST_F(JournalRecovery, ASoundFileNeedsNone) {
  const Opened opened = open_or_fail(path_);
  EXPECT_THAT(opened.recovered, IsEmpty());
  EXPECT_THAT(all_runs(*opened.journal), SizeIs(200));
}

TEST_F(JournalRecovery, AFileCutAnywhereIsTold) {
  for (std::size_t size = 0; size < sound_.size(); size += 1021) {
    damage(sound_.substr(0, size));
    const Opened opened = open_or_fail(path_);
    const auto found = all_runs(*opened.journal);
    EXPECT_THAT(opened.recovered, HasSubstr("is kept as " + path_ + ".corrupt-")) << "cut at " << size;
    EXPECT_EQ(strangers(found), 0U) << "cut at " << size;
  }
}

TEST_F(JournalRecovery, AFileThatLacksItsEndCostsOnlyWhatWasThere) {
  damage(sound_.substr(0, sound_.size() - std::size_t{3} * 4096));
  const Opened opened = open_or_fail(path_);
  EXPECT_THAT(opened.recovered, HasSubstr("is kept as "));
  EXPECT_GT(all_runs(*opened.journal).size(), 100U);
}

TEST_F(JournalRecovery, ATableThatNobodyCanNameCostsNoOther) {
  const std::size_t at = sound_.find("CREATE TABLE run (");
  ASSERT_NE(at, std::string::npos);
  std::string misspelt = sound_;
  misspelt[at] = 'c' ^ 1;
  damage(misspelt);
  const Opened opened = open_or_fail(path_);
  EXPECT_THAT(opened.recovered, HasSubstr("not all could be read of: run"));
  EXPECT_THAT(opened.journal->load(kProject, Instant{}).value().instances, SizeIs(20));
}

TEST_F(JournalRecovery, AFlippedBitLosesNothingInSilence) {
  for (std::size_t at = 0; at < sound_.size(); at += 509) {
    std::string flipped = sound_;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
    damage(flipped);
    const Opened opened = open_or_fail(path_);
    const auto found = all_runs(*opened.journal);
    // A bit in a value's text is beyond what a file without checksums can tell: at most that one run reads
    // otherwise.
    EXPECT_LE(strangers(found), 1U) << "flipped at " << at;
    if (opened.recovered.empty()) {
      EXPECT_THAT(found, SizeIs(200)) << "flipped at " << at;
    }
    const auto again =
        opened.journal->commit(kProject, batch_of(fakes::due_run("daily", "i", fakes::at(999))));
    EXPECT_TRUE(again) << "flipped at " << at << ": " << again.error().message;
  }
}

TEST_F(JournalRecovery, APageThatIsLostCostsOnlyItsOwnRecords) {
  // Pages of a table's rows begin with 13, those of its index with 10.
  std::size_t pages = 0;
  for (std::size_t at = 4096; at < sound_.size(); at += 4096) {
    if (sound_[at] != 13 || sound_.substr(at, 4096).find("was listed at 100 %") == std::string::npos)
      continue;
    ++pages;
    std::string torn = sound_;
    torn.replace(at, 4096, 4096, '\xff');
    damage(torn);
    const Opened opened = open_or_fail(path_);
    const auto found = all_runs(*opened.journal);
    EXPECT_GE(found.size(), 170U) << "page at " << at;
    EXPECT_LT(found.size(), 200U) << "page at " << at;
    EXPECT_EQ(strangers(found), 0U);
    EXPECT_THAT(opened.recovered, HasSubstr("not all could be read of: run"));
    EXPECT_THAT(opened.journal->load(kProject, Instant{}).value().instances, SizeIs(20));
  }
  EXPECT_GT(pages, 5U);
}

TEST_F(JournalRecovery, AnIndexThatIsWrongCostsNothing) {
  std::size_t pages = 0;
  for (std::size_t at = 4096; at < sound_.size(); at += 4096) {
    if (sound_[at] != 10) continue;
    ++pages;
    std::string torn = sound_;
    torn.replace(at, 4096, 4096, '\0');
    damage(torn);
    const Opened opened = open_or_fail(path_);
    EXPECT_THAT(opened.recovered, HasSubstr("all that it had")) << "page at " << at;
    EXPECT_THAT(all_runs(*opened.journal), SizeIs(200)) << "page at " << at;
  }
  EXPECT_GT(pages, 5U);
}

TEST_F(JournalRecovery, WhatIsSetAsideIsLeftAsItWas) {
  std::string torn = sound_;
  torn.replace(20 * 4096, 4096, 4096, '\xff');
  damage(torn);
  put_bytes(path_ + "-wal", "not a log");
  { const Opened opened = open_or_fail(path_); }
  const auto aside = siblings(path_, ".corrupt-");
  ASSERT_THAT(aside, SizeIs(1));
  EXPECT_EQ(bytes_of(aside[0]), torn);
  EXPECT_EQ(bytes_of(aside[0] + "-wal"), "not a log");
}

TEST_F(JournalRecovery, IsDoneOnce) {
  damage("garbage");
  { EXPECT_THAT(open_or_fail(path_).recovered, HasSubstr("file is not a database")); }
  EXPECT_THAT(open_or_fail(path_).recovered, IsEmpty());
  EXPECT_THAT(siblings(path_, ".corrupt-"), SizeIs(1));
}

TEST_F(JournalRecovery, EachDamagedFileIsKept) {
  for (int i = 1; i <= 3; ++i) {
    damage("garbage");
    std::filesystem::rename(path_, directory_.file("garbage"));
    { const Opened opened = open_or_fail(path_); }  // gone
    std::filesystem::rename(directory_.file("garbage"), path_);
    { const Opened opened = open_or_fail(path_); }
    { const Opened opened = open_or_fail(path_); }
  }
  put_bytes(path_, "one");
  { const Opened opened = open_or_fail(path_); }
  put_bytes(path_, "two");
  { const Opened opened = open_or_fail(path_); }
  EXPECT_GE(siblings(path_, ".corrupt-").size(), 3U);
}

TEST_F(JournalRecovery, AReaderOfADamagedFileIsToldAndChangesNothing) {
  damage("garbage");
  const auto opened = open_sqlite(path_, Access::read_only);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("is damaged"));
  EXPECT_EQ(bytes_of(path_), "garbage");
}

TEST_F(JournalRecovery, AFileThatIsGoneIsTold) {
  std::filesystem::remove(path_);
  const Opened opened = open_or_fail(path_);
  EXPECT_THAT(opened.recovered, HasSubstr(path_ + " is gone"));
  EXPECT_THAT(all_runs(*opened.journal), IsEmpty());
}

TEST_F(JournalRecovery, AnEmptyFileIsToldAndItsLogKept) {
  damage("");
  put_bytes(path_ + "-wal", "what was not yet in the file");
  const Opened opened = open_or_fail(path_);
  EXPECT_THAT(opened.recovered, HasSubstr("it is empty"));
  const auto aside = siblings(path_, ".corrupt-");
  ASSERT_THAT(aside, SizeIs(1));
  EXPECT_EQ(bytes_of(aside[0] + "-wal"), "what was not yet in the file");
}

TEST_F(JournalRecovery, AnotherApplicationsMarkOnOurFileIsDamage) {
  std::string marked = sound_;
  marked[68] = 'X';
  damage(marked);
  const Opened opened = open_or_fail(path_);
  EXPECT_THAT(opened.recovered, HasSubstr("is kept as"));
}

TEST_F(JournalRecovery, DamageMetAtWorkIsNotedForTheNextStart) {
  {
    const Opened opened = open_or_fail(path_);
    std::string torn = sound_;
    std::fill(torn.begin() + 4096, torn.end(), '\xff');
    put_bytes(path_, torn);
    const auto found = opened.journal->load(kProject, Instant{});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::internal);
    EXPECT_THAT(found.error().message, HasSubstr("a restart sets it aside"));
    EXPECT_THAT(bytes_of(path_ + ".lock"), HasSubstr(" damaged\n"));
  }
  EXPECT_THAT(bytes_of(path_ + ".lock"), HasSubstr(" damaged\n"));
  EXPECT_THAT(open_or_fail(path_).recovered, HasSubstr("is kept as"));
}

}  // namespace
}  // namespace dbssd::journal
