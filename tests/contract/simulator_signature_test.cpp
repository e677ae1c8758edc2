// SDK-HMAC-SHA256: the public vectors, and the gateway's judgement of good and bad signatures.
#include "simulator/signature.h"

#include "contract/simulated_cloud.h"
#include "simulator/calendar.h"

namespace contract {
namespace {

struct Vector {
  std::string name, method, path, query, host, date, body, signature;
  std::vector<std::string_view> signed_headers;
};

std::vector<Vector> vectors() {
  const std::string host = "service.endpoint.myhuaweicloud.com";
  return {
      {"GetWithDate",
       "GET",
       "/path",
       "limit=1",
       "",
       "20060102T150405Z",
       "",
       "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624",
       {"x-sdk-date"}},
      {"PostWithDate",
       "POST",
       "/path",
       "key=value",
       "",
       "20060102T150405Z",
       "{\"Name\":\"test\",\"Id\":1}\n",
       "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59",
       {"x-sdk-date"}},
      {"GetWithHost",
       "GET",
       "/resources",
       "size=1",
       host,
       "20200608T023900Z",
       "",
       "cfb4171acec81de07d50e53d57eb77edd537414d66ddb1d7d780f128e12cd842",
       {"host", "x-sdk-date"}},
      {"PostWithHost",
       "POST",
       "/resources",
       "size=1",
       host,
       "20200608T023900Z",
       "{\"name\":\"test\",\"id\":1}",
       "436b1ac0a1ae03705934bb70ef2f2e09f7bfed2117d731a38235053199323a1f",
       {"host", "x-sdk-date"}},
  };
}

class PublicVector : public testing::TestWithParam<Vector> {};
INSTANTIATE_TEST_SUITE_P(Of, PublicVector, testing::ValuesIn(vectors()),
                         [](const auto& v) { return v.param.name; });

TEST_P(PublicVector, HasItsSignature) {
  const Vector& v = GetParam();
  const dbss_sim::Request request{
      v.method, v.path, v.query, v.body, {{"X-Sdk-Date", v.date}, {"Host", v.host}}};
  EXPECT_EQ(dbss_sim::expected_signature(request, v.signed_headers, "SecretKey"), v.signature);
}

std::string signature_of(std::string_view path, std::string_view query) {
  const dbss_sim::Request request{"GET", path, query, "", {{"X-Sdk-Date", "20060102T150405Z"}}};
  return dbss_sim::expected_signature(request, {"x-sdk-date"}, "SecretKey").value_or("none");
}

TEST(CanonicalRequest, SortsTheQueryByNameThenValue) {
  EXPECT_EQ(signature_of("/", "b=1&a-b=2&a=3"), signature_of("/", "a=3&a-b=2&b=1"));
}

TEST(CanonicalRequest, EncodesWhatIsEncodedInAnotherWay) {
  EXPECT_EQ(signature_of("/a%2fb", "x=%7e%e4"), signature_of("/a%2Fb", "x=~%E4"));
  EXPECT_NE(signature_of("/a%2fb", ""), signature_of("/a/b", ""));
}

TEST(CanonicalRequest, EndsThePathWithASlash) { EXPECT_EQ(signature_of("/a/", ""), signature_of("/a", "")); }

TEST(AuthorizationHeader, IsReadInItsOneForm) {
  const auto read =
      dbss_sim::parse_authorization("SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=ab");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->access, "AK");
  EXPECT_EQ(read->signed_headers, (std::vector<std::string_view>{"host", "x-sdk-date"}));
  EXPECT_EQ(read->signature, "ab");
}

TEST(AuthorizationHeader, IsRefusedInAnyOther) {
  for (const char* text :
       {"", "SDK-HMAC-SHA256", "SDK-HMAC-SHA256Access=A, SignedHeaders=h, Signature=s",
        "AWS4-HMAC-SHA256 Access=A, SignedHeaders=h, Signature=s",
        "SDK-HMAC-SHA256 SignedHeaders=h, Access=A, Signature=s",
        "SDK-HMAC-SHA256 Access=, SignedHeaders=h, Signature=s", "SDK-HMAC-SHA256 Access=A, Signature=s",
        "SDK-HMAC-SHA256 Access=A, SignedHeaders=h",
        "SDK-HMAC-SHA256 Access=A, SignedHeaders=h, Signature=s, More=x"}) {
    EXPECT_FALSE(dbss_sim::parse_authorization(text)) << text;
  }
}

class AccessKey : public testing::Test {
 protected:
  // A list signed over these headers at `skew` seconds from the simulator's clock, sent with `extra` beside
  // them.
  Reply list(Headers headers = {{"X-Project-Id", kProject}}, double skew = 0,
             const std::string& secret = "SecretKey", const std::string& access = "AccessKey",
             const Headers& extra = {}) {
    dbss_sim::Instant now;
    cloud_.simulator.visit([&](dbss_sim::World& world) { now = world.clock.now(); });
    std::string date = dbss_sim::date_time_text(now + dbss_sim::Clock::milliseconds(skew)) + 'Z';
    std::erase_if(date, [](char c) { return c == '-' || c == ':'; });
    date[8] = 'T';
    headers.emplace_back("X-Sdk-Date", date);
    headers.emplace_back("Host", "dbss.test");

    dbss_sim::Request request{"GET", path_, "limit=5", "", {}};
    std::vector<std::string_view> names;
    std::string joined;
    for (const auto& [name, value] : headers) {
      request.headers.emplace_back(name, value);
      names.push_back(name);
      joined += (joined.empty() ? "" : ";") + name;
    }
    const auto signature = dbss_sim::expected_signature(request, names, secret);
    headers.insert(headers.end(), extra.begin(), extra.end());
    headers.emplace_back("Authorization", "SDK-HMAC-SHA256 Access=" + access + ", SignedHeaders=" + joined +
                                              ", Signature=" + signature.value_or(""));
    return cloud_.client.send("GET", path_ + "?limit=5", headers);
  }
  void fail(int times) {
    for (int i = 0; i < times; ++i) EXPECT_EQ(list({{"X-Project-Id", kProject}}, 0, "wrong").status, 401);
  }
  json key() { return cloud_.truth("iam")["access_keys"]["AccessKey"]; }

