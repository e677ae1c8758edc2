// What the client makes of the answers to what changes something.
#include "unit/cloud/client_fixture.h"

namespace dbssd::test {
namespace {

using cloud::Notice;
using testing::HasSubstr;

using Mutations = ClientTest;

const cloud::CreateReport kReport{TemplateId("t1"), "2025-02-28 00:00:00", "2025-03-01 00:00:00", {}};

struct Row {
  const char* name;
  Expected<cloud::Response> answer;
  std::optional<ErrorKind> kind;  ///< absent: accepted
};

class MutationAnswers : public ClientTest, public testing::WithParamInterface<Row> {};

TEST_P(MutationAnswers, SayWhatIsKnown) {
  auto client = answering(GetParam().answer);
  for (const auto& result :
       {client->start_instance(InstanceId("i1")), client->create_report(InstanceId("i1"), kReport)}) {
    EXPECT_EQ(result.has_value(), !GetParam().kind);
    if (!result && GetParam().kind) {
      EXPECT_EQ(result.error().kind, *GetParam().kind) << result.error().message;
    }
  }
}

cloud::Response html(int status) {
  cloud::Response response = json(status, R"({"result":"success"})");
  response.content_type = "text/html";
  return response;
}

INSTANTIATE_TEST_SUITE_P(
    Client, MutationAnswers,
    testing::Values(
        Row{"Success", json(200, R"({"result":"success"})"), {}},
        Row{"SuccessInCapitals", json(200, R"({"result":"SUCCESS"})"), {}},
        Row{"Failed", json(200, R"({"result":"failed"})"), ErrorKind::rejected},
        Row{"NeitherNor", json(200, R"({"result":"maybe"})"), ErrorKind::outcome_unknown},
        Row{"NoJson", json(200, "oops"), ErrorKind::outcome_unknown},
        Row{"EmptyBody", json(200, ""), ErrorKind::outcome_unknown},
        Row{"SuccessThatIsNoJson", html(200), ErrorKind::outcome_unknown},
        Row{"NoContent", json(204, ""), ErrorKind::outcome_unknown},
        Row{"Continue", json(100, ""), ErrorKind::outcome_unknown},
        Row{"Redirect", json(302, ""), ErrorKind::outcome_unknown},
        Row{"BadRequest", json(400, R"({"error_code":"DBSS.10020130"})"), ErrorKind::rejected},
        Row{"NotFound", json(404, ""), ErrorKind::not_found},
        Row{"ServerError", json(500, R"({"error_code":"DBSS.11000000"})"), ErrorKind::outcome_unknown},
        Row{"BadGateway", html(502), ErrorKind::outcome_unknown},
        Row{"NothingSent", fail(ErrorKind::not_sent, "refused"), ErrorKind::not_sent},
        Row{"NothingKnown", fail(ErrorKind::outcome_unknown, "reset"), ErrorKind::outcome_unknown}),
    [](const auto& row) { return row.param.name; });

TEST_F(Mutations, NoneIsSentTwiceWhateverComesBack) {
  for (const int status : {200, 204, 302, 400, 404, 429, 500, 502, 503, 504}) {
    auto client = answering(json(status, "{}"));
    (void)client->start_instance(InstanceId("i1"));
    EXPECT_EQ(transport->sent().size(), 1U) << status;
  }
  auto client = answering(fail(ErrorKind::not_sent, "refused"));
  (void)client->start_instance(InstanceId("i1"));
  EXPECT_EQ(transport->sent().size(), 1U);
}

TEST_F(Mutations, TheyAreMarkedForTheTransport) {
  auto client = answering(R"({"result":"success"})");
  ASSERT_TRUE(client->start_instance(InstanceId("i1")));
  ASSERT_TRUE(client->create_report(InstanceId("i1"), kReport));
  for (const auto& request : transport->sent()) EXPECT_EQ(request.effect, cloud::Effect::mutation);
}

TEST_F(Mutations, AnAnswerThatLeavesThemUnknownIsNoticed) {
  auto client = answering(R"({"result":"maybe"})");
  EXPECT_FALSE(client->start_instance(InstanceId("i1")));
  EXPECT_EQ(count(Notice::Kind::malformed), 1);
}

TEST_F(Mutations, AnIdThatCannotBeOneIsRejectedUnsent) {
  auto client = answering(R"({"result":"success"})");
  const auto result = client->create_report(InstanceId(".."), kReport);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::rejected);
  EXPECT_TRUE(transport->sent().empty());
}

}  // namespace
}  // namespace dbssd::test
