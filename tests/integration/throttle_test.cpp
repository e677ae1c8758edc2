// A service that throttles, fails or refuses: how often it is asked all the same.
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "integration/harness/site.h"

namespace integration {
namespace {

/// All calls of a project that came in, and of those the ones that were answered 429.
struct Seen {
  int calls = 0;
  int throttled = 0;
};

Seen seen(Cloud& cloud, const std::string& project) {
  Seen sum;
  const json calls = cloud.truth("calls")["projects"][project]["calls"];
  for (const auto& [call, counts] : calls.items()) {
    sum.calls += counts["total"].get<int>();
    sum.throttled += counts["status"].value("429", 0);
  }
  return sum;
}

json instances(const std::string& prefix, int count) {
  json all = json::array();
  for (int i = 0; i < count; ++i) all.push_back({{"name", prefix + "-" + std::to_string(i)}});
  return all;
}

constexpr int kReports = 100;

/// Of two users, whose calls are counted apart.
json of_two_users(json fleet) {
  fleet["iam"]["users"].push_back({{"name", "dbss-other"}, {"password", kPassword}});
  return fleet;
}

/// Two projects, each with a report to be made on each of its instances.
class Throttled : public testing::Test {
 protected:
  Throttled() : site(of_two_users(two_projects(instances("slow", kReports), instances("quick", kReports)))) {
    json& prod = site.policy["projects"][0];
    prod["limits"] = {{"requests_per_second", 200}, {"in_flight", 8}, {"timeout", "10s"}};
    json other = prod;
    other["name"] = "quick";
    other["auth"]["user"] = "dbss-other";
    other["project_id"] = kOtherProjectId;
    site.policy["projects"].push_back(other);
    site.policy["instances"]["reconcile_interval"] = "5m";
    site.policy["reports"] = {minutely({{"missed", "latest"}})};
    EXPECT_EQ(site.run_once().status, 0);
    site.age_schedules(std::chrono::minutes{3});
  }
  Site site;
};

TEST_F(Throttled, AProjectAdaptsToItsLimitAndDelaysNoOther) {
  site.cloud.control("POST", "/throttle", {{"*", {{"requests", 20}, {"per", 1}, {"project", kProjectId}}}});
  const Seen quick_before = seen(site.cloud, kOtherProjectId);
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("report.accepted", {{"project", "quick"}}, kReports));
  const Seen slow_by_then = seen(site.cloud, kProjectId);
  const Seen quick = seen(site.cloud, kOtherProjectId);
  EXPECT_EQ(quick.throttled, 0);
  EXPECT_GT(quick.calls - quick_before.calls, slow_by_then.calls) << "it went at the pace of the other";

  ASSERT_TRUE(eventually([&] { return seen(site.cloud, kProjectId).throttled > 0; }, kPatience));
  std::this_thread::sleep_for(seconds{1});  // those that left before the first refusal came back
  const Seen adapted = seen(site.cloud, kProjectId);
  constexpr int kSample = 150;
  ASSERT_TRUE(
      eventually([&] { return seen(site.cloud, kProjectId).calls >= adapted.calls + kSample; }, kPatience));
  const Seen later = seen(site.cloud, kProjectId);
  EXPECT_LE((later.throttled - adapted.throttled) * 50, later.calls - adapted.calls) << "more than 2 %";
  EXPECT_EQ(events(daemon.log(), "cloud.throttled", {{"project", "quick"}}).size(), 0U);
  EXPECT_EQ(site.cloud.truth("counts")["duplicates"], 0);
}

TEST_F(Throttled, AServiceThatFailsOverEverythingIsAskedNowAndThen) {
  site.cloud.fault({{"kind", "status_before"}, {"status", 500}, {"project", kProjectId}, {"call", "*"}});
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("report.accepted", {{"project", "quick"}}, kReports));
  std::this_thread::sleep_for(seconds{2});
  const int before = seen(site.cloud, kProjectId).calls;
  std::this_thread::sleep_for(seconds{6});
  EXPECT_LE(seen(site.cloud, kProjectId).calls - before, 12);
  site.cloud.remove_faults();
  EXPECT_TRUE(daemon.says("report.accepted", {{"project", "prod"}}, kReports, 2 * kPatience));
  EXPECT_EQ(site.cloud.truth("counts")["duplicates"], 0);
}

class Refused : public testing::Test {
 protected:
  Refused() : site(fleet_of({{{"name", "prod-a"}}})) {
    site.policy["instances"]["reconcile_interval"] = "1s";
    // The main thread looks around as often as the service manager wants a sign of life.
    site.environment["WATCHDOG_USEC"] = "1000000";
  }
  void write_secret(const std::string& text) const {
    write_file(path(), text);
    ASSERT_EQ(::chmod(path().c_str(), 0600), 0);
  }
  std::string path() const { return site.directory.file("secret"); }

