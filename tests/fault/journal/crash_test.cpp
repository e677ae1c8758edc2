// A process that is killed while its lanes commit. Every commit that it acknowledged is there afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "fakes/journal_samples.h"
#include "fakes/temp_directory.h"
#include "journal/sqlite_journal.h"

namespace dbssd::journal {
namespace {

constexpr int kLanes = 4;
constexpr int kRecords = 3;

/// What a lane tells the test once a commit has returned. Small enough for a pipe to take it whole.
struct Acknowledged {
  std::int32_t lane;
  std::int32_t number;
};

ProjectName project_of(int lane) { return ProjectName("lane-" + std::to_string(lane)); }

Batch batch_of(int number) {
  Batch batch;
  for (int i = 0; i < kRecords; ++i)
    batch.runs.push_back(fakes::due_run("report-" + std::to_string(i), "i-1", fakes::at(number)));
  return batch;
}

/// The process to be killed: lanes that commit, acknowledge, and go on.
[[noreturn]] void commit_for_ever(const std::string& path, int pipe, const std::array<int, kLanes>& first) {
  auto opened = open_sqlite(path, Access::read_write);
  if (!opened) ::_exit(3);
  std::vector<std::thread> lanes;
  for (int lane = 0; lane < kLanes; ++lane) {
    lanes.emplace_back([&, lane] {
      for (int number = first.at(static_cast<std::size_t>(lane));; ++number) {
        if (!opened->journal->commit(project_of(lane), batch_of(number))) ::_exit(4);
        const Acknowledged acknowledged{lane, number};
        if (::write(pipe, &acknowledged, sizeof acknowledged) != sizeof acknowledged) ::_exit(5);
      }
    });
  }
  for (std::thread& lane : lanes) lane.join();
  ::_exit(6);
}

class Crash : public ::testing::Test {
 protected:
  /// Runs the process until it has acknowledged so much, kills it, and takes note of all that it had
  /// acknowledged.
  void run_and_kill(int after) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      commit_for_ever(path_, ends[1], next_);
    }
    ::close(ends[1]);
    Acknowledged acknowledged{};
    for (int count = 0; ::read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged; ++count) {
      if (count == after) ::kill(child, SIGKILL);
      next_.at(static_cast<std::size_t>(acknowledged.lane)) = acknowledged.number + 1;
    }
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the process ended by itself with " << WEXITSTATUS(status);
  }

  void expect_all_there() {
    const auto opened = open_sqlite(path_, Access::read_write);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->recovered, "");
    for (int lane = 0; lane < kLanes; ++lane) {
      std::map<Instant, int> records;
      const Remembered remembered = opened->journal->load(project_of(lane), Instant{}).value();
      for (const RunRecord& run : remembered.open_runs) ++records[run.key.scheduled];
      const int acknowledged = next_.at(static_cast<std::size_t>(lane));
      for (int number = 0; number < acknowledged; ++number)
        EXPECT_EQ(records[fakes::at(number)], kRecords) << "lane " << lane << ", commit " << number;
      // One more may have become durable without being acknowledged; then it is whole as well.
      for (const auto& [scheduled, count] : records) EXPECT_EQ(count, kRecords);
      EXPECT_LE(records.size(), static_cast<std::size_t>(acknowledged) + 1);
    }
  }

  fakes::TempDirectory directory_;
  std::string path_ = directory_.file("state.db");
  std::array<int, kLanes> next_{};  // by lane: the number that follows the last one acknowledged
};

TEST_F(Crash, AtAnyMomentLeavesEveryAcknowledgedCommit) {
  std::mt19937 random(20250309);
  std::uniform_int_distribution<int> moments(0, 60);
  for (int round = 0; round < 25; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    run_and_kill(moments(random));
    expect_all_there();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace dbssd::journal
