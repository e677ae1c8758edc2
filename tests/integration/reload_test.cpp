// SIGHUP: a good policy is taken up, a bad one harms nothing.
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "integration/harness/site.h"

namespace integration {
namespace {

class Reload : public testing::Test {
 protected:
  Reload() : site(fleet_of({{{"name", "prod-off"}, {"status", "SHUTOFF"}}})) {
    site.policy["instances"]["reconcile_interval"] = "1s";
  }
  void reload(const Daemon& daemon) {
    site.write_policy();
    daemon.child.signal(SIGHUP);
  }
  Site site;
};

TEST_F(Reload, WhatTheNewPolicyAsksForIsDone) {
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("instance.seen"));
  EXPECT_EQ(site.cloud.calls("start_instance"), 0);
  site.policy["instances"]["start"] = {{{"name", "keep-running"}}};
  reload(daemon);
  EXPECT_TRUE(daemon.says("service.reloaded"));
  EXPECT_TRUE(daemon.says("policy.changed"));
  EXPECT_TRUE(daemon.says("instance.start_accepted"));
}

TEST_F(Reload, ABadPolicyIsRefusedAndTheFormerOneGoesOn) {
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("instance.seen"));
  const std::string good = read_file(site.policy_path());
  for (const std::string& bad :
       {std::string("version: ["), std::string("version: 2\n"), std::string(), good + "\nunknown: 1\n"}) {
    const std::size_t refused = events(daemon.log(), "service.reload_failed").size();
    write_file(site.policy_path(), bad);
    daemon.child.signal(SIGHUP);
    EXPECT_TRUE(daemon.says("service.reload_failed", json::object(), refused + 1));
  }
  site.cloud.change("prod-off", {{"status", "ACTIVE"}});
  EXPECT_TRUE(daemon.says("instance.changed"));
  EXPECT_TRUE(events(daemon.log(), "service.reloaded").empty());
}

TEST_F(Reload, ASecretThatIsGoneRefusesThePolicy) {
  write_file(site.directory.file("password"), kPassword);
  ASSERT_EQ(::chmod(site.directory.file("password").c_str(), 0600), 0);
  site.policy["projects"][0]["auth"]["password"] = {{"file", site.directory.file("password")}};
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("instance.seen"));
  std::remove(site.directory.file("password").c_str());
  reload(daemon);
  EXPECT_TRUE(daemon.says("service.reload_failed"));
  site.cloud.change("prod-off", {{"status", "ACTIVE"}});
  EXPECT_TRUE(daemon.says("instance.changed"));
}

TEST_F(Reload, ProjectsComeAndGo) {
  Site both(two_projects({{{"name", "prod-a"}}}, {{{"name", "dr-a"}}}));
  both.policy["instances"]["reconcile_interval"] = "1s";
  Daemon daemon = both.daemon();
  ASSERT_TRUE(daemon.says("instance.seen", {{"instance_name", "prod-a"}}));
  const json alone = both.policy["projects"];
  json other = both.policy["projects"][0];
  other["name"] = "dr";
  other["project_id"] = kOtherProjectId;
  both.policy["projects"].push_back(other);
  both.write_policy();
  daemon.child.signal(SIGHUP);
  ASSERT_TRUE(daemon.says("instance.seen", {{"project", "dr"}, {"instance_name", "dr-a"}}));

  both.policy["projects"] = alone;
  both.write_policy();
  daemon.child.signal(SIGHUP);
  ASSERT_TRUE(daemon.says("service.reloaded", json::object(), 2));
  both.cloud.change("dr-a", {{"status", "SHUTOFF"}});
  both.cloud.change("prod-a", {{"status", "SHUTOFF"}});
  ASSERT_TRUE(daemon.says("instance.changed", {{"project", "prod"}}));
  EXPECT_TRUE(events(daemon.log(), "instance.changed", {{"project", "dr"}}).empty());
}

TEST_F(Reload, CallsUnderWayEndAsTheyWouldHave) {
  site.policy["instances"]["start"] = {{{"name", "keep-running"}}};
  site.cloud.fault({{"kind", "slow"}, {"seconds", 2}, {"call", "start_instance"}});
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("instance.start_requested"));
  reload(daemon);
  ASSERT_TRUE(daemon.says("service.reloaded"));
  EXPECT_TRUE(daemon.says("instance.start_accepted"));
  EXPECT_EQ(site.cloud.calls("start_instance"), 1);
}

TEST_F(Reload, TenInARowLoseNothing) {
  site.policy["instances"]["start"] = {{{"name", "keep-running"}}};
  Daemon daemon = site.daemon();
  for (int i = 0; i < 10; ++i) reload(daemon);
  ASSERT_TRUE(daemon.says("service.reloaded"));
  EXPECT_TRUE(daemon.says("instance.start_accepted"));
  site.cloud.advance(60);
  EXPECT_TRUE(daemon.says("instance.start_confirmed"));
  EXPECT_EQ(site.cloud.calls("start_instance"), 1);
}

// systemd's end of sd_notify.
class ServiceManager {
 public:
  explicit ServiceManager(const std::string& path) : path_(path), socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }
  ~ServiceManager() { ::close(socket_); }
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  // Everything that has been said, in order; waits until `word` is in it.
  bool hears(const std::string& word) {
    return eventually(
        [&] {
          char text[4096];
          for (ssize_t n; (n = ::recv(socket_, text, sizeof(text), MSG_DONTWAIT)) > 0;)
            heard_ += std::string(text, static_cast<std::size_t>(n)) + "\n";
          return heard_.find(word) != std::string::npos;
        },
        kPatience);
  }
  void forget() { heard_.clear(); }

 private:
  std::string path_;
  int socket_;
  std::string heard_;
};

TEST_F(Reload, TheServiceManagerIsToldOfEveryState) {
  ServiceManager manager(site.directory.file("notify"));
  site.environment["NOTIFY_SOCKET"] = site.directory.file("notify");
  Daemon daemon = site.daemon();
  EXPECT_TRUE(manager.hears("READY=1"));
  manager.forget();
  reload(daemon);
  EXPECT_TRUE(manager.hears("RELOADING=1"));
  EXPECT_TRUE(manager.hears("MONOTONIC_USEC="));
  EXPECT_TRUE(manager.hears("READY=1"));
  manager.forget();
  write_file(site.policy_path(), "version: 7\n");
  daemon.child.signal(SIGHUP);
  EXPECT_TRUE(manager.hears("RELOADING=1"));
  EXPECT_TRUE(manager.hears("READY=1"));
  EXPECT_TRUE(manager.hears("; the policy file is refused"));
  manager.forget();
  daemon.stop();
  EXPECT_TRUE(manager.hears("STOPPING=1"));
}

TEST_F(Reload, TheWatchdogHearsFromALiveDaemon) {
  ServiceManager manager(site.directory.file("notify"));
  site.environment["NOTIFY_SOCKET"] = site.directory.file("notify");
  site.environment["WATCHDOG_USEC"] = "1000000";
  Daemon daemon = site.daemon();
  EXPECT_TRUE(manager.hears("WATCHDOG=1"));
  manager.forget();
  EXPECT_TRUE(manager.hears("WATCHDOG=1"));
}

}  // namespace
}  // namespace integration
