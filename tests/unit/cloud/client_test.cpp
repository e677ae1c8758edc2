// What all calls of a client share: the project, the pace, cancelling, secrets.
#include <future>
#include <new>

#include "unit/cloud/client_fixture.h"

namespace dbssd::test {
namespace {

using cloud::Request;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

using Client = ClientTest;

TEST_F(Client, TheProjectIsLookedUpOnceByTheRegionsName) {
  cloud::ClientConfig config = with(cloud::TokenCredential{Secret("t")});
  config.project_id.reset();
  auto client = make(std::move(config), [](const Request& request) {
    if (request.origin == "https://iam.example")
      return json(200, R"({"projects":[{"id":"p9","name":"ap-southeast-3"},{"id":"p8","name":"ap"}]})");
    return json(200, R"({"jobs":[]})");
  });
  EXPECT_TRUE(client->list_jobs(ResourceId("r")));
  EXPECT_TRUE(client->list_jobs(ResourceId("r")));
  EXPECT_THAT(lines(), ElementsAre("GET https://iam.example/v3/projects?name=ap-southeast-3",
                                   "GET https://dbss.example/v1/p9/audit/r/jobs",
                                   "GET https://dbss.example/v1/p9/audit/r/jobs"));
}

TEST_F(Client, AProjectThatIsNotFoundIsNotAskedForAgainForAMinute) {
  cloud::ClientConfig config = with(cloud::TokenCredential{Secret("t")});
  config.project_id.reset();
  auto client = make(std::move(config), [](const Request&) { return json(200, R"({"projects":[]})"); });
  for (int i = 0; i < 3; ++i) {
    const auto jobs = client->list_jobs(ResourceId("r"));
    ASSERT_FALSE(jobs);
    EXPECT_EQ(jobs.error().kind, ErrorKind::rejected);
    EXPECT_THAT(jobs.error().message, HasSubstr("set project_id"));
  }
  EXPECT_EQ(transport->sent().size(), 1U);
  clock.advance(60s);
  EXPECT_FALSE(client->list_jobs(ResourceId("r")));
  EXPECT_EQ(transport->sent().size(), 2U);
}

TEST_F(Client, AThrottledCallSlowsTheNextOnesDown) {
  int calls = 0;
  cloud::ClientConfig config = with(cloud::TokenCredential{Secret("t")});
  config.timeout = 5s;
  auto client = make(std::move(config), [&](const Request&) {
    if (++calls == 1)
      return json(
          429,
          R"({"error_code":"APIGW.0308","error_msg":"policy user over ratelimit,limit:10,time:1 minute"})");
    return json(200, R"({"jobs":[]})");
  });
  const auto first = client->list_jobs(ResourceId("r"));
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, ErrorKind::throttled);
  EXPECT_EQ(first.error().code, "APIGW.0308");
  EXPECT_EQ(first.error().retry_after, 60s);
  const auto second = client->list_jobs(ResourceId("r"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::throttled);
  EXPECT_EQ(calls, 1) << "the second call should not have left";
  clock.advance(60s);
  EXPECT_TRUE(client->list_jobs(ResourceId("r")));
}

TEST_F(Client, OneTimeOutIsForTheTokenTheTurnAndTheWay) {
  std::vector<MonoTime::duration> left;
  cloud::ClientConfig config = with(cloud::PasswordCredential{"acme", "ops", Secret("s3cret!")});
  config.project_id.reset();
  config.timeout = 30s;
  auto client = make(std::move(config), [&](const Request& request) {
    left.push_back(request.deadline - clock.now().mono);
    clock.advance(4s);
    if (request.path.back() == "tokens") {
      cloud::Response token = json(201, R"({"token":{"expires_at":"2025-03-02T12:00:00Z"}})");
      token.subject_token = Secret("fresh");
      return token;
    }
    if (request.path.back() == "projects")
      return json(200, R"({"projects":[{"id":"p9","name":"ap-southeast-3"}]})");
    return json(200, R"({"jobs":[]})");
  });
  EXPECT_TRUE(client->list_jobs(ResourceId("r")));
  EXPECT_THAT(left, ElementsAre(20s, 16s, 22s)) << "a third of it is kept for the call's own way";
  left.clear();
  EXPECT_TRUE(client->list_jobs(ResourceId("r")));
  EXPECT_THAT(left, ElementsAre(30s));
}

TEST_F(Client, ACallThatCouldNotComeBackInTimeDoesNotLeave) {
  cloud::ClientConfig config = with(cloud::PasswordCredential{"acme", "ops", Secret("s3cret!")});
  config.timeout = 30s;
  auto client = make(std::move(config), [&](const Request&) {
    clock.advance(21s);  // longer than it was given
    cloud::Response token = json(201, R"({"token":{"expires_at":"2025-03-02T12:00:00Z"}})");
    token.subject_token = Secret("fresh");
    return token;
  });
  const auto started = client->start_instance(InstanceId("i"));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::throttled);
  EXPECT_EQ(transport->sent().size(), 1U);
}

TEST_F(Client, WhatTheTransportThrowsEndsTheTrialOfTheCredential) {
  bool throws = true;
  auto client = make(with(cloud::TokenCredential{Secret("t")}), [&](const Request&) {
    if (throws) throw std::bad_alloc();
    return json(200, R"({"jobs":[]})");
  });
  EXPECT_FALSE(client->list_jobs(ResourceId("r")));
  throws = false;
  EXPECT_TRUE(client->list_jobs(ResourceId("r"))) << "it waited for the end of the first";
}

TEST_F(Client, ACallThatWaitsForAPlaceIsCancelled) {
  std::promise<void> begun, go;
  cloud::ClientConfig config = with(cloud::TokenCredential{Secret("t")});
  config.in_flight = 1;
  config.timeout = 3600s;
  auto client = make(std::move(config), [&](const Request&) {
    begun.set_value();
    go.get_future().wait();
    return json(200, R"({"jobs":[]})");
  });
  const auto call = [&] { return client->list_jobs(ResourceId("r")); };
  auto first = std::async(std::launch::async, call);
  begun.get_future().wait();
  auto second = std::async(std::launch::async, call);
  client->cancel();
  const auto cancelled = second.get();
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().kind, ErrorKind::not_sent);
  go.set_value();
  EXPECT_TRUE(first.get());
}

