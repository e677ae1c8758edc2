// A cloud that is slow, full, strange or gone: what harm it does, and to whom.
#include <signal.h>
#include <sys/stat.h>

#include <thread>

#include "integration/harness/site.h"

namespace integration {
namespace {

const json kKeepRunning = {{{"name", "keep-running"}}};

class Outage : public testing::Test {
 protected:
  Outage() : site(fleet_of({{{"name", "prod-a"}}})) { site.policy["instances"]["reconcile_interval"] = "1s"; }

  // Refused requests among all that came in for this call.
  int refused(const std::string& call, const std::string& status) {
    const json total = site.cloud.truth("calls")["total"];
    return total.contains(call) ? total[call]["status"].value(status, 0) : 0;
  }

  Site site;
};

TEST_F(Outage, AThrottledCallIsHeldBackAndThenMade) {
  site.cloud.fault({{"kind", "throttle"}, {"call", "list_instances"}, {"times", 3}, {"retry_after", 1}});
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("cloud.throttled"));
  EXPECT_TRUE(daemon.says("cloud.recovered"));
  EXPECT_TRUE(daemon.says("instance.seen"));
  EXPECT_EQ(events(daemon.log(), "cloud.throttled").size(), 1U);
}

TEST_F(Outage, AThrottledServiceIsNotHammered) {
  site.cloud.fault({{"kind", "throttle"}, {"call", "*"}});
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("cloud.throttled"));
  std::this_thread::sleep_for(seconds{10});
  EXPECT_LE(site.cloud.calls("list_instances") + site.cloud.calls("issue_token"), 12);
}

TEST_F(Outage, ReportsThatTheServiceThrottlesAreAllMadeInTheEndAndNoneTwice) {
  site.policy["instances"]["reconcile_interval"] = "5m";
  site.policy["reports"] = {minutely({{"missed", "all"}})};
  ASSERT_EQ(site.run_once().status, 0);
  site.age_schedules(std::chrono::minutes{12});
  site.cloud.control("POST", "/throttle", {{"create_report", {{"requests", 3}, {"per", 1}}}});
  Daemon daemon = site.daemon();
  EXPECT_TRUE(daemon.says("report.accepted", json::object(), 12, 2 * kPatience));
  EXPECT_GT(refused("create_report", "429"), 0);
  EXPECT_EQ(site.cloud.truth("counts")["duplicates"], 0);
}

TEST_F(Outage, AnExpiredTokenIsRenewedOnceAndTheCallMadeAgain) {
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("instance.seen"));
  site.cloud.control("POST", "/tokens/expire");
  const int listed = site.cloud.calls("list_instances");
  ASSERT_TRUE(eventually([&] { return site.cloud.calls("list_instances") >= listed + 3; }, kPatience));
  EXPECT_EQ(site.cloud.truth("iam")["tokens_issued"], 2);
  EXPECT_EQ(refused("list_instances", "401"), 1);
  EXPECT_TRUE(events(daemon.log(), "cloud.unreachable").empty());
}

TEST_F(Outage, AWrongPasswordLocksNoAccount) {
  site.environment["DBSSD_TEST_PASSWORD"] = "not-the-password";
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("auth.failed"));
  std::this_thread::sleep_for(seconds{8});
  const json user = site.cloud.truth("iam")["users"]["dbss-ops"];
  EXPECT_LE(user["failures"].get<int>(), 2) << user;
  EXPECT_EQ(user["lockouts"], 0);
  EXPECT_TRUE(daemon.says("auth.held"));
}

TEST_F(Outage, APasswordThatIsChangedWhileItRunsLocksNoAccountAndAReloadMendsIt) {
  write_file(site.directory.file("password"), kPassword + "\n");
  ASSERT_EQ(chmod(site.directory.file("password").c_str(), 0600), 0);
  site.policy["projects"][0]["auth"]["password"] = {{"file", site.directory.file("password")}};
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("instance.seen"));
  site.cloud.control("POST", "/password", {{"user", "dbss-ops"}, {"password", "the-next-password"}});
  ASSERT_TRUE(daemon.says("auth.failed"));
  write_file(site.directory.file("password"), "the-next-password\n");
  daemon.child.signal(SIGHUP);
  ASSERT_TRUE(daemon.says("service.reloaded"));
  site.cloud.change("prod-a", {{"status", "SHUTOFF"}});
  EXPECT_TRUE(daemon.says("instance.changed"));
  EXPECT_EQ(site.cloud.truth("iam")["users"]["dbss-ops"]["lockouts"], 0);
}

