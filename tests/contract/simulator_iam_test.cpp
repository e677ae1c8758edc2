// Tokens, projects, locked accounts and the metadata service.
#include <regex>

#include "contract/simulated_cloud.h"

namespace contract {
namespace {

const json kProjectScope{{"project", {{"id", kProject}}}};

int issue_status(SimulatedCloud& cloud, const json& auth, const std::string& query = "?nocatalog=true") {
  return cloud.client
      .send("POST", "/v3/auth/tokens" + query, {{"Content-Type", "application/json"}},
            json{{"auth", auth}}.dump())
      .status;
}

json password_auth(const json& user_changes = json::object()) {
  json user{{"name", "dbss-ops"}, {"password", "demo-password"}, {"domain", {{"name", "acme"}}}};
  user.merge_patch(user_changes);
  return {{"identity", {{"methods", {"password"}}, {"password", {{"user", user}}}}},
          {"scope", kProjectScope}};
}

TEST(IssuedToken, ComesInAHeaderWithItsTimesInTheBody) {
  SimulatedCloud cloud;
  Reply reply = cloud.log_in();
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.headers["x-subject-token"].size(), 1500U);
  const json token = json::parse(reply.body)["token"];
  EXPECT_EQ(token["project"]["id"], kProject);
  EXPECT_EQ(token["project"]["name"], "ap-southeast-3");
  EXPECT_EQ(token["user"]["domain"]["name"], "acme");
  EXPECT_FALSE(token.contains("catalog"));
  EXPECT_TRUE(std::regex_match(token["expires_at"].get<std::string>(),
                               std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)")));
}

TEST(IssuedToken, HasACatalogUnlessThatIsNotWanted) {
  SimulatedCloud cloud;
  const Reply reply = cloud.client.send("POST", "/v3/auth/tokens", {{"Content-Type", "application/json"}},
                                        json{{"auth", password_auth()}}.dump());
  EXPECT_TRUE(json::parse(reply.body)["token"].contains("catalog"));
}

TEST(IssuedToken, CanBeScopedByTheNameOfTheProject) {
  SimulatedCloud cloud;
  const Reply reply = cloud.log_in("demo-password", {{"project", {{"name", "ap-southeast-3"}}}});
  EXPECT_EQ(json::parse(reply.body)["token"]["project"]["id"], kProject);
}

TEST(IssuedToken, CanBeScopedByTheNameOfTheProjectInItsDomain) {
  SimulatedCloud cloud;
  const auto in_domain = [&](const std::string& domain) {
    return cloud.log_in("demo-password",
                        {{"project", {{"name", "ap-southeast-3"}, {"domain", {{"name", domain}}}}}});
  };
  EXPECT_EQ(json::parse(in_domain("acme").body)["token"]["project"]["id"], kProject);
  EXPECT_EQ(in_domain("elsewhere").status, 401);
}

TEST(IssuedToken, OfAnotherIamIsGoodForEveryProjectWhereThatIsWanted) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"any_token", true}}}}));
  cloud.token = "a-token-of-somebody-else";
  EXPECT_EQ(cloud.list().status, 200);
  cloud.control("POST", "/tokens/expire");
  EXPECT_EQ(cloud.list().status, 401);
  cloud.token = "the-next-token";
  EXPECT_EQ(cloud.list().status, 200);
  SimulatedCloud strict;
  strict.token = "a-token-of-somebody-else";
  EXPECT_EQ(strict.list().status, 401);
}

TEST(IssuedToken, OfOneProjectIsDeniedInAnother) {
  SimulatedCloud cloud;
  cloud.token =
      cloud.log_in("demo-password", {{"project", {{"id", kOtherProject}}}}).headers["x-subject-token"];
  EXPECT_EQ(cloud.list().status, 403);
}

TEST(IssuedToken, OfTheDomainIsDeniedInAProjectButFindsIt) {
  SimulatedCloud cloud;
  cloud.token = cloud.log_in("demo-password", {{"domain", {{"name", "acme"}}}}).headers["x-subject-token"];
  EXPECT_EQ(cloud.list().status, 403);
  EXPECT_EQ(cloud.get("/v3/projects").status, 200);
}

TEST(IssuedToken, ExpiresWithTheClock) {
  SimulatedCloud cloud(plain_fleet({{"iam", {{"token_ttl", 600}}}}));
  cloud.advance(590);
  EXPECT_EQ(cloud.list().status, 200);
  cloud.advance(11);
  const Reply reply = cloud.list();
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(error_code(reply), "APIGW.0307");
}

TEST(IssuedToken, CanBeExpiredWithAllOthersAtOnce) {
  SimulatedCloud cloud;
  cloud.control("POST", "/tokens/expire");
  EXPECT_EQ(error_code(cloud.list()), "APIGW.0307");
  cloud.token = cloud.log_in().headers["x-subject-token"];
  EXPECT_EQ(cloud.list().status, 200);
}

