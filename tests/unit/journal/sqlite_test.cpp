#include "journal/sqlite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fakes/journal_samples.h"
#include "fakes/temp_directory.h"

namespace dbssd::journal::sqlite {
namespace {

using ::testing::HasSubstr;

constexpr int kCreate = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

TEST(Connection, ToAFileThatCannotBeOpenedSaysWhichAndWhy) {
  const auto connection = Connection::open("/no/such/directory/state.db", kCreate);
  ASSERT_FALSE(connection);
  EXPECT_THAT(connection.error().message, HasSubstr("/no/such/directory/state.db"));
  EXPECT_THAT(connection.error().message, HasSubstr("No such file or directory"));
}

TEST(Connection, ToAFileThatIsLockedSaysSo) {
  const fakes::TempDirectory directory;
  auto ours = Connection::open(directory.file("t.db"), kCreate).value();
  auto theirs = Connection::open(directory.file("t.db"), kCreate).value();
  sqlite3_busy_timeout(ours.handle(), 0);
  ASSERT_TRUE(theirs.execute("BEGIN IMMEDIATE"));
  const auto begun = ours.execute("BEGIN IMMEDIATE");
  ASSERT_FALSE(begun);
  EXPECT_THAT(begun.error().message, HasSubstr(directory.file("t.db") + ": is locked by another program"));
}

TEST(Connection, HoldsForeignKeys) {
  auto connection = Connection::open(":memory:", kCreate).value();
  EXPECT_EQ(connection.integer("PRAGMA foreign_keys").value(), 1);
}

TEST(Statement, TakesAnyTextAndGivesItBack) {
  auto connection = Connection::open(":memory:", kCreate).value();
  auto statement = connection.prepare("SELECT ?1, ?2, ?3, ?4").value();
  const std::string weird = fakes::weird_text();
  statement.bind(1, std::string_view(weird));
  statement.bind(2, std::string_view());
  statement.bind_null(3);
  statement.bind(4, std::int64_t{-5});
  ASSERT_TRUE(statement.step().value());
  EXPECT_EQ(statement.text(0), weird);
  EXPECT_EQ(statement.text(1), "");
  EXPECT_FALSE(statement.is_null(1));
  EXPECT_TRUE(statement.is_null(2));
  EXPECT_EQ(statement.integer(3), -5);
  EXPECT_FALSE(statement.step().value());
}

TEST(Statement, ThatCannotBeBoundFailsItsNextStepAndNoOther) {
  auto connection = Connection::open(":memory:", kCreate).value();
  auto statement = connection.prepare("SELECT ?1").value();
  statement.bind(2, std::int64_t{1});
  EXPECT_FALSE(statement.step());
  statement.bind(1, std::int64_t{1});
  EXPECT_TRUE(statement.step().value());
}

TEST(Statement, ThatAConstraintRefusesIsRejectedAndCanBeUsedAgain) {
  auto connection = Connection::open(":memory:", kCreate).value();
  ASSERT_TRUE(connection.execute("CREATE TABLE t (x INTEGER PRIMARY KEY) STRICT"));
  auto statement = connection.prepare("INSERT INTO t VALUES (?1)").value();
  const auto insert = [&](std::int64_t x) {
    statement.bind(1, x);
    return statement.run();
  };
  EXPECT_TRUE(insert(1));
  const auto twice = insert(1);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().kind, ErrorKind::rejected);
  EXPECT_TRUE(insert(2));
}

}  // namespace
}  // namespace dbssd::journal::sqlite