TEST_F(Outage, AnAuthorityThatIsDownIsWaitedFor) {
  const std::string fault =
      site.cloud.fault({{"kind", "status_before"}, {"status", 503}, {"call", "issue_token"}});
  Daemon daemon = site.daemon();
  ASSERT_TRUE(eventually([&] { return site.cloud.calls("issue_token") >= 2; }, kPatience));
  EXPECT_TRUE(events(daemon.log(), "instance.seen").empty());
  site.cloud.remove_faults();
  EXPECT_TRUE(daemon.says("instance.seen"));
}

TEST_F(Outage, ACloudThatIsGoneIsToldOnceAndItsReturnToo) {
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("instance.seen"));
  site.cloud.fault({{"kind", "drop_before"}, {"call", "*"}});
  const int listed = site.cloud.calls("list_instances");
  ASSERT_TRUE(eventually([&] { return site.cloud.calls("list_instances") >= listed + 3; }, kPatience));
  site.cloud.remove_faults();
  ASSERT_TRUE(daemon.says("cloud.recovered"));
  EXPECT_EQ(events(daemon.log(), "cloud.unreachable").size(), 1U);
  EXPECT_EQ(events(daemon.log(), "instance.vanished").size(), 0U);
}

TEST_F(Outage, WhatIsNoAnswerIsNeverTakenForAnEmptyFleet) {
  for (const json& fault : {json{{"kind", "html"}}, json{{"kind", "garbage"}},
                            json{{"kind", "wrong_content_type"}}, json{{"kind", "half_body"}},
                            json{{"kind", "redirect"}}, json{{"kind", "raw"}, {"text", "nonsense\r\n\r\n"}},
                            json{{"kind", "status_before"}, {"status", 500}}}) {
    SCOPED_TRACE(fault.dump());
    Site other(fleet_of({{{"name", "prod-a"}}}));
    ASSERT_EQ(other.run_once().status, 0);
    json on_list = fault;
    on_list["call"] = "list_instances";
    other.cloud.fault(on_list);
    for (int i = 0; i < 4; ++i) EXPECT_NE(other.run_once().status, 0);
    EXPECT_TRUE(events(other.all_logs(), "instance.vanished").empty());
    EXPECT_EQ(other.query("SELECT absences, vanished FROM instance"), std::vector<std::string>{"0 0"});
    EXPECT_EQ(other.cloud.truth("counts")["credentials_redirected"], 0);
  }
}

TEST_F(Outage, AnInstanceThatTheServiceCannotServeHarmsNoOther) {
  Site both(fleet_of(
      {{{"name", "prod-bad"}, {"status", "SHUTOFF"}}, {{"name", "prod-good"}, {"status", "SHUTOFF"}}}));
  both.policy["instances"]["start"] = kKeepRunning;
  both.cloud.fault(
      {{"kind", "status_before"}, {"status", 500}, {"call", "start_instance"}, {"instance", "prod-bad"}});
  EXPECT_EQ(both.run_once().status, 1);
  EXPECT_EQ(both.cloud.starts_of("prod-good"), 1U);
}

TEST_F(Outage, AProjectThatHangsDelaysNoOther) {
  Site both(two_projects({{{"name", "slow-a"}, {"status", "SHUTOFF"}}},
                         {{{"name", "quick-a"}, {"status", "SHUTOFF"}}}));
  json other = both.policy["projects"][0];
  other["name"] = "quick";
  other["project_id"] = kOtherProjectId;
  both.policy["projects"].push_back(other);
  both.policy["instances"] = {{"reconcile_interval", "1s"}, {"start", kKeepRunning}};
  both.cloud.fault(
      {{"kind", "drip"}, {"seconds", 3600}, {"project", kProjectId}, {"call", "list_instances"}});
  Daemon daemon = both.daemon();
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_TRUE(daemon.says("instance.start_accepted", {{"project", "quick"}}));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds{3 * kSlowness});
  both.cloud.change("quick-a", {{"status", "ACTIVE"}});
  EXPECT_TRUE(daemon.says("instance.start_confirmed", {{"project", "quick"}}));
  EXPECT_TRUE(events(daemon.log(), "instance.seen", {{"project", "prod"}}).empty());
}

TEST_F(Outage, AnAnswerWithoutEndIsCutOff) {
  site.cloud.fault({{"kind", "huge_body"}, {"call", "list_instances"}, {"times", 1}});
  Daemon daemon = site.daemon();
  EXPECT_TRUE(daemon.says("cloud.malformed"));
  EXPECT_TRUE(daemon.says("instance.seen"));
}

}  // namespace
}  // namespace integration
