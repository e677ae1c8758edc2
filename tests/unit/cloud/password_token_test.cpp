#include "unit/cloud/client_fixture.h"

namespace dbssd::test {
namespace {

using cloud::Notice;
using cloud::Request;
using testing::HasSubstr;
using testing::Not;

/// IAM and the service together; a test changes what they think.
class PasswordToken : public ClientTest {
 protected:
  static bool is_iam(const Request& request) { return request.origin == "https://iam.example"; }

  cloud::Response iam() {
    if (iam_status != 201)
      return json(iam_status, R"({"error":{"code":401,"message":"wrong password s3cret!"}})");
    cloud::Response response =
        json(201, R"({"token":{"expires_at":")" + format_utc(clock.now().second() + life) + R"("}})");
    response.subject_token = Secret("token-" + std::to_string(++issued));
    response.request_id = "iam-request";
    return response;
  }
  cloud::Response service(const Request& request) {
    const std::string token = header_of(request, "X-Auth-Token");
    return token == accepted || accepted.empty() ? json(200, R"({"jobs":[]})")
                                                 : json(401, R"({"error_code":"APIGW.0307"})");
  }

  std::unique_ptr<cloud::CloudApi> client(cloud::ClientConfig config) {
    return make(std::move(config), [this](const Request& request) -> Expected<cloud::Response> {
      if (is_iam(request)) {
        ++asked;
        if (unreachable) return fail(ErrorKind::outcome_unknown, "reset");
        return iam();
      }
      return service(request);
    });
  }
  static cloud::ClientConfig config() {
    return with(cloud::PasswordCredential{"acme", "ops", Secret("s3cret!")});
  }
  static Expected<std::vector<cloud::Job>> call(cloud::CloudApi& client) {
    return client.list_jobs(ResourceId("r"));
  }

  int iam_status = 201;
  bool unreachable = false;
  Seconds life{24 * 3600};
  std::string accepted;  ///< the token that the service takes; empty for any
  int issued = 0;
  int asked = 0;
};

TEST_F(PasswordToken, IsFetchedOnceAndSentWithEveryCall) {
  auto api = client(config());
  EXPECT_TRUE(call(*api));
  EXPECT_TRUE(call(*api));
  EXPECT_EQ(asked, 1);
  const auto sent = transport->sent();
  EXPECT_EQ(line_of(sent[0]), "POST https://iam.example/v3/auth/tokens?nocatalog=true");
  EXPECT_EQ(sent[0].effect, cloud::Effect::mutation);
  EXPECT_EQ(header_of(sent[1], "X-Auth-Token"), "token-1");
  EXPECT_EQ(count(Notice::Kind::token_renewed), 1);
}

TEST_F(PasswordToken, TellsHowLongItIsGoodByThisHostsClock) {
  auto api = client(config());
  EXPECT_FALSE(api->token_life());
  EXPECT_TRUE(call(*api));
  const Instant first = clock.now().second();
  EXPECT_EQ(api->token_life(), (cloud::TokenLife{first, first + 24h}));
  clock.advance(24h - 600s);
  EXPECT_TRUE(call(*api));
  EXPECT_EQ(api->token_life()->issued, first + 24h - 600s);
}

TEST_F(PasswordToken, IsRenewedTenMinutesBeforeItEnds) {
  auto api = client(config());
  EXPECT_TRUE(call(*api));
  clock.advance(24h - 601s);
  EXPECT_TRUE(call(*api));
  EXPECT_EQ(asked, 1);
  clock.advance(1s);
  EXPECT_TRUE(call(*api));
  EXPECT_EQ(asked, 2);
}

TEST_F(PasswordToken, ThatIsShortLivedIsRenewedInItsLastFifth) {
  life = 100s;
  auto api = client(config());
  EXPECT_TRUE(call(*api));
  clock.advance(79s);
  EXPECT_TRUE(call(*api));
  EXPECT_EQ(asked, 1);
  clock.advance(1s);
  EXPECT_TRUE(call(*api));
  EXPECT_EQ(asked, 2);
}

TEST_F(PasswordToken, DoesNotMindAStepOfTheWallClock) {
  auto api = client(config());
  EXPECT_TRUE(call(*api));
  clock.step(48h);
  EXPECT_TRUE(call(*api));
  EXPECT_EQ(asked, 1);
}

TEST_F(PasswordToken, ThatTheServiceRefusesIsFetchedOnceAndTheCallRepeatedOnce) {
  accepted = "token-1";
  auto api = client(config());
  EXPECT_TRUE(call(*api));
  accepted = "token-2";
  EXPECT_TRUE(call(*api));
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(transport->sent().size(), 5U);
}

TEST_F(PasswordToken, ThatIsRefusedThoughItIsFreshIsAnError) {
  accepted = "none";
  auto api = client(config());
  const auto refused = call(*api);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unauthorized);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(transport->sent().size(), 4U);
}

TEST_F(PasswordToken, IsNotFetchedOverAndOverForAServiceThatRefusesEveryOne) {
  accepted = "none";
  auto api = client(config());
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(call(*api));
  EXPECT_LE(asked, 4);
  EXPECT_EQ(count(Notice::Kind::auth_failed), 1);
}

TEST_F(PasswordToken, IsNotAskedForAgainAfterAWrongPassword) {
  iam_status = 401;
  auto api = client(config());
  Seconds hold{120};
  for (int refusals = 1; refusals <= 4; ++refusals) {
    for (int i = 0; i < 10; ++i) {
      const auto refused = call(*api);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().kind, ErrorKind::unauthorized);
      EXPECT_EQ(refused.error().retry_after, hold);
    }
    EXPECT_EQ(asked, refusals);
    EXPECT_EQ(count(Notice::Kind::auth_failed), 1) << "said once";
    clock.advance(hold);
    hold *= 2;
  }
}

