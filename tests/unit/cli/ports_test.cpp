#include "cli/ports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace dbssd::cli {
namespace {

using policy::SecretSource;
using testing::AllOf;
using testing::HasSubstr;

const SecretSource kGiven{SecretSource::Kind::env, "DBSSD_TEST_GIVEN"};
const SecretSource kOther{SecretSource::Kind::env, "DBSSD_TEST_OTHER"};
const SecretSource kAbsent{SecretSource::Kind::env, "DBSSD_TEST_ABSENT"};

class ClientConfigTest : public testing::Test {
 protected:
  ClientConfigTest() {
    setenv("DBSSD_TEST_GIVEN", "given", 1);
    setenv("DBSSD_TEST_OTHER", "other", 1);
    project_.name = ProjectName("prod");
    project_.region = "ap-southeast-3";
    project_.project_id = ProjectId("5f1c");
    project_.dbss_endpoint = "https://dbss.example";
    project_.iam_endpoint = "https://iam.example";
    project_.ca_file = "/etc/ca.pem";
    project_.limits = {7, 3, Seconds(11)};
    project_.api_time_zone = "Asia/Shanghai";
    project_.auth = policy::EcsAgencyAuth{};
  }

  [[nodiscard]] cloud::ClientConfig config() {
    auto made = client_config(project_, zones_);
    EXPECT_TRUE(made) << made.error().message;
    return *std::move(made);
  }
  template <class T>
  [[nodiscard]] T credential() {
    return std::get<T>(config().credential);
  }

  schedule::ZoneDatabase zones_;
  policy::Project project_;
};

TEST_F(ClientConfigTest, CarriesEverythingThatTheProjectSays) {
  const cloud::ClientConfig made = config();
  EXPECT_EQ(made.region, "ap-southeast-3");
  EXPECT_EQ(made.project_id, ProjectId("5f1c"));
  EXPECT_EQ(made.dbss_endpoint, "https://dbss.example");
  EXPECT_EQ(made.iam_endpoint, "https://iam.example");
  EXPECT_EQ(made.ca_file, "/etc/ca.pem");
  EXPECT_EQ(made.requests_per_second, 7);
  EXPECT_EQ(made.in_flight, 3);
  EXPECT_EQ(made.timeout, Seconds(11));
  EXPECT_EQ(made.api_zone.name(), "Asia/Shanghai");
  EXPECT_TRUE(std::holds_alternative<cloud::EcsAgencyCredential>(made.credential));
}

TEST_F(ClientConfigTest, ReadsThePassword) {
  project_.auth = policy::PasswordAuth{"acme", "dbss-ops", kGiven};
  const auto made = credential<cloud::PasswordCredential>();
  EXPECT_EQ(made.domain, "acme");
  EXPECT_EQ(made.user, "dbss-ops");
  EXPECT_EQ(made.password.reveal(), "given");
}

TEST_F(ClientConfigTest, ReadsTheKeysAndTheirTokenWhereThereIsOne) {
  project_.auth = policy::AkskAuth{kGiven, kOther, {}};
  EXPECT_EQ(credential<cloud::AkskCredential>().access_key.reveal(), "given");
  EXPECT_EQ(credential<cloud::AkskCredential>().secret_key.reveal(), "other");
  EXPECT_FALSE(credential<cloud::AkskCredential>().security_token);
  project_.auth = policy::AkskAuth{kGiven, kGiven, kOther};
  EXPECT_EQ(credential<cloud::AkskCredential>().security_token->reveal(), "other");
}

TEST_F(ClientConfigTest, ReadsTheToken) {
  project_.auth = policy::TokenAuth{kGiven};
  EXPECT_EQ(credential<cloud::TokenCredential>().token.reveal(), "given");
}

TEST_F(ClientConfigTest, ReadsSecretsAfreshEachTime) {
  project_.auth = policy::TokenAuth{kGiven};
  setenv("DBSSD_TEST_GIVEN", "renewed", 1);
  EXPECT_EQ(credential<cloud::TokenCredential>().token.reveal(), "renewed");
}

TEST_F(ClientConfigTest, NamesTheProjectAndTheSecretThatCannotBeRead) {
  for (const policy::Auth& auth : std::vector<policy::Auth>{
           policy::PasswordAuth{"acme", "dbss-ops", kAbsent}, policy::TokenAuth{kAbsent},
           policy::AkskAuth{kAbsent, kGiven, {}}, policy::AkskAuth{kGiven, kAbsent, {}},
           policy::AkskAuth{kGiven, kGiven, kAbsent}}) {
    project_.auth = auth;
    const auto made = client_config(project_, zones_);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message, AllOf(HasSubstr("project prod: "), HasSubstr("DBSSD_TEST_ABSENT")));
  }
}

TEST_F(ClientConfigTest, GoesThroughTheProxyOfTheEnvironmentUnlessThePolicySaysOtherwise) {
  setenv("HTTPS_PROXY", "http://ops:p%40ss@proxy.example:3128", 1);
  setenv("NO_PROXY", "internal.example", 1);
  const cloud::ProxyRules environments = config().proxy;
  project_.proxy = policy::Proxy{"http://other.example", "me", kGiven};
  const cloud::ProxyRules own = config().proxy;
  project_.proxy = policy::Proxy{"none", {}, {}};
  const cloud::ProxyRules none = config().proxy;
  setenv("HTTPS_PROXY", "socks5://ops:p%40ss@proxy.example", 1);
  EXPECT_TRUE(client_config(project_, zones_)) << "the environment is not asked";
  project_.proxy.reset();
  const auto made = client_config(project_, zones_);
  unsetenv("HTTPS_PROXY");
  unsetenv("NO_PROXY");

  EXPECT_EQ(environments.proxy->name(), "proxy.example:3128");
  EXPECT_EQ(environments.proxy->password.reveal(), "p@ss");
  EXPECT_EQ(environments.direct, "internal.example");
  EXPECT_EQ(own.proxy->name(), "other.example:80");
  EXPECT_EQ(own.proxy->user, "me");
  EXPECT_EQ(own.proxy->password.reveal(), "given");
  EXPECT_EQ(own.direct, "") << "NO_PROXY belongs to the environment's proxy";
  EXPECT_FALSE(none.proxy);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "project prod: the environment's HTTPS_PROXY must start with http://");
  EXPECT_FALSE(config().proxy.proxy);
}

TEST_F(ClientConfigTest, NeedsTheZoneOfTheWire) {
  project_.api_time_zone = "Asia/Nowhere";
  const auto made = client_config(project_, zones_);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, AllOf(HasSubstr("project prod: "), HasSubstr("Asia/Nowhere")));
}

TEST(LogConfig, IsTheLogOfThePolicyInTheLogRoomsWords) {
  using From = policy::Log;
  using To = telemetry::LogConfig;
  using telemetry::Level;
  for (const auto& [from, to] : {std::pair{From::Format::text, To::Format::text},
                                 {From::Format::json, To::Format::json},
                                 {From::Format::journald, To::Format::journald}}) {
    EXPECT_EQ(log_config({from, From::Level::info, {}}).format, to);
  }
  for (const auto& [from, to] : {std::pair{From::Level::debug, Level::debug},
                                 {From::Level::info, Level::info},
                                 {From::Level::warning, Level::warning},
                                 {From::Level::error, Level::error}}) {
    EXPECT_EQ(log_config({From::Format::json, from, {}}).level, to);
  }
  EXPECT_EQ(log_config({From::Format::json, From::Level::info, "/var/log/x"}).file, "/var/log/x");
}

}  // namespace
}  // namespace dbssd::cli
