// A journal that an older dbssd has written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/journal_samples.h"
#include "fakes/schema_1_journal.h"
#include "fakes/temp_directory.h"
#include "journal/schema.h"
#include "unit/journal/damaged_file.h"

namespace dbssd::journal {
namespace {

using fakes::at;
using fakes::rows_of_schema_1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t kRows = 12;

class Migration : public ::testing::Test {
 protected:
  Migration() { fakes::write_schema_1_journal(path_); }

  [[nodiscard]] sqlite::Connection shell() const {
    return sqlite::Connection::open(path_, SQLITE_OPEN_READWRITE).value();
  }
  [[nodiscard]] std::int64_t version() const { return shell().integer("PRAGMA user_version").value(); }

  fakes::TempDirectory directory_;
  std::string path_ = directory_.file("state.db");
};

/// The newest of the archived runs in the file, field by field.
RunRecord archived_run() {
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
  return run;
}

TEST_F(Migration, LosesNoRowAndNoValue) {
  const std::vector<std::string> before = rows_of_schema_1(path_);
  ASSERT_THAT(before, SizeIs(kRows));
  ASSERT_EQ(version(), 1);
  { EXPECT_THAT(open_or_fail(path_).recovered, IsEmpty()); }
  EXPECT_EQ(rows_of_schema_1(path_), before);
  EXPECT_EQ(version(), sqlite::schema_version());
}

TEST_F(Migration, ReadsBackWhatWasWritten) {
  const auto journal = open_or_fail(path_).journal;
  EXPECT_THAT(journal->runs(kProject, {.from = at(0), .to = at(1), .instance = InstanceId("i-1")}).value(),
              ElementsAre(archived_run()));
  EXPECT_THAT(journal->runs(kProject, {}).value(), SizeIs(4));
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
  EXPECT_THAT(journal->load(ProjectName("lab"), Instant{}).value().open_runs, SizeIs(1));
}

TEST_F(Migration, LeavesAFileThatCanBeWritten) {
  const auto journal = open_or_fail(path_).journal;
  RunRecord run = archived_run();
  run.archived_bytes = std::int64_t{5} << 32;
  run.archived_sha256 = "9f86";
  run.archive_removed_at = at(7);
  const auto done = journal->commit(kProject, batch_of(run));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(journal->runs(kProject, {.from = at(0), .to = at(1), .instance = InstanceId("i-1")}).value(),
              ElementsAre(run));
}

TEST_F(Migration, FindsTheFilesThatWereArchivedBefore) {
  const auto journal = open_or_fail(path_).journal;
  EXPECT_THAT(journal->archived_runs(kProject, ReportName("daily"), at(1), "/srv/reports/", 9).value(),
              ElementsAre(archived_run()));
}

TEST_F(Migration, ThatFailsLeavesTheFileAsItWas) {
  // In the way of the last statements of the step.
  ASSERT_TRUE(shell().execute("CREATE INDEX run_archived ON run (project)"));
  const std::vector<std::string> before = rows_of_schema_1(path_);
  const auto opened = open_sqlite(path_, Access::read_write);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("run_archived"));
  EXPECT_EQ(version(), 1);
  EXPECT_EQ(rows_of_schema_1(path_), before);
  EXPECT_EQ(
      shell().integer("SELECT count(*) FROM pragma_table_info('run') WHERE name LIKE 'archive%'").value(), 2);
  ASSERT_TRUE(shell().execute("DROP INDEX run_archived"));
  EXPECT_THAT(open_or_fail(path_).recovered, IsEmpty());
  EXPECT_EQ(rows_of_schema_1(path_), before);
}

TEST_F(Migration, IsNotDoneByWhoOnlyReads) {
  const auto reader = open_sqlite(path_, Access::read_only);
  ASSERT_FALSE(reader);
  EXPECT_THAT(reader.error().message, HasSubstr("older dbssd (schema 1)"));
  EXPECT_EQ(version(), 1);
}

TEST_F(Migration, OfADamagedFileCarriesOverWhatCanBeRead) {
  const std::vector<std::string> before = rows_of_schema_1(path_);
  std::string bytes = bytes_of(path_);
  std::size_t indexes = 0;
  for (std::size_t page = 4096; page < bytes.size(); page += 4096) {
    if (bytes[page] != 10) continue;
    bytes.replace(page, 4096, 4096, '\0');
    ++indexes;
  }
  ASSERT_GT(indexes, 3U);
  put_bytes(path_, bytes);
  { EXPECT_THAT(open_or_fail(path_).recovered, HasSubstr("12 records were carried over, all that it had")); }
  EXPECT_EQ(rows_of_schema_1(path_), before);
  EXPECT_EQ(version(), sqlite::schema_version());
}

}  // namespace
}  // namespace dbssd::journal
