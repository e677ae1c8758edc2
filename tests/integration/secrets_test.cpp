// Secrets: where they may come from, and that none goes anywhere.
#include <sys/stat.h>

#include <filesystem>

#include "integration/harness/secrets.h"
#include "integration/harness/site.h"

namespace integration {
namespace {

const std::string kSecretKey = "a-secret-key-that-nobody-may-see";

class Secrets : public testing::Test {
 protected:
  Secrets() : site(fleet_of({{{"name", "prod-off"}, {"status", "SHUTOFF"}}, {{"name", "prod-a"}}})) {
    site.policy["instances"] = {{"reconcile_interval", "1s"}, {"start", {{{"name", "keep-running"}}}}};
    site.policy["reports"] = {minutely()};
  }
  // Every file below the test's directory but what was put there as a secret.
  std::string everything_written() const {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(site.directory.path()))
      if (entry.is_regular_file() && entry.path().filename() != "secret")
        all += read_file(entry.path().string());
    return all;
  }
  Site site;
};

TEST_F(Secrets, NeitherAPasswordNorATokenIsWrittenAnywhere) {
  // A service that says what it was sent, in its errors.
  site.cloud.fault({{"kind", "status_before"},
                    {"status", 400},
                    {"call", "start_instance"},
                    {"message", "bad request: password " + kPassword}});
  (void)site.run_once();
  site.age_schedules(std::chrono::minutes{5});
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("report.accepted"));
  site.cloud.control("POST", "/tokens/expire");
  const int issued = site.cloud.calls("issue_token");
  ASSERT_TRUE(eventually([&] { return site.cloud.calls("issue_token") > issued; }, kPatience));
  const std::string proc = "/proc/" + std::to_string(daemon.child.pid());
  const std::string command_line = read_file(proc + "/cmdline");
  ASSERT_NE(command_line.find("--policy"), std::string::npos);
  EXPECT_EQ(command_line.find(kPassword), std::string::npos);
  daemon.stop();
  (void)site.command({"plan", "--output", "json"});

  const std::string written = everything_written();
  ASSERT_NE(written.find("report.accepted"), std::string::npos);
  EXPECT_EQ(written.find(kPassword), std::string::npos);
  // Every token of the simulated authority begins like this.
  EXPECT_EQ(written.find("MIIF"), std::string::npos);
  EXPECT_GT(site.cloud.secrets().size(), 1U) << "what ~Site looks for";
}

// As ~Site looks for them, in all that any program of these tests has written.
TEST(ASecret, IsRecognisedHoweverItIsWritten) {
  const std::string secret = "the-password/of+dbss&ops";
  for (const std::string shown :
       {"the-password/of+dbss&ops", "the-password%2Fof%2Bdbss%26ops", "the-password/of+dbss&amp;ops",
        R"(the-password\/of+dbss&ops)", "dGhlLXBhc3N3b3JkL29mK2Ric3Mmb3Bz",
        "eHRoZS1wYXNzd29yZC9vZitkYnNzJm9wcw==", "eHh0aGUtcGFzc3dvcmQvb2YrZGJzcyZvcHN4"}) {
    EXPECT_TRUE(shows("a line with " + shown + " in it", secret)) << shown;
  }
  EXPECT_FALSE(shows("the-password/of+dbss and ops, dGhlLXBhc3N3b3Jk", secret));
}

TEST(ASecret, IsTakenFromEachPlaceThatAProgramHasItFrom) {
  EXPECT_EQ(secrets_in({{"PATH", "/bin"},
                        {"DBSSD_TEST_SK", "a"},
                        {"DBSSD_TEST_AK", "public"},
                        {"HTTPS_PROXY", "http://ops:b@localhost:1"}}),
            (std::set<std::string>{"a", "b"}));
}

TEST_F(Secrets, AFixedTokenAndTheProxysPasswordAreShownNowhere) {
  json& project = site.policy["projects"][0];
  site.environment["DBSSD_TEST_TOKEN"] = "a-token/that+nobody&may-see";
  site.environment["DBSSD_TEST_PROXY"] = "a-proxy/password+nobody&may-see";
  project["auth"] = {{"method", "token"}, {"token", {{"env", "DBSSD_TEST_TOKEN"}}}};
  project["endpoints"]["dbss"] = "https://dbss.example";
  project["proxy"] = {
      {"url", "http://127.0.0.1:1"}, {"user", "ops"}, {"password", {{"env", "DBSSD_TEST_PROXY"}}}};
  const Ended ended = site.run_once();
  EXPECT_NE(ended.status, 0);
  EXPECT_NE(ended.out.find("127.0.0.1:1"), std::string::npos) << ended.out;
}

TEST_F(Secrets, AWrongPasswordIsNotShownEither) {
  site.environment["DBSSD_TEST_PASSWORD"] = "a-password-of-yesterday";
  const Ended ended = site.run_once();
  EXPECT_NE(ended.status, 0);
  EXPECT_EQ(everything_written().find("a-password-of-yesterday"), std::string::npos);
}

TEST_F(Secrets, ASecretKeyIsShownNowhere) {
  site.environment["DBSSD_TEST_SK"] = kSecretKey;
  site.environment["DBSSD_TEST_AK"] = "AKIDOFNOBODY";
  site.policy["projects"][0]["auth"] = {{"method", "aksk"},
                                        {"access_key", {{"env", "DBSSD_TEST_AK"}}},
                                        {"secret_key", {{"env", "DBSSD_TEST_SK"}}}};
  EXPECT_NE(site.run_once().status, 0);
  EXPECT_EQ(everything_written().find(kSecretKey), std::string::npos);
}

TEST_F(Secrets, ASecretThatIsMissingIsNamedAndNothingIsAsked) {
  site.environment.erase("DBSSD_TEST_PASSWORD");
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 2);
  EXPECT_NE(ended.err.find("DBSSD_TEST_PASSWORD"), std::string::npos) << ended.err;
  EXPECT_EQ(site.cloud.calls("issue_token"), 0);
}

TEST_F(Secrets, AFileThatEverybodyCanReadIsRefused) {
  const std::string path = site.directory.file("secret");
  write_file(path, kPassword);
  site.policy["projects"][0]["auth"]["password"] = {{"file", path}};
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  const Ended refused = site.run_once();
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find(path), std::string::npos) << refused.err;
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(site.run_once().status, 0);
}

TEST_F(Secrets, ACredentialOfTheServiceManagerIsRead) {
  std::filesystem::create_directory(site.directory.file("credentials"));
  const std::string path = site.directory.file("credentials/secret");
  write_file(path, kPassword);
  ASSERT_EQ(::chmod(path.c_str(), 0400), 0);
  site.environment["CREDENTIALS_DIRECTORY"] = site.directory.file("credentials");
  site.policy["projects"][0]["auth"]["password"] = {{"credential", "secret"}};
  EXPECT_EQ(site.run_once().status, 0);
}

TEST_F(Secrets, APasswordInThePolicyIsRefusedAndNotRepeated) {
  site.policy["projects"][0]["auth"]["password"] = "written-into-the-policy";
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ((ended.out + ended.err).find("written-into-the-policy"), std::string::npos) << ended.err;
}

}  // namespace
}  // namespace integration
