// A journal that an older dbssd has written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/journal_samples.h"
#include "fakes/old_journal.h"
#include "fakes/temp_directory.h"
#include "journal/schema.h"
#include "unit/journal/damaged_file.h"

namespace dbssd::journal {
namespace {

using fakes::at;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Migration : public ::testing::TestWithParam<int> {
 protected:
  Migration() { fakes::write_journal_of_schema(GetParam(), path_); }

  [[nodiscard]] std::vector<std::string> rows() const { return fakes::rows_of_schema(GetParam(), path_); }
  /// In the file, and of them runs.
  [[nodiscard]] static std::size_t row_count() { return 11U + static_cast<std::size_t>(GetParam()); }
  [[nodiscard]] static std::size_t run_count() { return GetParam() == 1 ? 4 : 5; }

  [[nodiscard]] sqlite::Connection shell() const {
    return sqlite::Connection::open(path_, SQLITE_OPEN_READWRITE).value();
  }
  [[nodiscard]] std::int64_t version() const { return shell().integer("PRAGMA user_version").value(); }

  fakes::TempDirectory directory_;
  std::string path_ = directory_.file("state.db");
};

/// The newest of the archived runs in the file, field by field.
RunRecord archived_run(int schema) {
  RunRecord run;
  run.key = {ReportName("daily"), InstanceId("i-1"), at(0)};
  run.window = {at(-115200), at(-28800)};
  run.state = RunState::settled;
  run.outcome = Outcome::finished;
  run.reason = "listed at 100 %";
  run.opened_at = at(1);
  run.not_before = at(100);
  run.expires_at = at(21600);
  run.finish_within = Seconds(7200);
  run.submitted_at = at(100);
  run.accepted_at = at(101);
  run.settled_at = at(300);
  run.template_id = TemplateId("t-1");
  run.template_type = "SOX";
  run.template_name = "Sarbanes-Oxley";
  run.databases = {"db-1", "db-2"};
  run.report_id = ReportId("r-1");
  run.percentum = 100;
  run.attempts = 1;
  run.archived = "/srv/reports/prod/daily/20250309T070000Z_i-1.pdf";
  if (schema == 1) return run;
  run.archived_bytes = (std::int64_t{5} << 32) + 1;
  run.archived_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  return run;
}

INSTANTIATE_TEST_SUITE_P(OfSchema, Migration, ::testing::Values(1, 2, 3));

TEST_P(Migration, LosesNoRowAndNoValue) {
  const std::vector<std::string> before = rows();
  ASSERT_THAT(before, SizeIs(row_count()));
  ASSERT_EQ(version(), GetParam());
  { EXPECT_THAT(open_or_fail(path_).recovered, IsEmpty()); }
  EXPECT_EQ(rows(), before);
  EXPECT_EQ(version(), sqlite::schema_version());
}

// packaging/debian/dbssd.preinst, which would go back, sees no more of it.
TEST_P(Migration, IsInTheFilesHeaderWhileItIsOpen) {
  const auto journal = open_or_fail(path_).journal;
  const std::string header = bytes_of(path_).substr(0, 72);
  const auto number = [&header](std::size_t offset) {
    std::int64_t sum = 0;
    for (const char byte : header.substr(offset, 4)) sum = sum * 256 + static_cast<unsigned char>(byte);
    return sum;
  };
  EXPECT_EQ(number(60), sqlite::schema_version());
  EXPECT_EQ(number(68), sqlite::kApplicationId);
}

TEST_P(Migration, ReadsBackWhatWasWritten) {
  const auto journal = open_or_fail(path_).journal;
  EXPECT_THAT(journal->runs(kProject, {.from = at(0), .to = at(1), .instance = InstanceId("i-1")}).value(),
              ElementsAre(archived_run(GetParam())));
  EXPECT_THAT(journal->runs(kProject, {}).value(), SizeIs(run_count()));
  const Remembered memory = journal->load(kProject, Instant{}).value();
  EXPECT_THAT(memory.instances, SizeIs(2));
  EXPECT_THAT(memory.starts, SizeIs(2));
  EXPECT_THAT(memory.schedules, SizeIs(1));
  EXPECT_THAT(memory.jobs, SizeIs(1));
  EXPECT_THAT(memory.summaries, SizeIs(1));
  ASSERT_THAT(memory.open_runs, SizeIs(2));
  EXPECT_EQ(memory.open_runs[0].report_id, ReportId("r-2"));
  EXPECT_TRUE(memory.open_runs[0].archive_pending);
  EXPECT_EQ(memory.open_runs[1].state, RunState::unknown);
  EXPECT_THAT(journal->load(ProjectName("lab"), Instant{}).value().joined, SizeIs(1));
}

TEST_P(Migration, LeavesAFileThatCanBeWritten) {
  const auto journal = open_or_fail(path_).journal;
  RunRecord run = archived_run(GetParam());
  run.archived_bytes = std::int64_t{5} << 32;
  run.archived_sha256 = "9f86";
  run.archive_removed_at = at(7);
  Batch batch = batch_of(run);
  batch.project = fakes::project();
  const auto done = journal->commit(kProject, batch);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(journal->runs(kProject, {.from = at(0), .to = at(1), .instance = InstanceId("i-1")}).value(),
              ElementsAre(run));
  EXPECT_EQ(journal->load(kProject, Instant{}).value().project, fakes::project());
}

TEST_P(Migration, KnowsOfAProjectWhatTheFileSays) {
  const auto known = open_or_fail(path_).journal->load(kProject, Instant{}).value().project;
  EXPECT_EQ(known.has_value(), GetParam() >= 3);
}

TEST_P(Migration, FindsTheFilesThatWereArchivedBefore) {
  const auto journal = open_or_fail(path_).journal;
  EXPECT_THAT(journal->archived_runs(kProject, ReportName("daily"), at(1), "/srv/reports/", 9).value(),
              ElementsAre(archived_run(GetParam())));
}

TEST_P(Migration, ThatFailsLeavesTheFileAsItWas) {
  // In the way of the last statements of a step.
  struct InTheWay {
    std::string put, take_away, name;
  };
  const InTheWay in_the_way =
      GetParam() == 1
          ? InTheWay{"CREATE INDEX run_archived ON run (project)", "DROP INDEX run_archived", "run_archived"}
      : GetParam() == 2
          ? InTheWay{"CREATE TABLE project_state (x)", "DROP TABLE project_state", "project_state"}
          : InTheWay{"ALTER TABLE summary ADD COLUMN task_switch TEXT",
                     "ALTER TABLE summary DROP COLUMN task_switch", "task_switch"};
  ASSERT_TRUE(shell().execute(in_the_way.put));
  const std::vector<std::string> before = rows();
  const auto opened = open_sqlite(path_, Access::read_write);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr(in_the_way.name));
  EXPECT_EQ(version(), GetParam());
  EXPECT_EQ(rows(), before);
  EXPECT_EQ(
      shell().integer("SELECT count(*) FROM pragma_table_info('run') WHERE name LIKE 'archive%'").value(),
      GetParam() == 1 ? 2 : 5);
  ASSERT_TRUE(shell().execute(in_the_way.take_away));
  EXPECT_THAT(open_or_fail(path_).recovered, IsEmpty());
  EXPECT_EQ(rows(), before);
}

TEST_P(Migration, IsNotDoneByWhoOnlyReads) {
  const auto reader = open_sqlite(path_, Access::read_only);
  ASSERT_FALSE(reader);
  EXPECT_THAT(reader.error().message, HasSubstr("older dbssd (schema " + std::to_string(GetParam()) + ")"));
  EXPECT_EQ(version(), GetParam());
}

TEST_P(Migration, OfADamagedFileCarriesOverWhatCanBeRead) {
  const std::vector<std::string> before = rows();
  std::string bytes = bytes_of(path_);
  std::size_t indexes = 0;
  for (std::size_t page = 4096; page < bytes.size(); page += 4096) {
    if (bytes[page] != 10) continue;
    bytes.replace(page, 4096, 4096, '\0');
    ++indexes;
  }
  ASSERT_GT(indexes, 3U);
  put_bytes(path_, bytes);
  {
    EXPECT_THAT(open_or_fail(path_).recovered,
                HasSubstr(std::to_string(row_count()) + " records were carried over, all that it had"));
  }
  EXPECT_EQ(rows(), before);
  EXPECT_EQ(version(), sqlite::schema_version());
}

}  // namespace
}  // namespace dbssd::journal
