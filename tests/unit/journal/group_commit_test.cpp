#include "journal/group_commit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "fakes/temp_directory.h"

namespace dbssd::journal::sqlite {
namespace {

constexpr int kLanes = 6;

class GroupCommitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(connection_.execute("CREATE TABLE t (x INTEGER PRIMARY KEY) STRICT"));
    sqlite3_commit_hook(
        connection_.handle(),
        [](void* count) {
          ++*static_cast<int*>(count);
          return 0;
        },
        &transactions_);
  }

  Expected<void> insert(int x) {
    return connection_.execute("INSERT INTO t VALUES (" + std::to_string(x) + ")");
  }
  std::int64_t rows() { return connection_.integer("SELECT count(*) FROM t").value(); }

  /// Runs `first` in a transaction of its own, and the work of kLanes lanes together in the next one.
  std::vector<Expected<void>> run_together(const std::function<Expected<void>(int lane)>& work) {
    std::vector<Expected<void>> results(kLanes);
    std::atomic<bool> leading = false;
    std::jthread first([&] {
      const auto done = group_->run([&]() -> Expected<void> {
        leading = true;
        while (group_->waiting() < kLanes) std::this_thread::yield();
        return insert(1000);
      });
      EXPECT_TRUE(done);
    });
    while (!leading) std::this_thread::yield();
    std::vector<std::jthread> lanes;
    for (int lane = 0; lane < kLanes; ++lane) {
      lanes.emplace_back([&, lane] {
        results[static_cast<std::size_t>(lane)] = group_->run([&, lane] { return work(lane); });
      });
    }
    lanes.clear();
    return results;
  }

  fakes::TempDirectory directory_;
  Connection connection_ =
      Connection::open(directory_.file("t.db"), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE).value();
  std::unique_ptr<GroupCommit> group_ = GroupCommit::on(connection_).value();
  int transactions_ = 0;
};

TEST_F(GroupCommitTest, OneTransactionServesAllThatWait) {
  for (const auto& result : run_together([&](int lane) { return insert(lane); })) EXPECT_TRUE(result);
  EXPECT_EQ(rows(), kLanes + 1);
  EXPECT_EQ(transactions_, 2);
}

TEST_F(GroupCommitTest, ARefusalUndoesItsOwnWorkAndNoOther) {
  const auto results = run_together([&](int lane) -> Expected<void> {
    auto done = insert(lane);
    if (done && lane % 2 == 1) return fail(ErrorKind::rejected, "lane " + std::to_string(lane));
    return done;
  });
  for (int lane = 0; lane < kLanes; ++lane) {
    const auto& result = results[static_cast<std::size_t>(lane)];
    EXPECT_EQ(result.has_value(), lane % 2 == 0);
    EXPECT_EQ(result ? "" : result.error().message, lane % 2 == 0 ? "" : "lane " + std::to_string(lane));
  }
  EXPECT_EQ(rows(), 1 + kLanes / 2);
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM t WHERE x % 2 = 1").value(), 0);
}

TEST_F(GroupCommitTest, AFailureOfTheFileFailsAllThatShareTheTransaction) {
  const auto results = run_together([&](int lane) -> Expected<void> {
    auto done = insert(lane);
    if (done && lane == 3) return fail(ErrorKind::internal, "no space");
    return done;
  });
  for (const auto& result : results) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "no space");
  }
  EXPECT_EQ(rows(), 1);
  EXPECT_TRUE(group_->run([&] { return insert(7); })) << "the next transaction is not harmed";
}

TEST_F(GroupCommitTest, AnExceptionOfOneLaneAnswersTheOthers) {
  const auto results = run_together([&](int lane) -> Expected<void> {
    if (lane == 2) throw std::runtime_error("out of memory");
    return insert(lane);
  });
  for (const auto& result : results) EXPECT_EQ(result.error().message, "out of memory");
  EXPECT_EQ(rows(), 1);
  EXPECT_TRUE(group_->run([&] { return insert(7); }));
}

TEST_F(GroupCommitTest, ACommitThatFailsIsTheFailureOfAll) {
  sqlite3_commit_hook(
      connection_.handle(), [](void*) { return 1; }, nullptr);
  EXPECT_FALSE(group_->run([&] { return insert(1); }));
  sqlite3_commit_hook(connection_.handle(), nullptr, nullptr);
  EXPECT_EQ(rows(), 0);
  EXPECT_TRUE(group_->run([&] { return insert(1); }));
}

}  // namespace
}  // namespace dbssd::journal::sqlite
