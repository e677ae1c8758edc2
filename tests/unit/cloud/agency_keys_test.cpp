#include "unit/cloud/client_fixture.h"

namespace dbssd::test {
namespace {

using cloud::Request;
using testing::ElementsAre;
using testing::HasSubstr;

/// A metadata service and the cloud behind it.
class AgencyKeys : public ClientTest {
 protected:
  std::unique_ptr<cloud::CloudApi> client() {
    return make(with(cloud::EcsAgencyCredential{"http://metadata.example"}),
                [this](const Request& request) -> Expected<cloud::Response> {
                  if (request.origin != "http://metadata.example") {
                    const bool fresh =
                        header_of(request, "X-Security-Token") == "lent-" + std::to_string(accepted);
                    return accepted == 0 || fresh ? json(200, R"({"jobs":[]})") : json(401, "{}");
                  }
                  if (gone) return fail(ErrorKind::not_sent, "no route");
                  if (request.method == cloud::Method::put) return json(session_status, "session\n");
                  ++lent;
                  return json(lend_status, R"({"credential":{"access":"A)" + std::to_string(lent) +
                                               R"(","secret":"S","securitytoken":"lent-)" +
                                               std::to_string(lent) + R"(","expires_at":")" +
                                               format_utc(clock.now().second() + 3600s) + R"("}})");
                });
  }
  static Expected<std::vector<cloud::Job>> call(cloud::CloudApi& api) {
    return api.list_jobs(ResourceId("r"));
  }

  int session_status = 200;
  int lend_status = 200;
  bool gone = false;
  int lent = 0;
  int accepted = 0;  ///< the number of the only keys that the service takes; 0 for any
};

TEST_F(AgencyKeys, AreBorrowedWithASessionAndSignTheCalls) {
  auto api = client();
  ASSERT_TRUE(call(*api));
  EXPECT_THAT(lines(), ElementsAre("PUT http://metadata.example/meta-data/latest/api/token",
                                   "GET http://metadata.example/openstack/latest/securitykey",
                                   "GET https://dbss.example/v1/p1/audit/r/jobs"));
  const auto sent = transport->sent();
  EXPECT_EQ(header_of(sent[0], "X-Metadata-Token-Ttl-Seconds"), "21600");
  EXPECT_EQ(header_of(sent[1], "X-Metadata-Token"), "session");
  EXPECT_EQ(header_of(sent[2], "X-Security-Token"), "lent-1");
  EXPECT_THAT(header_of(sent[2], "Authorization"),
              HasSubstr("Access=A1, SignedHeaders=host;x-project-id;x-sdk-date;x-security-token"));
}

TEST_F(AgencyKeys, AreAskedForWithThreeSecondsOfPatience) {
  auto api = client();
  ASSERT_TRUE(call(*api));
  EXPECT_EQ(transport->sent()[0].deadline - clock.now().mono, 3s);
  EXPECT_EQ(transport->sent()[1].deadline - clock.now().mono, 3s);
}

TEST_F(AgencyKeys, AreBorrowedWithoutASessionFromAnOlderService) {
  for (const int status : {404, 405, 503}) {
    session_status = status;
    auto api = client();
    EXPECT_TRUE(call(*api)) << status;
    EXPECT_EQ(header_of(transport->sent()[1], "X-Metadata-Token"), "") << status;
  }
}

TEST_F(AgencyKeys, AreRenewedHalfAnHourBeforeTheyEnd) {
  auto api = client();
  EXPECT_TRUE(call(*api));
  clock.advance(1799s);
  EXPECT_TRUE(call(*api));
  EXPECT_EQ(lent, 1);
  clock.advance(1s);
  EXPECT_TRUE(call(*api));
  EXPECT_EQ(lent, 2);
}

TEST_F(AgencyKeys, ServeToTheirEndWhereTheMetadataServiceIsGone) {
  auto api = client();
  EXPECT_TRUE(call(*api));
  gone = true;
  clock.advance(3599s);
  EXPECT_TRUE(call(*api));
  clock.advance(1s);
  EXPECT_FALSE(call(*api));
}

TEST_F(AgencyKeys, ThatAreRefusedAreBorrowedAgainAndTheCallRepeatedOnce) {
  accepted = 2;
  auto api = client();
  EXPECT_TRUE(call(*api));
  EXPECT_EQ(lent, 2);
}

TEST_F(AgencyKeys, ThatAreNotLentLeaveTheCallUnsent) {
  lend_status = 404;
  auto api = client();
  for (int i = 0; i < 5; ++i) {
    const auto unsent = call(*api);
    ASSERT_FALSE(unsent);
    EXPECT_EQ(unsent.error().kind, ErrorKind::not_sent);
    EXPECT_THAT(unsent.error().message, HasSubstr("does this host have an agency?"));
  }
  EXPECT_EQ(lent, 1) << "a metadata service that lends nothing is left alone for a while";
}

}  // namespace
}  // namespace dbssd::test
