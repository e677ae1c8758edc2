// A disk that is full, or fails, at every single step of a commit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "fakes/journal_samples.h"
#include "fakes/old_journal.h"
#include "fakes/temp_directory.h"
#include "fault/journal/faulty_disk.h"
#include "journal/sqlite_journal.h"

namespace dbssd::journal {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const ProjectName kProject("prod");

struct Failure {
  const char* name;
  int code;
  const char* said;
};

class DiskFailure : public ::testing::TestWithParam<Failure> {
 protected:
  static Batch batch(long first) {
    Batch batch;
    for (long i = first; i < first + 50; ++i)
      batch.runs.push_back(fakes::due_run("daily", "i-1", fakes::at(i)));
    return batch;
  }
  static std::size_t runs(Journal& journal) {
    const auto found = journal.runs(kProject, {.limit = 1000000});
    EXPECT_TRUE(found);
    return found ? found->size() : 0;
  }
};

INSTANTIATE_TEST_SUITE_P(Each, DiskFailure,
                         ::testing::Values(Failure{"Full", SQLITE_FULL, "no space left"},
                                           Failure{"Write", SQLITE_IOERR_WRITE, "disk I/O error"},
                                           Failure{"Sync", SQLITE_IOERR_FSYNC, "disk I/O error"}),
                         [](const auto& test) { return test.param.name; });

TEST_P(DiskFailure, AtAnyStepOfACommitLosesNothingAndIsOverWhenTheDiskIs) {
  int failures = 0;
  for (int steps = 0;; ++steps) {
    fakes::TempDirectory directory;
    fakes::FaultyDisk disk;
    const std::string path = directory.file("state.db");
    auto journal = std::move(open_sqlite(path, Access::read_write).value().journal);
    ASSERT_TRUE(journal->commit(kProject, batch(0)));

    disk.fail_after(steps, GetParam().code);
    const auto done = journal->commit(kProject, batch(100));
    if (done) {
      ASSERT_FALSE(disk.failed()) << "a commit that met a failure was acknowledged, step " << steps;
      break;
    }
    ++failures;
    EXPECT_EQ(done.error().kind, ErrorKind::internal);
    EXPECT_THAT(done.error().message, HasSubstr(GetParam().said)) << "step " << steps;
    EXPECT_EQ(runs(*journal), 50U) << "nothing of it, and all that was there; step " << steps;

    disk.repair();
    const auto later = journal->commit(kProject, batch(200));
    ASSERT_TRUE(later) << later.error().message << ", step " << steps;
    journal.reset();
    const auto again = open_sqlite(path, Access::read_write);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_THAT(again->recovered, IsEmpty()) << "step " << steps;
    EXPECT_EQ(runs(*again->journal), 100U) << "step " << steps;
  }
  EXPECT_GT(failures, 3);
}

TEST_P(DiskFailure, AtAnyStepOfOpeningIsAnErrorAndNotALoss) {
  fakes::TempDirectory directory;
  const std::string path = directory.file("state.db");
  {
    auto journal = std::move(open_sqlite(path, Access::read_write).value().journal);
    ASSERT_TRUE(journal->commit(kProject, batch(0)));
  }
  for (int steps = 0; steps < 40; ++steps) {
    fakes::FaultyDisk disk;
    disk.fail_after(steps, GetParam().code);
    { static_cast<void>(open_sqlite(path, Access::read_write).has_value()); }  // may fail, must not harm
    disk.repair();
    const auto again = open_sqlite(path, Access::read_write);
    ASSERT_TRUE(again) << again.error().message << ", step " << steps;
    EXPECT_THAT(again->recovered, IsEmpty()) << "step " << steps;
    EXPECT_EQ(runs(*again->journal), 50U) << "step " << steps;
  }
}

TEST_P(DiskFailure, AtAnyStepOfAMigrationLeavesTheOldFileAsItWas) {
  int failures = 0;
  for (int steps = 0;; ++steps) {
    fakes::TempDirectory directory;
    fakes::FaultyDisk disk;
    const std::string path = directory.file("state.db");
    fakes::write_journal_of_schema(1, path);
    const std::vector<std::string> before = fakes::rows_of_schema(1, path);
    ASSERT_THAT(before, SizeIs(12));

    disk.fail_after(steps, GetParam().code);
    const bool opened = open_sqlite(path, Access::read_write).has_value();
    const bool failed = disk.failed();
    disk.repair();
    if (!failed) {
      ASSERT_TRUE(opened);
      break;
    }
    failures += opened ? 0 : 1;
    EXPECT_EQ(fakes::rows_of_schema(1, path), before) << "step " << steps;
    auto shell = sqlite::Connection::open(path, SQLITE_OPEN_READWRITE).value();
    const auto version = shell.integer("PRAGMA user_version").value();
    const auto added =
        shell.integer("SELECT count(*) FROM pragma_table_info('run') WHERE name = 'archived_sha256'").value();
    EXPECT_EQ(added, version == 1 ? 0 : 1) << "step " << steps;
    const auto tables =
        shell.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'project_state'").value();
    EXPECT_EQ(tables, added) << "step " << steps;
    shell = sqlite::Connection();

    const auto again = open_sqlite(path, Access::read_write);
    ASSERT_TRUE(again) << again.error().message << ", step " << steps;
    EXPECT_THAT(again->recovered, IsEmpty()) << "step " << steps;
    EXPECT_EQ(runs(*again->journal), 4U) << "step " << steps;
    EXPECT_EQ(fakes::rows_of_schema(1, path), before) << "step " << steps;
  }
  EXPECT_GT(failures, 3);
}

TEST_P(DiskFailure, WhileADamagedFileIsRebuiltLeavesItForTheNextAttempt) {
  bool rebuilt_at_once = false;
  for (int steps = 0; !rebuilt_at_once; ++steps) {
    fakes::TempDirectory directory;
    const std::string path = directory.file("state.db");
    {
      auto journal = std::move(open_sqlite(path, Access::read_write).value().journal);
      ASSERT_TRUE(journal->commit(kProject, batch(0)));
    }
    // An index page that is lost: all rows can still be read.
    auto* damaged = std::fopen(path.c_str(), "r+");
    bool torn = false;
    for (long at = 4096; !torn && std::fseek(damaged, at, SEEK_SET) == 0; at += 4096) {
      const int type = std::fgetc(damaged);
      if (type == EOF) break;
      if (type != 10) continue;
      std::fseek(damaged, at, SEEK_SET);
      torn = std::fputc(0, damaged) == 0;
    }
    std::fclose(damaged);
    ASSERT_TRUE(torn);

    fakes::FaultyDisk disk;
    disk.fail_after(steps, GetParam().code);
    { rebuilt_at_once = open_sqlite(path, Access::read_write).has_value() && !disk.failed(); }
    disk.repair();
    const auto again = open_sqlite(path, Access::read_write);
    ASSERT_TRUE(again) << again.error().message << ", step " << steps;
    EXPECT_EQ(runs(*again->journal), 50U) << "step " << steps;
  }
}

}  // namespace
}  // namespace dbssd::journal
