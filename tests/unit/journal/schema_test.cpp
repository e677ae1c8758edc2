#include "journal/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "journal/columns.h"
#include "journal/queries.h"
#include "journal/rows.h"

namespace dbssd::journal::sqlite {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Schema : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto made = migrate(connection_);
    ASSERT_TRUE(made) << made.error().message;
  }
  void execute(const std::string& sql) {
    const auto done = connection_.execute(sql);
    ASSERT_TRUE(done) << done.error().message;
  }
  std::string refusal(const std::string& sql) {
    const auto done = connection_.execute(sql);
    EXPECT_FALSE(done) << sql;
    return done ? "" : done.error().message;
  }
  void insert_run(const std::string& state, const std::string& outcome, const std::string& settled_at) {
    execute("INSERT INTO run VALUES ('prod', 1, 'daily', 'i-1', 0, 1, '" + state + "', " + outcome +
            ", NULL, '', 1, 1, 2, 3, NULL, NULL, " + settled_at +
            ", '', '', '', '', '', -1, 0, 0, 0, '', 0, NULL, '', NULL, '', '', '')");
  }
  /// How SQLite means to answer: "SEARCH run USING INDEX run_open (project=?)".
  std::string plan_of(std::string_view sql) {
    auto statement = connection_.prepare("EXPLAIN QUERY PLAN " + std::string(sql)).value();
    std::string plan;
    while (statement.step().value()) plan += std::string(statement.text(3)) + '\n';
    return plan;
  }
  std::vector<std::string> texts(const std::string& sql) {
    auto statement = connection_.prepare(sql).value();
    std::vector<std::string> found;
    while (statement.step().value()) found.emplace_back(statement.text(0));
    return found;
  }

  Connection connection_ = Connection::open(":memory:", SQLITE_OPEN_READWRITE).value();
};

TEST_F(Schema, SaysWhoseItIsAndWhichVersion) {
  EXPECT_EQ(connection_.integer("PRAGMA application_id").value(), kApplicationId);
  EXPECT_EQ(connection_.integer("PRAGMA user_version").value(), schema_version());
  EXPECT_EQ(version_of(connection_).value(), schema_version());
}

TEST_F(Schema, IsMadeOnce) {
  insert_run("due", "NULL", "NULL");
  ASSERT_TRUE(migrate(connection_));
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM run").value(), 1);
}

TEST_F(Schema, OfANewerProgramIsRefused) {
  execute("PRAGMA user_version = 99");
  const auto version = version_of(connection_);
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, ErrorKind::internal);
  EXPECT_THAT(version.error().message, HasSubstr("schema 99"));
  EXPECT_THAT(version.error().message, HasSubstr("newer dbssd"));
}

TEST_F(Schema, OfAnotherProgramIsRefused) {
  execute("PRAGMA application_id = 7");
  const auto version = version_of(connection_);
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, ErrorKind::rejected);
}

TEST(SchemaMigration, ThatFailsChangesNothing) {
  auto connection = Connection::open(":memory:", SQLITE_OPEN_READWRITE).value();
  // The table in the way belongs to the last third of the step.
  ASSERT_TRUE(
      connection.execute("CREATE TABLE job (x); PRAGMA application_id = " + std::to_string(kApplicationId)));
  EXPECT_FALSE(migrate(connection));
  EXPECT_FALSE(connection.in_transaction());
  EXPECT_EQ(connection.integer("SELECT count(*) FROM sqlite_schema").value(), 1);
  EXPECT_EQ(connection.integer("PRAGMA user_version").value(), 0);
}

TEST_F(Schema, KeepsAnOutcomeThatIsRecorded) {
  insert_run("settled", "'missed'", "5");
  EXPECT_THAT(refusal("UPDATE run SET outcome = 'finished'"), HasSubstr("an outcome is recorded once"));
  EXPECT_THAT(refusal("UPDATE run SET outcome = NULL, state = 'due', settled_at = NULL"),
              HasSubstr("an outcome is recorded once"));
  execute("UPDATE run SET outcome = 'missed', archived = 'file'");
}

TEST_F(Schema, KeepsARunThatHasNoOutcome) {
  insert_run("due", "NULL", "NULL");
  EXPECT_THAT(refusal("DELETE FROM run"), HasSubstr("not removed"));
  execute("UPDATE run SET state = 'settled', outcome = 'skipped', settled_at = 5; DELETE FROM run");
}

TEST_F(Schema, RefusesSpellingsThatNobodyReads) {
  for (const char* sql :
       {"UPDATE run SET state = 'gone'", "UPDATE run SET state = 'settled', outcome = 'fine'",
        "UPDATE run SET overdue = 2"}) {
    insert_run("due", "NULL", "NULL");
    EXPECT_THAT(refusal(sql), HasSubstr("CHECK")) << sql;
    execute("UPDATE run SET state = 'settled', outcome = 'skipped', settled_at = 5; DELETE FROM run");
  }
}