  /// A token that somebody else obtained.
  std::string token() {
    const std::string port = site.cloud.url().substr(site.cloud.url().rfind(':') + 1);
    contract::RawClient client(static_cast<std::uint16_t>(std::stoi(port)));
    const json user{{"name", "dbss-ops"}, {"password", kPassword}, {"domain", {{"name", "acme"}}}};
    const json body{{"auth",
                     {{"identity", {{"methods", {"password"}}, {"password", {{"user", user}}}}},
                      {"scope", {{"project", {{"id", kProjectId}}}}}}}};
    return client.send("POST", "/v3/auth/tokens", {{"Content-Type", "application/json"}}, body.dump())
        .headers["x-subject-token"];
  }
  Site site;
};

TEST_F(Refused, APermissionThatIsMissingIsAskedForNowAndThenAndSaidOnce) {
  site.cloud.fault({{"kind", "status_before"},
                    {"status", 403},
                    {"error_code", "APIGW.0302"},
                    {"message", "denied"},
                    {"call", "list_instances"}});
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("cloud.refused"));
  std::this_thread::sleep_for(seconds{6});
  EXPECT_LE(site.cloud.calls("list_instances"), 8);
  site.cloud.remove_faults();
  daemon.child.signal(SIGHUP);
  EXPECT_TRUE(daemon.says("cloud.recovered"));
  EXPECT_EQ(events(daemon.log(), "cloud.refused").size(), 1U);
  EXPECT_EQ(events(daemon.log(), "cloud.recovered").size(), 1U);
}

TEST_F(Refused, AWrongPasswordIsSaidOnceAndReloadsDoNotTryItAgain) {
  site.environment["DBSSD_TEST_PASSWORD"] = "not-the-password";
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("auth.held"));
  for (std::size_t reload = 1; reload <= 3; ++reload) {
    daemon.child.signal(SIGHUP);
    ASSERT_TRUE(daemon.says("service.reloaded", json::object(), reload));
  }
  std::this_thread::sleep_for(seconds{1});
  EXPECT_EQ(site.cloud.truth("iam")["users"]["dbss-ops"]["failures"], 1);
  EXPECT_EQ(events(daemon.log(), "auth.failed").size(), 1U);
  EXPECT_EQ(events(daemon.log(), "auth.held").size(), 1U);
}

TEST_F(Refused, ATokenThatSomebodyWritesAnewIsTakenUpWithoutAReload) {
  write_secret(token());
  site.policy["projects"][0]["auth"] = {{"method", "token"}, {"token", {{"file", path()}}}};
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("instance.seen"));
  site.cloud.control("POST", "/tokens/expire");
  ASSERT_TRUE(daemon.says("auth.failed"));
  write_secret("");  // as it is while it is being written
  ASSERT_TRUE(daemon.says("auth.failed", json::object(), 2));
  write_secret(token());
  ASSERT_TRUE(daemon.says("auth.renewed"));
  site.cloud.change("prod-a", {{"status", "SHUTOFF"}});
  EXPECT_TRUE(daemon.says("instance.changed"));
}

TEST_F(Refused, APasswordThatIsRotatedIsTakenUpWithoutAReload) {
  write_secret(kPassword);
  std::filesystem::create_directory(site.directory.file("credentials"));
  const std::string credential = site.directory.file("credentials/iam-password");
  write_file(credential, kPassword);
  site.environment["CREDENTIALS_DIRECTORY"] = site.directory.file("credentials");
  for (const json& source : {json{{"file", path()}}, json{{"credential", "iam-password"}}}) {
    SCOPED_TRACE(source.dump());
    site.cloud.control("POST", "/password", {{"user", "dbss-ops"}, {"password", kPassword}});
    write_secret(kPassword);
    write_file(credential, kPassword);
    site.policy["projects"][0]["auth"]["password"] = source;
    site.policy["state"]["path"] = site.directory.file("state-" + source.begin().key());
    Daemon daemon = site.daemon();
    ASSERT_TRUE(daemon.says("instance.seen"));
    site.cloud.control("POST", "/password", {{"user", "dbss-ops"}, {"password", "the-next-password"}});
    write_secret("the-next-password");
    write_file(credential, "the-next-password");
    ASSERT_TRUE(daemon.says("auth.renewed", {{"msg", "a secret has changed on this host and is read anew"}}));
    const int listed = site.cloud.calls("list_instances");
    EXPECT_TRUE(eventually([&] { return site.cloud.calls("list_instances") >= listed + 3; }, kPatience));
    EXPECT_EQ(site.cloud.truth("iam")["users"]["dbss-ops"]["lockouts"], 0);
    daemon.stop();
  }
}

TEST_F(Refused, AClockThatDiffersFromTheServicesIsSaidOnce) {
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("instance.seen"));
  site.cloud.advance(600);
  ASSERT_TRUE(daemon.says("clock.skewed"));
  const int listed = site.cloud.calls("list_instances");
  ASSERT_TRUE(eventually([&] { return site.cloud.calls("list_instances") >= listed + 3; }, kPatience));
  EXPECT_EQ(events(daemon.log(), "clock.skewed").size(), 1U);
}

}  // namespace
}  // namespace integration