TEST(IssuedToken, DiesWithTheOldPassword) {
  SimulatedCloud cloud;
  cloud.control("POST", "/password", {{"user", "dbss-ops"}, {"password", "changed"}});
  EXPECT_EQ(cloud.list().status, 401);
  EXPECT_EQ(cloud.log_in().status, 401);
  EXPECT_EQ(cloud.log_in("changed").status, 201);
}

TEST(Credential, ThatIsMissingOrUnknownIs401) {
  SimulatedCloud cloud;
  const std::string path = "/v1/" + kProject + "/audit/instances";
  EXPECT_EQ(error_code(cloud.client.send("GET", path)), "APIGW.0301");
  EXPECT_EQ(error_code(cloud.client.send("GET", path, {{"X-Auth-Token", "nonsense"}})), "APIGW.0301");
  EXPECT_EQ(error_code(cloud.client.send("GET", path, {{"Authorization", "Bearer x"}})), "APIGW.0301");
}

struct BadLogin {
  std::string name;
  json auth;
  int status;
};

json without(json auth, const std::string& pointer) {
  const json::json_pointer at(pointer);
  auth.at(at.parent_pointer()).erase(at.back());
  return auth;
}

json with(json auth, const std::string& pointer, const json& value) {
  auth[json::json_pointer(pointer)] = value;
  return auth;
}

class LoginRefusal : public testing::TestWithParam<BadLogin> {};
INSTANTIATE_TEST_SUITE_P(
    Of, LoginRefusal,
    testing::Values(BadLogin{"NoIdentity", without(password_auth(), "/identity"), 400},
                    BadLogin{"NoMethods", without(password_auth(), "/identity/methods"), 400},
                    BadLogin{"OtherMethod", with(password_auth(), "/identity/methods", {"token"}), 400},
                    BadLogin{"NoUser", without(password_auth(), "/identity/password/user"), 400},
                    BadLogin{"NoDomain", password_auth({{"domain", nullptr}}), 400},
                    BadLogin{"PasswordNumber", password_auth({{"password", 1}}), 400},
                    BadLogin{"UnknownKey", with(password_auth(), "/remember", true), 400},
                    BadLogin{"ScopeOfNothing", with(password_auth(), "/scope", json::object()), 400},
                    BadLogin{"ScopeEmptyId", with(password_auth(), "/scope/project/id", ""), 400},
                    BadLogin{"ScopeUnknown", with(password_auth(), "/scope/project/id", "nowhere"), 401},
                    BadLogin{"UserUnknown", password_auth({{"name", "nobody"}}), 401},
                    BadLogin{"DomainUnknown", password_auth({{"domain", {{"name", "other"}}}}), 401},
                    BadLogin{"PasswordWrong", password_auth({{"password", "wrong"}}), 401}),
    [](const auto& row) { return row.param.name; });

TEST_P(LoginRefusal, HasItsStatusAndIssuesNothing) {
  SimulatedCloud cloud;
  EXPECT_EQ(issue_status(cloud, GetParam().auth), GetParam().status);
  EXPECT_EQ(cloud.truth("iam")["tokens_issued"], 1);
}

TEST(LoginRefusal, IsWordedAsIamDoes) {
  SimulatedCloud cloud;
  const json error = json::parse(cloud.log_in("wrong").body)["error"];
  EXPECT_EQ(error["code"], 401);
  EXPECT_EQ(error["title"], "Unauthorized");
}

TEST(LoginRefusal, HoldsForWrongQueriesTypesAndMethods) {
  SimulatedCloud cloud;
  EXPECT_EQ(issue_status(cloud, password_auth(), "?catalog=false"), 400);
  EXPECT_EQ(issue_status(cloud, password_auth(), "?nocatalog=maybe"), 400);
  EXPECT_EQ(cloud.client.send("POST", "/v3/auth/tokens", {}, json{{"auth", password_auth()}}.dump()).status,
            400);
  EXPECT_EQ(cloud.client.send("GET", "/v3/auth/tokens").status, 405);
}

TEST(LoginRefusal, HoldsForAProjectTheUserMayNotUse) {
  SimulatedCloud cloud(plain_fleet(
      {{"iam",
        {{"users",
          {{{"name", "dbss-ops"}, {"password", "demo-password"}, {"projects", {kOtherProject}}}}}}}}));
  EXPECT_EQ(cloud.log_in().status, 403);
}

class Account : public testing::Test {
 protected:
  void fail(int times) {
    for (int i = 0; i < times; ++i) EXPECT_EQ(cloud_.log_in("wrong").status, 401);
  }
  json user() { return cloud_.truth("iam")["users"]["dbss-ops"]; }

  SimulatedCloud cloud_;
};