TEST_F(Client, AThrottledCallSlowsNoCallOfAnotherKindAndTheSameOneOfAnotherProject) {
  auto ledger = std::make_shared<cloud::CredentialLedger>(clock);
  const auto project = [&](const std::string& name) {
    cloud::ClientConfig config = with(cloud::AkskCredential{Secret("AK"), Secret("SK"), {}});
    config.project_id = ProjectId(name);
    config.timeout = 5s;
    config.ledger = ledger;
    return make(std::move(config), [](const Request& request) {
      if (request.api == "create report")
        return json(429, R"({"error_code":"APIGW.0308","error_msg":"limit:10,time:1 minute"})");
      return json(200, R"({"jobs":[]})");
    });
  };
  const auto prod = project("prod");
  const auto other = project("other");
  const auto create = [](cloud::CloudApi& client) {
    return client.create_report(InstanceId("i"), {TemplateId("t"), {}, {}, {}});
  };
  ASSERT_FALSE(create(*prod));
  EXPECT_TRUE(prod->list_jobs(ResourceId("r")));
  const std::size_t sent = transport->sent().size();
  const auto second = create(*other);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::throttled);
  EXPECT_EQ(transport->sent().size(), sent) << "it ran into the same limit by itself";
  EXPECT_TRUE(other->list_jobs(ResourceId("r")));
}

