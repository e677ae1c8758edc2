// The state on disk: what happens where it is damaged, taken, or cannot be written.
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <thread>

#include "integration/harness/site.h"

namespace integration {
namespace {

class State : public testing::Test {
 protected:
  State() : site(fleet_of({{{"name", "prod-off"}, {"status", "SHUTOFF"}}})) {
    site.policy["instances"] = {{"reconcile_interval", "1s"}, {"start", {{{"name", "keep-running"}}}}};
  }
  Site site;
};

TEST_F(State, ASecondDaemonOnOneStateIsRefused) {
  Daemon first = site.daemon();
  ASSERT_TRUE(first.says("instance.start_accepted"));
  const Ended second = site.run_once();
  EXPECT_EQ(second.status, 1);
  EXPECT_NE(second.err.find(site.state_path() + ".lock: held by process " +
                            std::to_string(first.child.pid()) + ":"),
            std::string::npos)
      << second.err;
  EXPECT_EQ(events(second.log(), "state.failed").size(), 1U);
  EXPECT_TRUE(first.child.runs());
  EXPECT_EQ(site.cloud.calls("start_instance"), 1);
}

TEST_F(State, APlanCanStandBesideADaemon) {
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("instance.start_accepted"));
  EXPECT_EQ(site.command({"plan"}).status, 0);
}

TEST_F(State, ADamagedStateIsSetAsideAndSaid) {
  ASSERT_EQ(site.run_once().status, 0);
  std::string bytes = read_file(site.state_path());
  bytes.replace(0, 64, 64, 'x');
  write_file(site.state_path(), bytes);
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 0) << ended.err;
  const std::vector<json> recovered = events(ended.log(), "state.recovered");
  ASSERT_EQ(recovered.size(), 1U);
  // The damaged file is kept, under the name that the log gives.
  bool kept = false;
  for (const auto& entry : std::filesystem::directory_iterator(site.directory.path()))
    kept |= entry.path().string() != site.state_path() &&
            recovered[0]["reason"].get<std::string>().find(entry.path().string()) != std::string::npos;
  EXPECT_TRUE(kept) << recovered[0];
}

TEST_F(State, AStateInADirectoryThatIsNotThereIsAnError) {
  site.policy["state"]["path"] = site.directory.file("nowhere/state.db");
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.err.find("nowhere"), std::string::npos) << ended.err;
  EXPECT_EQ(site.cloud.calls("start_instance"), 0);
}

TEST(SetBackState, WhatTheCloudHasIsNotMadeAgain) {
  Site site(fleet_of({{{"name", "prod-a"}}, {{"name", "prod-b"}}}, {{"report_seconds", 0}}));
  site.policy["reports"] = {minutely({{"missed", "all"}, {"deadline", "1d"}})};
  ASSERT_EQ(site.run_once().status, 0);
  site.age_schedules(std::chrono::minutes{5});
  const std::string backup = site.directory.file("backup.db");
  std::filesystem::copy_file(site.state_path(), backup);
  ASSERT_EQ(site.run_once().status, 0);
  const std::size_t made = site.cloud.requested_reports().size();
  ASSERT_GE(made, 10U);

  std::filesystem::copy_file(backup, site.state_path(), std::filesystem::copy_options::overwrite_existing);
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(site.cloud.truth("counts")["duplicates"], 0);
  EXPECT_EQ(events(ended.log(), "report.adopted").size(), made);
  // Another minute may have come.
  EXPECT_EQ(site.query("SELECT count(DISTINCT report_id) FROM run WHERE outcome = 'finished'"),
            site.query("SELECT count(*) FROM run"));
}

// No file of a process that is begun meanwhile can grow beyond this: what a full disk is like, for one
// process.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);  // inherited: the write fails, and does not kill
    limit({bytes, RLIM_INFINITY});
  }
  ~FullDisk() { limit({RLIM_INFINITY, RLIM_INFINITY}); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

  static void make_room_for(const Child& child) {
    const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
    EXPECT_EQ(::prlimit(child.pid(), RLIMIT_FSIZE, &none, nullptr), 0);
  }

 private:
  static void limit(const rlimit& to) { EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &to), 0); }
};

TEST(FullState, WhatCannotBeWrittenDownIsNotDoneUntilItCan) {
  Site site(generated(3000, 3));
  site.policy["instances"] = {{"reconcile_interval", "1s"}, {"start", {{{"name", "keep-running"}}}}};
  site.policy["log"]["level"] = "warning";
  std::optional<Child> child;
  {
    const FullDisk full(256 * 1024);
    child.emplace(site.begin({"run"}));
  }
  ASSERT_TRUE(eventually([&] { return !events(site.all_logs(), "state.failed").empty(); }, kPatience));
  std::this_thread::sleep_for(seconds{5});  // several attempts to write it down
  EXPECT_EQ(site.cloud.calls("start_instance"), 0);

  FullDisk::make_room_for(*child);
  EXPECT_TRUE(eventually([&] { return site.cloud.calls("start_instance") == 3; }, kPatience));
  child->signal(SIGTERM);
  EXPECT_EQ(child->wait(kPatience), 0);
  EXPECT_EQ(site.query("SELECT count(*) FROM instance"), std::vector<std::string>{"3000"});
}

TEST(FullState, OneCycleThatCannotBeWrittenDownFailsAndDoesNothing) {
  Site site(generated(3000, 3));
  site.policy["instances"]["start"] = {{{"name", "keep-running"}}};
  site.policy["log"]["level"] = "warning";
  const FullDisk full(256 * 1024);
  EXPECT_EQ(site.run_once().status, 1);
  EXPECT_EQ(site.cloud.calls("start_instance"), 0);
}

}  // namespace
}  // namespace integration
