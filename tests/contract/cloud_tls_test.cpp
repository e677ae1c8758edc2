// Whom the transport trusts.
#include <openssl/ssl.h>

#include <future>

#include "contract/authority.h"
#include "contract/cloud_transport_fixture.h"

namespace dbssd::test {
namespace {

using testing::HasSubstr;

class Tls : public TransportTest {
 protected:
  static void serve(Peer& peer) {
    while (!peer.read_request().empty()) peer.answer("{}");
  }
  /// Asks a server of that identity, named `host` by the client, trusting the authority.
  Expected<cloud::Response> ask(const Identity& identity, const std::string& host = "localhost") {
    ScriptedServer server(serve, identity);
    transport = cloud::make_cpprest_transport({.ca_file = authority.file()});
    return transport->send(mutation(server.url(host)));
  }

  static void expect_refused(const Expected<cloud::Response>& response, const std::string& reason) {
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::not_sent);
    EXPECT_THAT(response.error().message, HasSubstr(reason));
  }

  Authority authority;
};

TEST_F(Tls, AServerOfATrustedAuthorityIsSpokenTo) {
  const auto response = ask(authority.issue({.common_name = "x", .alternative_names = {"DNS:localhost"}}));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "{}");
}

TEST_F(Tls, AnAddressIsVerifiedAsAnAddress) {
  EXPECT_TRUE(ask(authority.issue({.common_name = "x", .alternative_names = {"IP:127.0.0.1"}}), "127.0.0.1"));
  expect_refused(
      ask(authority.issue({.common_name = "x", .alternative_names = {"IP:127.0.0.2"}}), "127.0.0.1"),
      "IP address mismatch");
}

TEST_F(Tls, AnUnknownAuthorityIsRefused) {
  ScriptedServer server(serve, authority.issue({.common_name = "x", .alternative_names = {"DNS:localhost"}}));
  expect_refused(transport->send(mutation(server.url("localhost"))),
                 "unable to get local issuer certificate");
}

TEST_F(Tls, AnotherHostsCertificateIsRefused) {
  expect_refused(
      ask(authority.issue({.common_name = "localhost", .alternative_names = {"DNS:elsewhere.example"}})),
      "hostname mismatch");
}

TEST_F(Tls, ACommonNameWithoutAlternativeNamesIsRefused) {
  expect_refused(ask(authority.issue({.common_name = "localhost", .alternative_names = {}})),
                 "hostname mismatch");
}

TEST_F(Tls, AnExpiredCertificateIsRefused) {
  expect_refused(ask(authority.issue(
                     {.common_name = "x", .alternative_names = {"DNS:localhost"}, .valid_seconds = -60})),
                 "certificate has expired");
}

TEST_F(Tls, ASelfSignedCertificateIsRefused) {
  expect_refused(
      ask(authority.issue(
          {.common_name = "localhost", .alternative_names = {"DNS:localhost"}, .self_signed = true})),
      "self-signed certificate");
}

TEST_F(Tls, AServerThatKnowsOnlyOldVersionsIsRefused) {
  Identity identity = authority.issue({.common_name = "x", .alternative_names = {"DNS:localhost"}});
  identity.newest_version = TLS1_1_VERSION;
  expect_refused(ask(identity), "no TLS connection");
}

TEST_F(Tls, AnAuthorityFileThatIsNotThereIsNamed) {
  ScriptedServer server(serve, authority.issue({.common_name = "x", .alternative_names = {"DNS:localhost"}}));
  transport = cloud::make_cpprest_transport({.ca_file = "/nonexistent/ca.pem"});
  expect_refused(transport->send(mutation(server.url("localhost"))), "/nonexistent/ca.pem");
}

TEST_F(Tls, AHandshakeThatNeverEndsIsCancelledAndNotSent) {
  std::promise<void> accepted;
  ScriptedServer mute([&](Peer& peer) {
    accepted.set_value();
    peer.wait_closed();
  });
  std::string url = mute.url("localhost");
  url.replace(0, 4, "https");
  auto sent = std::async(std::launch::async, [&] { return transport->send(mutation(url, 10s)); });
  accepted.get_future().wait();
  const Watch watch;
  transport->cancel();
  const auto response = sent.get();
  EXPECT_LT(watch.elapsed(), 200ms);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::not_sent);
}

TEST_F(Tls, AMutationIsSentOnceOverAWarmConnectionThatDies) {
  std::atomic<int> mutations = 0;
  ScriptedServer server(
      [&](Peer& peer) {
        while (!peer.read_request().empty()) {
          if (++mutations == 2) return;
          peer.answer("{}");
        }
      },
      authority.issue({.common_name = "x", .alternative_names = {"DNS:localhost"}}));
  transport = cloud::make_cpprest_transport({.ca_file = authority.file()});
  ASSERT_TRUE(transport->send(mutation(server.url("localhost"))));
  const auto response = transport->send(mutation(server.url("localhost")));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::outcome_unknown);
  EXPECT_EQ(mutations, 2);
  EXPECT_EQ(server.connections(), 1) << "the mutation was to go over a warm connection";
}

TEST_F(Tls, EveryVersionThatIsSpokenKeepsItsConnections) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Identity identity = authority.issue({.common_name = "x", .alternative_names = {"DNS:localhost"}});
    identity.newest_version = version;
    ScriptedServer server(serve, identity);
    transport = cloud::make_cpprest_transport({.ca_file = authority.file()});
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(transport->send(mutation(server.url("localhost"))));
    EXPECT_EQ(server.connections(), 1) << version;
  }
}

}  // namespace
}  // namespace dbssd::test