TEST_F(Client, NothingLeavesAfterCancel) {
  auto client = answering(R"({"jobs":[]})");
  client->cancel();
  const auto jobs = client->list_jobs(ResourceId("r"));
  ASSERT_FALSE(jobs);
  EXPECT_EQ(jobs.error().kind, ErrorKind::not_sent);
  EXPECT_TRUE(transport->sent().empty());
}

TEST_F(Client, ATokenThatTheServiceRepeatsIsBlottedOut) {
  auto client = answering(json(400, R"({"error_msg":"your token fixed-token is odd"})"));
  const auto started = client->start_instance(InstanceId("i"));
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("your token *** is odd"));
}

TEST_F(Client, ATokenIsInNoUrlAndNoBody) {
  auto client = answering(R"({"result":"success"})");
  ASSERT_TRUE(client->start_instance(InstanceId("i")));
  for (const Request& request : transport->sent()) {
    EXPECT_THAT(line_of(request), Not(HasSubstr("fixed-token")));
    EXPECT_THAT(request.body, Not(HasSubstr("fixed-token")));
  }
}

TEST_F(Client, AFixedTokenThatIsRefusedIsLeftAlone) {
  auto client = answering(json(401, R"({"error_code":"APIGW.0307"})"));
  const auto first = client->start_instance(InstanceId("i"));
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, ErrorKind::unauthorized);
  EXPECT_EQ(count(cloud::Notice::Kind::auth_failed), 1);
  const auto second = client->start_instance(InstanceId("i"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::unauthorized);
  EXPECT_EQ(second.error().retry_after, 120s);
  EXPECT_EQ(transport->sent().size(), 1U);
}

TEST_F(Client, ClocksThatDifferAreSaidOnceAndSoIsThatTheyAgreeAgain) {
  Seconds ahead{};
  auto client = make(with(cloud::TokenCredential{Secret("t")}), [&](const Request&) {
    clock.advance(40s);  // a slow answer is dated when it begins
    cloud::Response response = json(200, R"({"jobs":[]})");
    response.date = clock.now().second() - 40s + ahead;
    return response;
  });
  const auto call = [&](int times) {
    for (int i = 0; i < times; ++i) EXPECT_TRUE(client->list_jobs(ResourceId("r")));
  };
  call(5);
  EXPECT_TRUE(notices.empty());
  ahead = 140s;
  call(2);
  EXPECT_TRUE(notices.empty()) << "a single answer may have any date";
  call(10);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices.front().kind, cloud::Notice::Kind::clock_skewed);
  EXPECT_EQ(notices.front().message, "this host's clock is 1m40s behind the service's");
  ahead = Seconds{};
  call(10);
  ASSERT_EQ(notices.size(), 2U);
  EXPECT_EQ(notices.back().kind, cloud::Notice::Kind::clock_agreed);
  ahead = -3h;
  call(3);
  ASSERT_EQ(notices.size(), 3U);
  EXPECT_EQ(notices.back().message, "this host's clock is 3h ahead of the service's");
}

TEST_F(Client, ATokenThatNoGatewayTakesIsNotSent) {
  for (const std::string& token :
       {std::string(), std::string(32 * 1024 + 1, 'x'), std::string("a b"), std::string("a\r\nX-Evil: 1"),
        std::string("a\0b", 3), std::string("\xC3\xBC")}) {
    auto client =
        make(with(cloud::TokenCredential{Secret(token)}), [](const Request&) { return json(200, "{}"); });
    const auto jobs = client->list_jobs(ResourceId("r"));
    ASSERT_FALSE(jobs);
    EXPECT_EQ(jobs.error().kind, ErrorKind::unauthorized);
    EXPECT_TRUE(transport->sent().empty());
  }
  auto client = make(with(cloud::TokenCredential{Secret(std::string(32 * 1024, 'x'))}),
                     [](const Request&) { return json(200, R"({"jobs":[]})"); });
  EXPECT_TRUE(client->list_jobs(ResourceId("r")));
}

}  // namespace
}  // namespace dbssd::test
