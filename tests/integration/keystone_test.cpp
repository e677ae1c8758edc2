// OpenStack's own Keystone as the authority: what it takes for a request, what it says, and how long its
// tokens last. The service behind is the simulated one, which takes every token until it is told not to.
#include "integration/harness/keystone.h"

#include <thread>

#include "integration/harness/site.h"

namespace integration {
namespace {

class WithKeystone : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (Keystone::installed()) keystone = std::make_unique<Keystone>(Keystone::Terms{.token_seconds = 6});
  }
  static void TearDownTestSuite() { keystone.reset(); }

  static json fleet() {
    json fleet = fleet_of({{{"name", "prod-a"}}}, {{"any_token", true}});
    if (keystone) fleet["projects"][0]["project_id"] = keystone->project_id();
    return fleet;
  }

  WithKeystone() : site(fleet()) {
    json& project = site.policy["projects"][0];
    project.erase("project_id");
    project["auth"]["domain"] = "Default";
    if (keystone) project["endpoints"]["iam"] = keystone->url();
    site.policy["instances"]["reconcile_interval"] = "1s";
  }
  void SetUp() override {
    if (!keystone) GTEST_SKIP() << "no Keystone on this host: install python3-keystone";
  }

  static inline std::unique_ptr<Keystone> keystone;
  Site site;
};

TEST_F(WithKeystone, AProjectIsFoundByItsNameAndItsInstancesAreListed) {
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
  EXPECT_EQ(events(ended.log(), "instance.seen").size(), 1U);
  EXPECT_GE(keystone->answered("GET /v3/projects?name=ap-southeast-3", "200"), 1);
  EXPECT_EQ(site.cloud.calls("issue_token"), 0) << "the simulated authority was not to be asked";
}

TEST_F(WithKeystone, AProjectWhoseIdIsKnownIsNotAskedFor) {
  const int asked = keystone->answered("GET /v3/projects", "200");
  site.policy["projects"][0]["project_id"] = keystone->project_id();
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
  EXPECT_EQ(keystone->answered("GET /v3/projects", "200"), asked);
}

TEST_F(WithKeystone, AProjectThatItDoesNotHaveIsSaid) {
  site.policy["projects"][0]["region"] = "eu-west-101";
  const Ended ended = site.run_once();
  EXPECT_NE(ended.status, 0);
  EXPECT_TRUE(events(ended.log(), "instance.seen").empty());
  EXPECT_NE(ended.out.find("IAM gives no token"), std::string::npos) << ended.out;
}

TEST_F(WithKeystone, ATokenIsRenewedBeforeItEndsAndNoCallFails) {
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("auth.renewed", json::object(), 3));
  const json renewals = events(daemon.log(), "auth.renewed");
  EXPECT_NE(renewals[0].value("reason", "").find("a token for "), std::string::npos) << renewals[0];
  EXPECT_TRUE(events(daemon.log(), "auth.failed").empty());
  EXPECT_TRUE(events(daemon.log(), "cloud.unreachable").empty());
  EXPECT_EQ(site.cloud.truth("calls")["total"]["list_instances"]["status"].value("401", 0), 0);
}

TEST_F(WithKeystone, ATokenThatTheServiceNoLongerTakesIsReplacedAtOnce) {
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("instance.seen"));
  const int issued = keystone->answered("POST /v3/auth/tokens", "201");
  site.cloud.control("POST", "/tokens/expire");
  const int listed = site.cloud.calls("list_instances");
  ASSERT_TRUE(eventually([&] { return site.cloud.calls("list_instances") >= listed + 2; }, kPatience));
  EXPECT_GT(keystone->answered("POST /v3/auth/tokens", "201"), issued);
  EXPECT_TRUE(events(daemon.log(), "auth.failed").empty());
  EXPECT_TRUE(events(daemon.log(), "cloud.unreachable").empty());
}

TEST_F(WithKeystone, AWrongPasswordIsToldInKeystonesWordsAndLocksNobodyOut) {
  site.environment["DBSSD_TEST_PASSWORD"] = "not-the-password";
  {
    Daemon daemon = site.daemon();
    ASSERT_TRUE(daemon.says("auth.failed"));
    const std::string reason = events(daemon.log(), "auth.failed")[0].value("reason", "");
    EXPECT_NE(reason.find("The request you have made requires authentication."), std::string::npos) << reason;
    EXPECT_EQ(reason.find("not-the-password"), std::string::npos) << reason;
    EXPECT_TRUE(daemon.says("auth.held"));
    std::this_thread::sleep_for(seconds{5});
    EXPECT_LE(keystone->failures(), 1);
  }
  site.environment["DBSSD_TEST_PASSWORD"] = kPassword;
  EXPECT_EQ(site.run_once().status, 0) << "locked out";
}

}  // namespace
}  // namespace integration