  SimulatedCloud cloud_;
  const std::string path_ = "/v1/" + kProject + "/audit/instances";
};

TEST_F(AccessKey, SignsAList) { EXPECT_EQ(list().status, 200); }

TEST_F(AccessKey, WithTheWrongSecretIs401) { EXPECT_EQ(error_code(list({}, 0, "wrong")), "APIGW.0301"); }

TEST_F(AccessKey, ThatIsUnknownIs401) { EXPECT_EQ(list({}, 0, "SecretKey", "OtherKey").status, 401); }

TEST_F(AccessKey, MayBeFifteenMinutesOffAndNoMore) {
  EXPECT_EQ(list({{"X-Project-Id", kProject}}, 890).status, 200);
  EXPECT_EQ(list({{"X-Project-Id", kProject}}, -890).status, 200);
  EXPECT_EQ(list({{"X-Project-Id", kProject}}, 910).status, 401);
  EXPECT_EQ(list({{"X-Project-Id", kProject}}, -910).status, 401);
}

TEST_F(AccessKey, NeedsTheProjectInAHeader) {
  EXPECT_EQ(list({}).status, 403);
  EXPECT_EQ(list({{"X-Project-Id", kOtherProject}}).status, 403);
}

TEST_F(AccessKey, MustSignTheHeadersThatIdentifyIt) {
  EXPECT_EQ(list({}, 0, "SecretKey", "AccessKey", {{"X-Project-Id", kProject}}).status, 401);
}

TEST_F(AccessKey, IsLockedForFiveMinutesByFiveFailuresInARow) {
  fail(5);
  EXPECT_EQ(key()["locked"], true);
  EXPECT_EQ(list().status, 401);
  EXPECT_EQ(key()["refused_while_locked"], 1);
  cloud_.advance(301);
  EXPECT_EQ(list().status, 200);
  EXPECT_EQ(key()["lockouts"], 1);
}

TEST_F(AccessKey, StaysOpenWhereAGoodSignatureComesBetween) {
  fail(4);
  EXPECT_EQ(list().status, 200);
  fail(4);
  EXPECT_EQ(key()["lockouts"], 0);
}

TEST_F(AccessKey, OfTheMetadataServiceNeedsItsSecurityTokenUntilItExpires) {
  const std::string token =
      cloud_.client.send("PUT", "/meta-data/latest/api/token", {{"X-Metadata-Token-Ttl-Seconds", "21600"}})
          .body;
  const json key =
      json::parse(cloud_.client.send("GET", "/openstack/latest/securitykey", {{"X-Metadata-Token", token}})
                      .body)["credential"];
  const Headers with_token{{"X-Project-Id", kProject}, {"X-Security-Token", key["securitytoken"]}};
  EXPECT_EQ(list(with_token, 0, key["secret"], key["access"]).status, 200);
  EXPECT_EQ(list({{"X-Project-Id", kProject}}, 0, key["secret"], key["access"]).status, 401);
  cloud_.advance(86401);
  EXPECT_EQ(list(with_token, 0, key["secret"], key["access"]).status, 401);
}

}  // namespace
}  // namespace contract