TEST_F(Account, IsLockedByFiveBadPasswordsInARow) {
  fail(4);
  EXPECT_EQ(user()["locked"], false);
  fail(1);
  EXPECT_EQ(user()["locked"], true);
  EXPECT_EQ(user()["lockouts"], 1);
  EXPECT_EQ(cloud_.log_in().status, 401);
  EXPECT_EQ(user()["refused_while_locked"], 1);
}

TEST_F(Account, StaysOpenWhereAGoodPasswordComesBetween) {
  fail(4);
  EXPECT_EQ(cloud_.log_in().status, 201);
  fail(4);
  EXPECT_EQ(user()["lockouts"], 0);
}

TEST_F(Account, OpensAgainAfterFifteenMinutes) {
  fail(5);
  cloud_.advance(890);
  EXPECT_EQ(cloud_.log_in().status, 401);
  cloud_.advance(11);
  EXPECT_EQ(cloud_.log_in().status, 201);
}

TEST_F(Account, KeepsItsTokensWhileLocked) {
  fail(5);
  EXPECT_EQ(cloud_.list().status, 200);
}

std::vector<std::string> project_ids(SimulatedCloud& cloud, const std::string& query) {
  std::vector<std::string> ids;
  const json found = json::parse(cloud.get("/v3/projects" + query).body);
  for (const json& project : found["projects"]) ids.push_back(project["id"]);
  return ids;
}

TEST(Projects, AreFoundByTheirExactName) {
  SimulatedCloud cloud;
  EXPECT_EQ(project_ids(cloud, "?name=ap-southeast-3"), std::vector{kProject});
  EXPECT_EQ(project_ids(cloud, "?name=ap-southeast-3%5Fother"), std::vector{kOtherProject});
  EXPECT_EQ(project_ids(cloud, "?name=ap"), std::vector<std::string>{});
  EXPECT_EQ(project_ids(cloud, "").size(), 2U);
}

TEST(Projects, AreNotShownToAnybodyElse) {
  SimulatedCloud cloud;
  EXPECT_EQ(cloud.client.send("GET", "/v3/projects").status, 401);
  EXPECT_EQ(cloud.get("/v3/projects?region=x").status, 400);
}

Reply metadata_token(SimulatedCloud& cloud, const std::string& ttl) {
  return cloud.client.send("PUT", "/meta-data/latest/api/token", {{"X-Metadata-Token-Ttl-Seconds", ttl}});
}

json credential(SimulatedCloud& cloud, const std::string& token) {
  const Reply reply =
      cloud.client.send("GET", "/openstack/latest/securitykey", {{"X-Metadata-Token", token}});
  return reply.status == 200 ? json::parse(reply.body)["credential"] : json(reply.status);
}

TEST(Metadata, HandsOutATemporaryKeyForASessionToken) {
  SimulatedCloud cloud;
  const Reply token = metadata_token(cloud, "21600");
  EXPECT_EQ(token.status, 200);
  const json key = credential(cloud, token.body);
  for (const char* member : {"access", "secret", "securitytoken", "expires_at"}) {
    EXPECT_FALSE(key[member].get<std::string>().empty()) << member;
  }
}

TEST(Metadata, RefusesATokenOfNoOrTooLongALife) {
  SimulatedCloud cloud;
  for (const char* ttl : {"0", "21601", "soon", ""}) EXPECT_EQ(metadata_token(cloud, ttl).status, 400) << ttl;
}

TEST(Metadata, RefusesAnUnknownOrExpiredToken) {
  SimulatedCloud cloud;
  EXPECT_EQ(credential(cloud, "x"), 401);
  const std::string token = metadata_token(cloud, "60").body;
  cloud.advance(61);
  EXPECT_EQ(credential(cloud, token), 401);
}

TEST(Metadata, ReplacesTheKeyShortlyBeforeItExpires) {
  SimulatedCloud cloud(plain_fleet({{"iam", {{"agency_ttl", 10000}}}}));
  const std::string token = metadata_token(cloud, "21600").body;
  const json first = credential(cloud, token);
  cloud.advance(8900);
  EXPECT_EQ(credential(cloud, token), first);
  cloud.advance(200);
  EXPECT_NE(credential(cloud, token)["access"], first["access"]);
}

TEST(Metadata, OfAnOlderHostKnowsNoTokens) {
  SimulatedCloud cloud(plain_fleet({{"iam", {{"metadata", "v1"}}}}));
  EXPECT_EQ(metadata_token(cloud, "60").status, 405);
  EXPECT_TRUE(credential(cloud, "").contains("access"));
}

TEST(Metadata, OfNoCloudHostIsAbsent) {
  SimulatedCloud cloud(plain_fleet({{"iam", {{"metadata", "off"}}}}));
  EXPECT_EQ(metadata_token(cloud, "60").status, 503);
  EXPECT_EQ(credential(cloud, ""), 503);
}

}  // namespace
}  // namespace contract
