// The transport through a proxy that asks, refuses, says nothing, or is not there.
#include <openssl/ssl.h>

#include <future>

#include "contract/authority.h"
#include "contract/cloud_transport_fixture.h"

#if defined(DBSSD_SANITIZED)
// The library never frees the copy of a proxy's password that it takes for each connection.
extern "C" const char* __lsan_default_suppressions() { return "leak:libcpprest"; }
#endif

namespace dbssd::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ThroughProxy : public TransportTest {
 protected:
  ThroughProxy() { requests = 0; }
  static void serve(Peer& peer) {
    while (!peer.read_request().empty()) {
      ++requests;
      peer.answer("{}");
    }
  }
  static std::string address_of(const ScriptedServer& proxy, const std::string& login = "") {
    return "http://" + login + "127.0.0.1:" + std::to_string(proxy.port());
  }
  void use(const std::string& proxy, const std::string& direct = "") {
    transport = cloud::make_cpprest_transport(
        {.ca_file = authority.file(), .proxy = {cloud::parse_proxy(proxy).value(), direct}});
  }
  /// What is refused has not been sent, and the proxy is blamed for it.
  static void expect_blamed(const Expected<cloud::Response>& response, const std::string& why) {
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::not_sent) << response.error().message;
    EXPECT_THAT(response.error().message,
                AllOf(HasSubstr(why), HasSubstr("through the proxy 127.0.0.1:"), Not(HasSubstr("secret"))));
  }

  static inline std::atomic<int> requests;  // that any service has read
  Authority authority;
  ScriptedServer service{serve,
                         authority.issue({.common_name = "x", .alternative_names = {"DNS:dbss.example"}})};
  /// A name that nobody can look up: it is the proxy's.
  const std::string address = "https://dbss.example:" + std::to_string(service.port());
};

TEST_F(ThroughProxy, TheServiceIsReachedByATunnelThatSeesNothingOfTheRequest) {
  std::string asked;
  ScriptedServer proxy([&](Peer& peer) {
    asked = peer.read_request();
    peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
    peer.relay_to(service.port());
  });
  use(address_of(proxy));
  cloud::Request request = mutation(address);
  request.headers = {{"X-Auth-Token", "secret"}};
  for (int i = 0; i < 2; ++i) {
    const auto response = transport->send(request);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "{}");
  }
  EXPECT_THAT(asked,
              testing::StartsWith("CONNECT dbss.example:" + std::to_string(service.port()) + " HTTP/1.1"));
  EXPECT_THAT(asked, AllOf(Not(HasSubstr("secret")), Not(HasSubstr("Authorization"))));
}

TEST_F(ThroughProxy, TheServicesCertificateIsHeldToItsName) {
  ScriptedServer proxy([&](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    peer.relay_to(service.port());
  });
  use(address_of(proxy));
  expect_blamed(transport->send(mutation("https://iam.example:" + std::to_string(service.port()))),
                "hostname mismatch");
}

TEST_F(ThroughProxy, AMutationIsSentOnceWhereTheTunnelDiesOverIt) {
  std::atomic<int> mutations = 0;
  ScriptedServer deadly(
      [&](Peer& peer) {
        while (!peer.read_request().empty()) {
          if (++mutations == 2) return;
          peer.answer("{}");
        }
      },
      authority.issue({.common_name = "x", .alternative_names = {"DNS:dbss.example"}}));
  ScriptedServer proxy([&](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    peer.relay_to(deadly.port());
  });
  use(address_of(proxy));
  const std::string there = "https://dbss.example:" + std::to_string(deadly.port());
  ASSERT_TRUE(transport->send(mutation(there)));
  const auto response = transport->send(mutation(there));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::outcome_unknown);
  EXPECT_EQ(mutations, 2);
  EXPECT_EQ(proxy.connections(), 1) << "the mutation was to go through a warm tunnel";
}

TEST_F(ThroughProxy, AReadThroughATunnelThatDiesIsSentAgainThroughAnother) {
  std::atomic<int> reads = 0;
  ScriptedServer deadly(
      [&](Peer& peer) {
        while (!peer.read_request().empty()) {
          if (++reads == 2) return;
          peer.answer("{}");
        }
      },
      authority.issue({.common_name = "x", .alternative_names = {"DNS:dbss.example"}}));
  ScriptedServer proxy([&](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    peer.relay_to(deadly.port());
  });
  use(address_of(proxy));
  const std::string there = "https://dbss.example:" + std::to_string(deadly.port());
  for (int i = 0; i < 2; ++i) {
    const auto response = transport->send(read(there));
    EXPECT_TRUE(response) << response.error().message;
  }
  EXPECT_EQ(reads, 3);
  EXPECT_EQ(proxy.connections(), 2);
}

