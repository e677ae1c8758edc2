// Whom the whole program trusts, and what it says of the others.
#include <openssl/ssl.h>

#include "contract/authority.h"
#include "contract/scripted_server.h"
#include "integration/harness/site.h"

namespace integration {
namespace {

using dbssd::test::Authority;
using dbssd::test::Identity;
using dbssd::test::Peer;
using dbssd::test::ScriptedServer;

struct Server {
  const char* name;
  Authority::Leaf leaf;
  bool own_authority = true;  // the policy names the authority that has signed
  int newest_version = 0;
  const char* refusal = "";  // empty: it is spoken to
};

class Trust : public testing::TestWithParam<Server> {};

TEST_P(Trust, IsForTheNameAndTheChainAlone) {
  const Authority authority;
  Identity identity = authority.issue(GetParam().leaf);
  identity.newest_version = GetParam().newest_version;
  std::atomic<int> requests = 0;
  ScriptedServer service(
      [&](Peer& peer) {
        while (!peer.read_request().empty()) {
          ++requests;
          peer.answer(R"({"servers":[],"total":0})");
        }
      },
      identity);
  Site site(fleet_of(json::array()));
  json& project = site.policy["projects"][0];
  project["auth"] = {{"method", "token"}, {"token", {{"env", "DBSSD_TEST_PASSWORD"}}}};
  project["endpoints"]["dbss"] = service.url("localhost");
  if (GetParam().own_authority) project["tls"] = {{"ca_file", authority.file()}};

  const Ended ended = site.command({"check", "--online"});
  const std::string refusal = GetParam().refusal;
  if (refusal.empty()) {
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(requests, 1);
    return;
  }
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("project prod: " + service.url("localhost") + ": " + refusal), std::string::npos)
      << ended.err;
  EXPECT_EQ(requests, 0) << "the token was sent";
}

const Authority::Leaf kGood{.common_name = "x", .alternative_names = {"DNS:localhost"}};

INSTANTIATE_TEST_SUITE_P(
    Servers, Trust,
    testing::Values(Server{"OfAnAuthorityOfOnesOwn", kGood},
                    Server{"OfAnUnknownAuthority", kGood, false, 0,
                           "its certificate is refused: unable to get local issuer certificate"},
                    Server{"OfAnotherHost",
                           {.common_name = "localhost", .alternative_names = {"DNS:elsewhere.example"}},
                           true,
                           0,
                           "its certificate is refused: hostname mismatch"},
                    Server{"WithACommonNameAlone",
                           {.common_name = "localhost", .alternative_names = {}},
                           true,
                           0,
                           "its certificate is refused: hostname mismatch"},
                    Server{"Expired",
                           {.common_name = "x", .alternative_names = {"DNS:localhost"}, .valid_seconds = -60},
                           true,
                           0,
                           "its certificate is refused: certificate has expired"},
                    Server{"SelfSigned",
                           {.common_name = "x", .alternative_names = {"DNS:localhost"}, .self_signed = true},
                           true,
                           0,
                           "its certificate is refused: self-signed certificate"},
                    Server{"OfAnOldVersion", kGood, true, TLS1_1_VERSION, "no TLS connection"}),
    [](const auto& row) { return std::string(row.param.name); });

// An address in the environment that is no proxy, and one that leads nowhere.
TEST(TheEnvironmentsProxy, IsBlamedAndItsPasswordIsNotShown) {
  Site site(fleet_of(json::array()));
  json& project = site.policy["projects"][0];
  project["auth"] = {{"method", "token"}, {"token", {{"env", "DBSSD_TEST_PASSWORD"}}}};
  project["endpoints"]["dbss"] = "https://dbss.example";
  site.environment["HTTPS_PROXY"] = "http://ops:a-proxy-password@127.0.0.1:1";
  const Ended dead = site.command({"check", "--online"});
  EXPECT_EQ(dead.status, 3);
  EXPECT_NE(dead.err.find("through the proxy 127.0.0.1:1"), std::string::npos) << dead.err;
  site.environment["HTTPS_PROXY"] = "socks5://ops:a-proxy-password@127.0.0.1:1";
  const Ended wrong = site.command({"check", "--online"});
  EXPECT_EQ(wrong.status, 3);
  EXPECT_NE(wrong.err.find("the environment's HTTPS_PROXY must start with http://"), std::string::npos)
      << wrong.err;
  site.policy["projects"][0]["proxy"] = {{"url", "none"}};
  EXPECT_EQ(site.command({"check", "--online"}).err.find("PROXY"), std::string::npos) << "it is not asked";
  EXPECT_EQ(site.all_output().find("a-proxy-password"), std::string::npos);
}

}  // namespace
}  // namespace integration