TEST_F(Schema, IsStrictAboutTypes) {
  insert_run("due", "NULL", "NULL");
  EXPECT_THAT(refusal("UPDATE run SET attempts = 'many'"),
              HasSubstr("cannot store TEXT value in INTEGER column"));
}

TEST_F(Schema, DoubleQuotesNeverMakeAString) {
  EXPECT_THAT(refusal("SELECT \"no such column\""), HasSubstr("no such column"));
  EXPECT_THAT(refusal("CREATE INDEX i ON run (\"no such column\")"), HasSubstr("no such column"));
}

TEST_F(Schema, AnswersEachQuestionOfALaneByAnIndex) {
  EXPECT_THAT(plan_of(select_sql<InstanceRecord>(kInstances)), HasSubstr("SEARCH instance USING INDEX"));
  EXPECT_THAT(plan_of(select_sql<ScheduleRecord>(kSchedules)), HasSubstr("SEARCH schedule USING INDEX"));
  EXPECT_THAT(plan_of(select_sql<JobRecord>(kJobs)), HasSubstr("SEARCH job USING INDEX"));
  EXPECT_THAT(plan_of(select_sql<SummaryRecord>(kSummaries)), HasSubstr("SEARCH summary USING INDEX"));
  EXPECT_THAT(plan_of(select_sql<StartRecord>(kOlderOpenStarts)),
              HasSubstr("USING INDEX start_open (project=?)"));
  EXPECT_THAT(plan_of(select_sql<StartRecord>(kStartsSince)), HasSubstr("(project=? AND requested_at>?)"));
  EXPECT_THAT(plan_of(select_sql<RunRecord>(kOpenRuns)),
              HasSubstr("SEARCH run USING INDEX run_open (project=?)"));
  EXPECT_THAT(plan_of(select_sql<RunRecord>(kArchived)),
              HasSubstr("SEARCH run USING INDEX run_archived (project=? AND report=? AND scheduled<?)"));
  EXPECT_THAT(plan_of(select_sql<RunRecord>(kArchived)), Not(HasSubstr("TEMP B-TREE")));
  EXPECT_THAT(plan_of(kClaimed), HasSubstr("SEARCH run USING COVERING INDEX run_claim "
                                           "(project=? AND instance=? AND report_id=?)"));
  EXPECT_THAT(plan_of(kJoined), HasSubstr("SEARCH run USING COVERING INDEX run_merged (project=?)"));
  EXPECT_THAT(plan_of(kJoined), Not(HasSubstr("TEMP B-TREE")));
  EXPECT_THAT(plan_of(kProjects), HasSubstr("SCAN run USING INDEX run_open"));
  EXPECT_THAT(plan_of(kServe), HasSubstr("SEARCH run USING COVERING INDEX run_merged "
                                         "(project=? AND report=? AND instance=? AND served_by=?)"));
}

// Within one instant the key has another order, so that the runs of an instant are sorted, and only those.
TEST_F(Schema, AnswersHistoryInOrderWithoutSortingItAll) {
  const std::string plan = plan_of(select_sql<RunRecord>(kHistory));
  EXPECT_THAT(plan, HasSubstr("(project=? AND scheduled>? AND scheduled<?)"));
  EXPECT_THAT(plan, Not(HasSubstr("TEMP B-TREE FOR ORDER BY")));
}

TEST_F(Schema, FindsWhatToPruneByAnIndex) {
  EXPECT_THAT(plan_of(kPrune[0]), HasSubstr("SEARCH run USING INDEX run_settled (settled_at<?)"));
}

TEST_F(Schema, IsDescribedForPeople) {
  std::ifstream file(DBSSD_SOURCE_DIR "/docs/journal.md");
  const std::string document{std::istreambuf_iterator<char>(file), {}};
  for (const std::string& table :
       texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")) {
    const std::size_t begin = document.find("**`" + table + "`**: ");
    ASSERT_NE(begin, std::string::npos) << table;
    const std::string section = document.substr(begin, document.find("\n**`", begin) - begin);
    for (const std::string& column : texts("SELECT name FROM pragma_table_info('" + table + "')"))
      EXPECT_TRUE(column == "project" || section.find('`' + column + '`') != std::string::npos)
          << table << '.' << column;
  }
  EXPECT_THAT(document, HasSubstr("\n| " + std::to_string(schema_version()) + " | "));
}

}  // namespace
}  // namespace dbssd::journal::sqlite
