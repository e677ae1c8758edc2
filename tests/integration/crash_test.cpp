// Promised: every scheduled report ends in exactly one recorded outcome, over crashes and lost answers.
#include <signal.h>

#include "integration/harness/site.h"

namespace integration {
namespace {

const json kFleet = {{{"name", "prod-a"}}, {{"name", "prod-b"}}, {{"name", "prod-c"}}};

class Crash : public testing::Test {
 protected:
  Crash() : site(fleet_of(kFleet, {{"report_seconds", 1}})) {
    site.policy["instances"]["reconcile_interval"] = "1s";
    site.policy["projects"][0]["limits"]["timeout"] = "2s";
    site.policy["reports"] = {
        minutely({{"missed", "all"}, {"deadline", "1d"}}),
        minutely({{"name", "pci"}, {"template", {{"type", "PCI"}}}, {"missed", "all"}, {"deadline", "1d"}})};
  }

  // So many minutes' reports are due, on each instance by each rule, and no others come.
  void fall_behind(std::chrono::minutes by) {
    ASSERT_EQ(site.run_once().status, 0);
    site.age_schedules(by);
    // The times are opened, and nothing is sent: the policy holds no project that could be asked.
    json projects = site.policy["projects"];
    site.policy["projects"][0]["endpoints"] = {{"dbss", "http://127.0.0.1:1"}, {"iam", "http://127.0.0.1:1"}};
    ASSERT_EQ(site.run_once().status, 3);
    site.policy["projects"] = projects;
    site.retire_schedules();
    scheduled = std::stoi(site.query("SELECT count(*) FROM run").at(0));
    ASSERT_GE(scheduled, 6 * static_cast<int>(by.count()));
    ASSERT_EQ(site.cloud.calls("create_report"), 0);
  }

  int count(const std::string& where) const {
    return std::stoi(site.query("SELECT count(*) FROM run WHERE " + where).at(0));
  }

  // Lets a daemon bring all to an end, and holds the end against what the cloud knows.
  void expect_each_report_once() {
    Daemon daemon = site.daemon();
    EXPECT_TRUE(eventually([this] { return count("outcome IS NULL") == 0; }, seconds{200}))
        << "still open: " << count("outcome IS NULL");
    daemon.stop();
    EXPECT_EQ(count("outcome = 'finished'"), scheduled);
    EXPECT_EQ(site.cloud.truth("counts")["duplicates"], 0);
    EXPECT_EQ(static_cast<int>(site.cloud.requested_reports().size()), scheduled);
    EXPECT_EQ(site.query("SELECT count(DISTINCT report_id) FROM run"),
              std::vector<std::string>{std::to_string(scheduled)});
  }

  Site site;
  int scheduled = 0;
};

TEST_F(Crash, KilledAfterTheCallAndBeforeItsAnswerTheReportIsAdopted) {
  fall_behind(std::chrono::minutes{1});
  site.cloud.fault({{"kind", "slow"}, {"seconds", 60}, {"call", "create_report"}});
  {
    Child child = site.begin({"run"});
    ASSERT_TRUE(eventually(
        [this] { return static_cast<int>(site.cloud.requested_reports().size()) == scheduled; }, kPatience));
    child.signal(SIGKILL);
    ASSERT_EQ(child.wait(kPatience), 128 + SIGKILL);
  }
  site.cloud.remove_faults();
  expect_each_report_once();
  EXPECT_EQ(site.cloud.calls("create_report"), scheduled);
}

TEST_F(Crash, AStartThatWasUnderWayIsNotMadeTwice) {
  Site stopped(fleet_of({{{"name", "prod-off"}, {"status", "SHUTOFF"}}}));
  stopped.policy["instances"]["start"] = {{{"name", "keep-running"}}};
  stopped.cloud.fault({{"kind", "slow"}, {"seconds", 60}, {"call", "start_instance"}});
  {
    Child child = stopped.begin({"run"});
    ASSERT_TRUE(eventually([&] { return stopped.cloud.starts_of("prod-off") == 1; }, kPatience));
    child.signal(SIGKILL);
    ASSERT_EQ(child.wait(kPatience), 128 + SIGKILL);
  }
  stopped.cloud.remove_faults();
  EXPECT_EQ(stopped.run_once().status, 0);
  stopped.cloud.advance(60);
  EXPECT_EQ(events(stopped.run_once().log(), "instance.start_confirmed").size(), 1U);
  EXPECT_EQ(stopped.cloud.calls("start_instance"), 1);
}

}  // namespace
}  // namespace integration
