// SIGHUPs without end, while there is much to do.
#include <signal.h>

#include <thread>

#include "integration/harness/site.h"

namespace integration {
namespace {

constexpr int kInstances = 500;
constexpr int kStopped = 20;
constexpr int kReloads = 200;

class ReloadStorm : public testing::Test {
 protected:
  ReloadStorm() : site(fleet()) {
    site.policy["instances"]["reconcile_interval"] = "1s";
    site.policy["reports"] = {minutely({{"missed", "latest"}, {"deadline", "1d"}})};
  }

  static json fleet() {
    json fleet = generated(kInstances, kStopped);
    fleet["behaviour"]["report_seconds"] = 1;
    fleet["behaviour"]["start_seconds"] = 1;
    return fleet;
  }
  // One report of each instance is due, and no others come.
  void make_all_due() {
    ASSERT_EQ(site.run_once().status, 0);
    site.age_schedules(std::chrono::minutes{1});
    const json projects = site.policy["projects"];
    site.policy["projects"][0]["endpoints"] = {{"dbss", "http://127.0.0.1:1"}, {"iam", "http://127.0.0.1:1"}};
    ASSERT_EQ(site.run_once().status, 3);
    site.policy["projects"] = projects;
    site.retire_schedules();
    scheduled = count("outcome IS NULL");
    ASSERT_GE(scheduled, kInstances);
  }
  int count(const std::string& where) const {
    return std::stoi(site.query("SELECT count(*) FROM run WHERE " + where).at(0));
  }
  int starts(const std::string& where) const {
    return std::stoi(site.query("SELECT count(*) FROM start WHERE " + where).at(0));
  }
  // One of four policies in turn, of which the last is none.
  std::string policy_of(int turn) const {
    json policy = site.policy;
    policy["instances"]["start"] = {{{"name", "keep-running"}, {"max_per_cycle", 5 + turn % 4}}};
    policy["projects"][0]["limits"]["in_flight"] = 4 + turn % 4;
    policy["log"]["level"] = turn % 2 == 0 ? "info" : "debug";
    if (turn % 4 == 3) policy["instances"]["strat"] = json::array();
    return policy.dump(2);
  }

  Site site;
  int scheduled = 0;
};

TEST_F(ReloadStorm, LosesNothingDoublesNothingAndEndsWithTheLastValidPolicy) {
  make_all_due();
  Daemon daemon = site.daemon();
  for (int turn = 0; turn < kReloads; ++turn) {
    write_file(site.policy_path(), policy_of(turn));  // in place: some are read half written
    daemon.child.signal(SIGHUP);
    std::this_thread::sleep_for(milliseconds{5});
  }
  site.policy = json::parse(policy_of(0));
  site.policy["summary"]["poll_interval"] = "7m";  // as no other has it
  const std::string fingerprint = json::parse(site.command({"check", "--output", "json"}).out)["fingerprint"];
  daemon.child.signal(SIGHUP);
  EXPECT_TRUE(eventually(
      [&] {
        const auto reloaded = events(daemon.log(), "service.reloaded");
        return !reloaded.empty() && reloaded.back()["reason"].get<std::string>().ends_with(fingerprint);
      },
      kPatience));
  EXPECT_GT(events(daemon.log(), "service.reloaded").size(), 20U);
  EXPECT_GT(events(daemon.log(), "service.reload_failed").size(), 5U);

  EXPECT_TRUE(eventually(
      [this] {
        site.cloud.advance(5);
        return count("outcome IS NULL") == 0;
      },
      seconds{60}))
      << "still open: " << count("outcome IS NULL");
  EXPECT_TRUE(eventually([this] { return starts("state = 'confirmed'") == kStopped; }, kPatience));
  daemon.stop();
  EXPECT_EQ(count("outcome = 'finished'"), scheduled);
  EXPECT_EQ(site.cloud.truth("counts")["duplicates"], 0);
  EXPECT_EQ(static_cast<int>(site.cloud.requested_reports().size()), scheduled);
  EXPECT_EQ(starts("true"), kStopped);
}

}  // namespace
}  // namespace integration