TEST_F(PasswordToken, ThatIsRefusedIsSaidAnewAfterOneThatWasTaken) {
  auto api = client(config());
  for (int time = 1; time <= 2; ++time) {
    accepted = "none";
    EXPECT_FALSE(call(*api));
    EXPECT_FALSE(call(*api));
    EXPECT_EQ(count(Notice::Kind::auth_failed), time);
    accepted.clear();
    clock.advance(1h);
    EXPECT_TRUE(call(*api));
  }
}

TEST_F(PasswordToken, IsNotAskedForByEveryProjectAfterAWrongPassword) {
  iam_status = 401;
  const auto ledger = std::make_shared<cloud::CredentialLedger>(clock);
  for (int project = 0; project < 10; ++project) {
    cloud::ClientConfig one = config();
    one.project_id = ProjectId("p" + std::to_string(project));
    one.ledger = ledger;
    EXPECT_FALSE(call(*client(std::move(one))));
  }
  EXPECT_EQ(asked, 1);
}

TEST_F(PasswordToken, IsAskedForAtOnceWithACorrectedPassword) {
  const auto ledger = std::make_shared<cloud::CredentialLedger>(clock);
  cloud::ClientConfig wrong = config();
  wrong.ledger = ledger;
  iam_status = 401;
  EXPECT_FALSE(call(*client(std::move(wrong))));
  cloud::ClientConfig right = with(cloud::PasswordCredential{"acme", "ops", Secret("corrected")});
  right.ledger = ledger;
  iam_status = 201;
  EXPECT_TRUE(call(*client(std::move(right))));
}

TEST_F(PasswordToken, ThatIsRefusedForOneProjectHarmsNoOther) {
  const auto ledger = std::make_shared<cloud::CredentialLedger>(clock);
  cloud::ClientConfig bad = config();
  bad.ledger = ledger;
  cloud::ClientConfig good = bad;
  iam_status = 403;
  auto refused = client(std::move(bad));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(call(*refused));
  EXPECT_EQ(asked, 1) << "a refusal of any kind is left alone for a while";
  iam_status = 201;
  EXPECT_TRUE(call(*client(std::move(good))));
}

TEST_F(PasswordToken, ThatCannotBeFetchedLeavesTheCallUnsent) {
  unreachable = true;
  auto api = client(config());
  for (int i = 0; i < 5; ++i) {
    const auto unsent = call(*api);
    ASSERT_FALSE(unsent);
    EXPECT_EQ(unsent.error().kind, ErrorKind::not_sent);
  }
  EXPECT_EQ(asked, 1);
  unreachable = false;
  clock.advance(5s);
  EXPECT_TRUE(call(*api));
  EXPECT_EQ(count(Notice::Kind::auth_failed), 0);
}

TEST_F(PasswordToken, IsAskedForLaterWhereIamIsThrottledOrIll) {
  for (const int status : {429, 500, 503}) {
    iam_status = status;
    auto api = client(config());
    const auto unsent = call(*api);
    ASSERT_FALSE(unsent);
    EXPECT_TRUE(had_no_effect(unsent.error().kind)) << status;
    iam_status = 201;
    clock.advance(5s);
    EXPECT_TRUE(call(*api)) << status;
  }
  EXPECT_EQ(count(Notice::Kind::auth_failed), 0);
}

TEST_F(PasswordToken, ServesToItsEndWhereIamIsGone) {
  auto api = client(config());
  EXPECT_TRUE(call(*api));
  unreachable = true;
  clock.advance(24h - 60s);
  EXPECT_TRUE(call(*api));
  clock.advance(60s);
  EXPECT_FALSE(call(*api));
}

TEST_F(PasswordToken, KeepsThePasswordToItself) {
  iam_status = 401;
  auto api = client(config());
  const auto refused = call(*api);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, Not(HasSubstr("s3cret!")));
  EXPECT_THAT(refused.error().message, HasSubstr("wrong password ***"));
  for (const Notice& notice : notices) EXPECT_THAT(notice.message, Not(HasSubstr("s3cret!")));
}

TEST_F(PasswordToken, ThatIsTooLargeIsRefused) {
  auto api = make(config(), [](const Request&) {
    cloud::Response response = json(201, "{}");
    response.subject_token = Secret(std::string(32 * 1024 + 1, 'x'));
    return response;
  });
  const auto refused = call(*api);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unauthorized);
  EXPECT_THAT(refused.error().message, HasSubstr("32 KB"));
}

TEST_F(PasswordToken, ARefusalSaysWhichAccountsGetNone) {
  const auto client = this->client(config());
  iam_status = 401;
  const auto refused = call(*client);
  ASSERT_FALSE(refused);
  for (const char* word : {"HUAWEI ID", "federated", "MFA", "IAM user with programmatic access", "aksk"})
    EXPECT_THAT(refused.error().message, HasSubstr(word));
}

TEST_F(PasswordToken, AnIamThatFailsSaysNothingOfAccounts) {
  const auto client = this->client(config());
  iam_status = 503;
  const auto failed = call(*client);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, Not(HasSubstr("HUAWEI ID")));
}

}  // namespace
}  // namespace dbssd::test
