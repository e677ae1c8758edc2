#include "cloud/signer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/cloud/fake_transport.h"

namespace dbssd::cloud {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The vectors that the makers of the algorithm publish.
struct Vector {
  Method method;
  std::vector<std::string> path;
  std::pair<std::string, std::string> query;
  const char* body;
  Headers headers;
  const char* date;
  const char* signature;
};

class PublicVector : public testing::TestWithParam<Vector> {};

TEST_P(PublicVector, HasThatSignature) {
  Request request;
  request.method = GetParam().method;
  request.path = GetParam().path;
  request.query = {GetParam().query};
  request.body = GetParam().body;
  EXPECT_EQ(signature(canonical_request(request, GetParam().headers), GetParam().date, Secret("SecretKey")),
            GetParam().signature);
}

const char* const kOld = "20060102T150405Z";
const char* const kNew = "20200608T023900Z";
const Headers kOldHeaders{{"x-sdk-date", kOld}};
const Headers kNewHeaders{{"host", "service.endpoint.myhuaweicloud.com"}, {"x-sdk-date", kNew}};

INSTANTIATE_TEST_SUITE_P(
    Signer, PublicVector,
    testing::Values(Vector{Method::get,
                           {"path"},
                           {"limit", "1"},
                           "",
                           kOldHeaders,
                           kOld,
                           "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624"},
                    Vector{Method::post,
                           {"path"},
                           {"key", "value"},
                           "{\"Name\":\"test\",\"Id\":1}\n",
                           kOldHeaders,
                           kOld,
                           "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59"},
                    Vector{Method::get,
                           {"resources"},
                           {"size", "1"},
                           "",
                           kNewHeaders,
                           kNew,
                           "cfb4171acec81de07d50e53d57eb77edd537414d66ddb1d7d780f128e12cd842"},
                    Vector{Method::post,
                           {"resources"},
                           {"size", "1"},
                           "{\"name\":\"test\",\"id\":1}",
                           kNewHeaders,
                           kNew,
                           "436b1ac0a1ae03705934bb70ef2f2e09f7bfed2117d731a38235053199323a1f"}));

TEST(Signer, TheCanonicalRequestSortsEncodesAndTrims) {
  Request request;
  request.path = {"v1", "a b"};
  request.query = {{"z", "1"}, {"a", "x/y"}};
  const std::string text = canonical_request(request, {{"host", "  h  "}, {"x-sdk-date", kNew}});
  EXPECT_THAT(text,
              testing::StartsWith(
                  "GET\n/v1/a%20b/\na=x%2Fy&z=1\nhost:h\nx-sdk-date:20200608T023900Z\n\nhost;x-sdk-date\n"));
}

Request signed_with(const SigningKeys& keys) {
  Request request;
  request.origin = "https://dbss.example:8443";
  request.path = {"v1"};
  request.headers = {{"X-Project-Id", "p1"}};
  sign(request, keys, *parse_utc("2020-06-08T02:39:00Z"));
  return request;
}

TEST(Signer, ARequestNamesItsKeyDateAndHeaders) {
  const Request request = signed_with({Secret("AccessKey"), Secret("SecretKey"), std::nullopt});
  EXPECT_EQ(test::header_of(request, "X-Sdk-Date"), kNew);
  const Headers headers{{"host", "dbss.example:8443"}, {"x-project-id", "p1"}, {"x-sdk-date", kNew}};
  EXPECT_EQ(test::header_of(request, "Authorization"),
            "SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=host;x-project-id;x-sdk-date, Signature=" +
                signature(canonical_request(request, headers), kNew, Secret("SecretKey")));
}

TEST(Signer, TheTokenOfTemporaryKeysIsSentAndSigned) {
  const Request request = signed_with({Secret("AccessKey"), Secret("SecretKey"), Secret("lent")});
  EXPECT_EQ(test::header_of(request, "X-Security-Token"), "lent");
  EXPECT_THAT(test::header_of(request, "Authorization"), testing::HasSubstr("x-sdk-date;x-security-token"));
}

TEST(Signer, TheSecretKeyStaysHere) {
  const Request request = signed_with({Secret("AccessKey"), Secret("SecretKey"), std::nullopt});
  for (const auto& [name, value] : request.headers)
    EXPECT_THAT(value, testing::Not(testing::HasSubstr("SecretKey")));
}

TEST(Signer, AHostIsSignedInLowerCaseHoweverItWasWritten) {
  const auto signed_for = [](const char* origin) {
    Request request;
    request.origin = origin;
    sign(request, {Secret("AccessKey"), Secret("SecretKey"), std::nullopt},
         *parse_utc("2025-03-01T12:00:00Z"));
    return test::header_of(request, "Authorization");
  };
  EXPECT_EQ(signed_for("https://DBSS.Example:8443"), signed_for("https://dbss.example:8443"));
}

}  // namespace
}  // namespace dbssd::cloud