TEST_F(ThroughProxy, TheVerdictOfOneHandshakeIsNotToldOfTheNext) {
  ScriptedServer expired(
      serve,
      authority.issue({.common_name = "x", .alternative_names = {"DNS:dbss.example"}, .valid_seconds = -60}));
  Identity identity = authority.issue({.common_name = "x", .alternative_names = {"DNS:dbss.example"}});
  identity.newest_version = TLS1_1_VERSION;
  ScriptedServer old(serve, identity);
  std::atomic<int> tunnels = 0;
  ScriptedServer proxy([&](Peer& peer) {
    const int port = ++tunnels == 1 ? expired.port() : old.port();
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    peer.relay_to(port);
  });
  use(address_of(proxy));
  expect_blamed(transport->send(mutation(address)), "certificate has expired");
  expect_blamed(transport->send(mutation(address)), "no TLS connection");
}

TEST_F(ThroughProxy, UserAndPasswordGoToTheProxyAlone) {
  std::string asked;
  ScriptedServer proxy([&](Peer& peer) {
    asked = peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    peer.relay_to(service.port());
  });
  use(address_of(proxy, "ops:secret@"));
  ASSERT_TRUE(transport->send(mutation(address)));
  EXPECT_THAT(asked, HasSubstr("\r\nProxy-Authorization: Basic b3BzOnNlY3JldA==\r\n"));
}

TEST_F(ThroughProxy, OneThatWantsAPasswordIsSaidTo) {
  ScriptedServer proxy([](Peer& peer) {
    while (!peer.read_request().empty())
      peer.send(
          "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
          "Content-Length: 0\r\n\r\n");
  });
  use(address_of(proxy, "ops:secret@"));
  for (const cloud::Request& request : {mutation(address), read(address)})
    expect_blamed(transport->send(request), "HTTP 407, it wants a user and a password that it knows");
  EXPECT_EQ(service.connections(), 0);
}

TEST_F(ThroughProxy, OneThatRefusesIsSaidTo) {
  ScriptedServer proxy([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  });
  use(address_of(proxy));
  expect_blamed(transport->send(mutation(address)), "the proxy lets nothing through: HTTP 403");
}

TEST_F(ThroughProxy, ADeadOneIsBlamed) {
  std::string gone;
  {
    gone = address_of(ScriptedServer([](Peer&) {}));
  }
  use(gone);
  expect_blamed(transport->send(mutation(address)), "cannot connect");
}

TEST_F(ThroughProxy, OneThatHangsUpOrSaysNoHttpIsBlamed) {
  for (const char* answer : {"", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 abc\r\n\r\n"}) {
    ScriptedServer proxy([&](Peer& peer) {
      peer.read_request();
      peer.send(answer);
    });
    use(address_of(proxy));
    expect_blamed(transport->send(mutation(address)), "HTTP status line");
  }
}

TEST_F(ThroughProxy, ASilentOneTakesNoLongerThanTheDeadlineAndNothingIsSentAfterwards) {
  std::promise<void> given_up;
  std::promise<std::string> afterwards;
  ScriptedServer proxy([&](Peer& peer) {
    peer.read_request();
    given_up.get_future().wait();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    peer.relay_to(service.port());
    afterwards.set_value({});
  });
  use(address_of(proxy));
  const Watch watch;
  const auto response = transport->send(mutation(address, 150ms));
  EXPECT_LT(watch.elapsed(), 1s);
  expect_blamed(response, "out of time");
  given_up.set_value();
  afterwards.get_future().wait();
  EXPECT_EQ(requests, 0);
}

TEST_F(ThroughProxy, ASilentOneDoesNotHoldUpAStop) {
  std::promise<void> arrived;
  ScriptedServer proxy([&](Peer& peer) {
    peer.read_request();
    arrived.set_value();
    peer.wait_closed();
  });
  use(address_of(proxy));
  auto sent = std::async(std::launch::async, [&] { return transport->send(mutation(address, 10s)); });
  arrived.get_future().wait();
  const Watch watch;
  transport->cancel();
  expect_blamed(sent.get(), "cancelled");
  EXPECT_LT(watch.elapsed(), 400ms);
}

TEST_F(ThroughProxy, WhatIsExemptGoesPastIt) {
  ScriptedServer proxy([](Peer&) {});
  ScriptedServer local(serve, authority.issue({.common_name = "x", .alternative_names = {"DNS:localhost"}}));
  use(address_of(proxy), "localhost");
  EXPECT_TRUE(transport->send(mutation(local.url("localhost"))));
  ScriptedServer plain(serve);
  EXPECT_TRUE(transport->send(mutation(plain.url()))) << "plain http is on this host";
  EXPECT_EQ(proxy.connections(), 0);
}

TEST_F(ThroughProxy, ANameThatCannotBeLookedUpIsTheProxysOwn) {
  use("http://no-such-proxy.invalid:3128");
  const auto response = transport->send(mutation(address));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::not_sent);
  EXPECT_THAT(response.error().message, AllOf(HasSubstr("cannot look up no-such-proxy.invalid"),
                                              HasSubstr("through the proxy no-such-proxy.invalid:3128")));
}

}  // namespace
}  // namespace dbssd::test
