// SIGTERM: within two seconds, whatever is going on.
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>

#include "integration/harness/site.h"

namespace integration {
namespace {

constexpr seconds kPromised{2 * kSlowness};

class Stop : public testing::Test {
 protected:
  Stop() : site(fleet_of({{{"name", "prod-off"}, {"status", "SHUTOFF"}}, {{"name", "prod-a"}}})) {
    site.policy["instances"] = {{"reconcile_interval", "1s"}, {"start", {{{"name", "keep-running"}}}}};
    site.policy["projects"][0]["limits"]["timeout"] = "30s";
  }

  // Stops a daemon once `moment` has come.
  void stops_when(const std::function<bool(Daemon&)>& moment) {
    Daemon daemon = site.daemon();
    ASSERT_TRUE(eventually([&] { return moment(daemon); }, kPatience)) << daemon.out();
    EXPECT_LT(daemon.stop(), kPromised) << daemon.out();
    EXPECT_EQ(events(daemon.log(), "service.stopping").size(), 1U);
  }

  bool a_call_is_under_way() { return site.cloud.truth("counts")["in_flight"]["now"] > 0; }

  Site site;
};

TEST_F(Stop, AtOnceAfterTheStart) {
  stops_when([](Daemon&) { return true; });
}

TEST_F(Stop, WhileNothingIsToBeDone) {
  site.policy["instances"] = {{"reconcile_interval", "1h"}};
  stops_when([](Daemon& daemon) { return !events(daemon.log(), "cycle.finished").empty(); });
}

TEST_F(Stop, WhileTheListIsSlow) {
  site.cloud.fault({{"kind", "slow"}, {"seconds", 60}, {"call", "list_instances"}});
  stops_when([this](Daemon&) { return a_call_is_under_way(); });
}

TEST_F(Stop, WhileTheListDrips) {
  site.cloud.fault({{"kind", "drip"}, {"seconds", 600}, {"call", "list_instances"}});
  stops_when([this](Daemon&) { return a_call_is_under_way(); });
}

TEST_F(Stop, WhileTheAuthorityIsSlow) {
  site.cloud.fault({{"kind", "slow"}, {"seconds", 60}, {"call", "issue_token"}});
  stops_when([this](Daemon&) { return a_call_is_under_way(); });
}

TEST_F(Stop, WhileAStartIsUnderWay) {
  site.cloud.fault({{"kind", "slow"}, {"seconds", 60}, {"call", "start_instance"}});
  // The log tells of the intent, which comes before the call.
  stops_when([this](Daemon&) { return site.cloud.calls("start_instance") > 0; });
  // Its outcome is not known, and the list tells the next process.
  site.cloud.remove_faults();
  site.cloud.advance(120);
  EXPECT_EQ(events(site.run_once().log(), "instance.start_confirmed").size(), 1U);
  EXPECT_EQ(site.cloud.calls("start_instance"), 1);
}

TEST_F(Stop, WhileReportsAreAskedFor) {
  site.policy["instances"] = json::object();
  site.policy["reports"] = {minutely({{"missed", "all"}, {"select", {{"name", {"prod-a"}}}}})};
  ASSERT_EQ(site.run_once().status, 0);
  site.age_schedules(std::chrono::minutes{90});
  site.cloud.fault({{"kind", "slow"}, {"seconds", 1}, {"call", "create_report"}});
  stops_when([](Daemon& daemon) { return events(daemon.log(), "report.accepted").size() > 8; });
  EXPECT_EQ(site.cloud.truth("counts")["duplicates"], 0);
}

TEST_F(Stop, WhileADownloadDrips) {
  site.policy["instances"] = json::object();
  site.policy["reports"] = {minutely(
      {{"select", {{"name", {"prod-a"}}}}, {"archive", {{"directory", site.directory.file("archive")}}}})};
  ASSERT_EQ(site.run_once().status, 0);
  site.age_schedules(std::chrono::minutes{5});
  ASSERT_EQ(site.run_once().status, 0);
  site.cloud.advance(60);
  site.cloud.fault({{"kind", "drip"}, {"seconds", 600}, {"call", "download_report"}});
  stops_when([](Daemon& daemon) { return !events(daemon.log(), "report.finished").empty(); });
}

TEST_F(Stop, WhileTheCloudIsGone) {
  site.policy["projects"][0]["endpoints"] = {{"dbss", "http://127.0.0.1:1"}, {"iam", "http://127.0.0.1:1"}};
  stops_when([](Daemon& daemon) { return !events(daemon.log(), "cloud.unreachable").empty(); });
}

TEST_F(Stop, WhileTheCloudAcceptsNoConnection) {
  // A listener that never accepts, its backlog taken: connecting hangs.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const int filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::connect(filler, reinterpret_cast<const sockaddr*>(&address), size), 0);
  const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  site.policy["projects"][0]["endpoints"] = {{"dbss", url}, {"iam", url}};
  stops_when([](Daemon& daemon) { return !events(daemon.log(), "service.ready").empty(); });
  ::close(filler);
  ::close(listener);
}

TEST_F(Stop, WhileNamesDoNotResolve) {
  site.policy["projects"][0]["endpoints"] = {{"dbss", "https://dbss.invalid"},
                                             {"iam", "https://iam.invalid"}};
  stops_when([](Daemon& daemon) { return !events(daemon.log(), "service.ready").empty(); });
}

TEST_F(Stop, OneCycleToo) {
  site.cloud.fault({{"kind", "slow"}, {"seconds", 60}, {"call", "list_instances"}});
  Child child = site.begin({"run", "--once"});
  ASSERT_TRUE(eventually([&] { return a_call_is_under_way(); }, kPatience));
  const auto begun = std::chrono::steady_clock::now();
  child.signal(SIGINT);
  EXPECT_EQ(child.wait(kPatience), 1);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, kPromised);
}

}  // namespace
}  // namespace integration
