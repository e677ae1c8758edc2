#include "unit/cloud/client_fixture.h"

namespace dbssd::test {
namespace {

using cloud::Notice;
using cloud::Request;
using testing::HasSubstr;
using testing::Not;

/// A gateway with a clock of its own that takes signatures not older or younger than 15 minutes.
class KeyPair : public ClientTest {
 protected:
  static cloud::ClientConfig config() {
    return with(cloud::AkskCredential{Secret("AccessKey"), Secret("SecretKey"), std::nullopt});
  }
  std::unique_ptr<cloud::CloudApi> client(cloud::ClientConfig with_keys) {
    return make(std::move(with_keys), [this](const Request& request) {
      const Instant now = clock.now().second() + ahead;
      const std::string date = header_of(request, "X-Sdk-Date");
      const auto signed_at = parse_utc(date.substr(0, 4) + '-' + date.substr(4, 2) + '-' + date.substr(6, 5) +
                                       ':' + date.substr(11, 2) + ':' + date.substr(13, 3));
      const bool timely = signed_at && std::chrono::abs(*signed_at - now) < 15min;
      failures = known && timely ? 0 : failures + 1;
      worst = std::max(worst, failures);
      cloud::Response response =
          known && timely ? json(200, R"({"jobs":[]})")
                          : json(401, R"({"error_code":"APIGW.0301","error_msg":"AccessKey is wrong"})");
      response.date = now;
      return response;
    });
  }
  static Expected<std::vector<cloud::Job>> call(cloud::CloudApi& api) {
    return api.list_jobs(ResourceId("r"));
  }

  Seconds ahead{0};
  bool known = true;
  int failures = 0;  ///< in a row
  int worst = 0;
};

TEST_F(KeyPair, SignsEveryCallForItsProject) {
  auto api = client(config());
  ASSERT_TRUE(call(*api));
  const Request sent = transport->sent().at(0);
  EXPECT_EQ(header_of(sent, "X-Sdk-Date"), "20250301T120000Z");
  EXPECT_EQ(header_of(sent, "X-Project-Id"), "p1");
  EXPECT_THAT(
      header_of(sent, "Authorization"),
      testing::StartsWith(
          "SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=host;x-project-id;x-sdk-date, Signature="));
}

TEST_F(KeyPair, LooksTheProjectUpWithoutNamingOne) {
  cloud::ClientConfig unknown = config();
  unknown.project_id.reset();
  auto api = make(std::move(unknown), [](const Request&) {
    return json(200, R"({"projects":[{"id":"p9","name":"ap-southeast-3"}],"jobs":[]})");
  });
  ASSERT_TRUE(call(*api));
  const auto sent = transport->sent();
  EXPECT_EQ(header_of(sent.at(0), "X-Project-Id"), "");
  EXPECT_EQ(header_of(sent.at(1), "X-Project-Id"), "p9");
}

TEST_F(KeyPair, FollowsTheServicesClockWhereThisHostsIsWrong) {
  for (const Seconds off : {Seconds{20min}, Seconds{-20min}, Seconds{400 * 24h}}) {
    ahead = off;
    auto api = client(config());
    EXPECT_TRUE(call(*api)) << off.count();
    EXPECT_TRUE(call(*api)) << off.count();
    EXPECT_EQ(transport->sent().size(), 3U) << "one refusal, one repetition, and then it is known";
  }
}

TEST_F(KeyPair, GoesBackToItsOwnClockWhenThatIsRightAgain) {
  ahead = 20min;
  auto api = client(config());
  EXPECT_TRUE(call(*api));
  clock.step(20min);
  ahead = Seconds{0};
  EXPECT_TRUE(call(*api));
  EXPECT_TRUE(call(*api));
  EXPECT_EQ(header_of(transport->sent().back(), "X-Sdk-Date"), "20250301T122000Z");
}

TEST_F(KeyPair, ThatIsRefusedIsHeldBeforeItIsLocked) {
  known = false;
  auto api = client(config());
  for (int minute = 0; minute < 60; ++minute) {
    for (int i = 0; i < 10; ++i) {
      const auto refused = call(*api);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().kind, ErrorKind::unauthorized);
    }
    // What was locked for five minutes is open again.
    if (minute % 6 == 5) failures = 0;
    clock.advance(1min);
  }
  EXPECT_LT(worst, 5);
  EXPECT_EQ(count(Notice::Kind::auth_failed), 1);
}

TEST_F(KeyPair, IsHeldForAllProjectsTogether) {
  known = false;
  const auto ledger = std::make_shared<cloud::CredentialLedger>(clock);
  for (int project = 0; project < 10; ++project) {
    cloud::ClientConfig one = config();
    one.ledger = ledger;
    EXPECT_FALSE(call(*client(std::move(one))));
  }
  EXPECT_LT(worst, 5);
}

TEST_F(KeyPair, AWrongClockIsOneRefusalForAllProjectsTogether) {
  ahead = 20min;
  const auto ledger = std::make_shared<cloud::CredentialLedger>(clock);
  for (int project = 0; project < 10; ++project) {
    cloud::ClientConfig one = config();
    one.ledger = ledger;
    EXPECT_TRUE(call(*client(std::move(one)))) << project;
  }
  EXPECT_EQ(worst, 1);
}

TEST_F(KeyPair, ServesAgainAfterTheHold) {
  known = false;
  auto api = client(config());
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(call(*api));
  known = true;
  EXPECT_FALSE(call(*api));
  clock.advance(360s);
  EXPECT_TRUE(call(*api));
}

TEST_F(KeyPair, ARefusalNamesAClockThatIsWrong) {
  known = false;
  ahead = 20min;
  auto api = client(config());
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(call(*api));
  ASSERT_GE(count(Notice::Kind::auth_failed), 1);
  EXPECT_THAT(notices.front().message, HasSubstr("this host's clock is 20m behind the service's"));
}

TEST_F(KeyPair, KeepsItsKeysToItself) {
  known = false;
  auto api = client(config());
  const auto refused = call(*api);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("*** is wrong"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("AccessKey")));
}

// Sixteen calls that leave together, signed with a clock that was set wrong a moment ago, would lock the key.
TEST_F(KeyPair, AfterAJumpOfTheClockOneCallAtATimeTriesWhetherItIsRight) {
  cloud::ClientConfig shared = config();
  shared.ledger = cloud::make_credential_ledger();
  const auto trial = shared.ledger->probation({"aksk", "AccessKey", "SecretKey"}, {});
  const auto others_may_enter = [&] {
    const bool entered = trial->enter(clock.now().mono).has_value();
    if (entered) (void)trial->conclude(cloud::Outcome::unclear);
    return entered;
  };
  std::vector<bool> beside;
  auto api = make(std::move(shared), [&](const Request&) {
    beside.push_back(others_may_enter());
    cloud::Response response = json(200, R"({"jobs":[]})");
    response.date = clock.now().second();
    return response;
  });
  ASSERT_TRUE(call(*api));
  ASSERT_TRUE(call(*api));
  clock.step(48h);
  ASSERT_TRUE(call(*api));
  ASSERT_TRUE(call(*api));
  clock.step(-4min);
  ASSERT_TRUE(call(*api));
  EXPECT_THAT(beside, testing::ElementsAre(false, true, false, true, true));
}

}  // namespace
}  // namespace dbssd::test
