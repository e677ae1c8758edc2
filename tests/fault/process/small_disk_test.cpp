// The state on a disk that is full at times, or read-only: what cannot be written down is not done.
#include <csignal>
#include <optional>
#include <random>
#include <thread>

#include "fault/process/backlog.h"
#include "fault/process/evidence.h"
#include "fault/process/small_disk.h"

namespace integration {
namespace {

constexpr int kInstances = 20;
constexpr int kMinutes = 15;
const std::vector<std::string> kTypes{"SOX"};

class StateOnASmallDisk : public testing::Test {
 protected:
  void SetUp() override {
    if (!disk.problem().empty())
      GTEST_SKIP() << "NOT TESTED: no file system can be mounted: " << disk.problem();
    site.emplace(generated(kInstances));
    site->policy["state"]["path"] = disk.file("state.db");
    // A few a second, so that all do not leave before the disk is full.
    site->policy["projects"][0]["limits"]["requests_per_second"] = 3;
    site->policy["reports"] = {backlog.rule(kTypes[0])};
    expected = backlog.reports(instance_names(site->cloud), kTypes);
    ASSERT_NO_FATAL_FAILURE(fall_behind(*site));
  }

  void expect_end() {
    EXPECT_TRUE(eventually(
        [&] {
          std::this_thread::sleep_for(milliseconds{100});
          return progress_of(*site).is_done(expected.size());
        },
        kPatience));
  }

  SmallDisk disk{32 << 20};
  const Backlog backlog{kMinutes};
  std::optional<FastSite> site;
  std::vector<std::string> expected;
};

TEST_F(StateOnASmallDisk, NothingIsSentWhileItIsFullAndAllIsMadeUpForWhenThereIsRoom) {
  Daemon daemon = site->daemon();
  ASSERT_TRUE(daemon.says("report.accepted"));
  disk.fill();
  ASSERT_TRUE(daemon.says("state.failed"));
  std::this_thread::sleep_for(seconds{1});  // what was written down before may still be under way
  const int calls = site->cloud.calls("create_report");
  ASSERT_LT(calls, static_cast<int>(expected.size()));
  std::this_thread::sleep_for(seconds{4});  // several attempts to write
  EXPECT_EQ(site->cloud.calls("create_report"), calls);
  EXPECT_TRUE(daemon.child.runs());
  disk.make_room();
  expect_end();
  daemon.stop();
  expect_each_once(*site, expected);
}

TEST_F(StateOnASmallDisk, FullAgainAndAgainAndKilledEachReportIsMadeOnce) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RecordProperty("seed", std::to_string(seed));
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> moment(20 * kSlowness, 250 * kSlowness);
  const auto pause = [&] { std::this_thread::sleep_for(milliseconds{moment(random)}); };
  for (int round = 0; round < 60; ++round) {
    Child child = site->begin({"run"});
    pause();
    disk.fill();
    pause();
    if (round % 2 == 0) disk.make_room();
    pause();
    child.signal(SIGKILL);
    // On a full disk it may not come to its start, and says so.
    const auto status = child.wait(kPatience);
    ASSERT_TRUE(status == 128 + SIGKILL || status == 1) << *status << site->all_output();
    disk.make_room();
    expect_all_written_down(*site);
    if (round % 3 == 0) disk.fill();  // for the next start
  }
  disk.make_room();
  Daemon daemon = site->daemon();
  expect_end();
  daemon.stop();
  expect_each_once(*site, expected);
}

TEST_F(StateOnASmallDisk, ThatIsReadOnlyIsAnErrorAndNothingIsSent) {
  const json before = site->cloud.changes();
  disk.set_read_only(true);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"run", "--once"}, std::vector<std::string>{"run"}}) {
    const Ended ended = site->command(arguments);
    EXPECT_EQ(ended.status, 1);
    EXPECT_NE(ended.err.find(site->state_path()), std::string::npos) << ended.err;
    EXPECT_NE(ended.err.find("Read-only file system"), std::string::npos) << ended.err;
  }
  EXPECT_EQ(site->cloud.changes(), before);
  EXPECT_EQ(site->cloud.calls("create_report"), 0);

  disk.set_read_only(false);
  EXPECT_EQ(site->run_once().status, 0);
  EXPECT_EQ(site->cloud.calls("create_report"), static_cast<int>(expected.size()));
}

}  // namespace
}  // namespace integration
