// The transport on cpprestsdk against a server that misbehaves on purpose.
#include <future>
#include <vector>

#include "contract/cloud_transport_fixture.h"

namespace dbssd::test {
namespace {

using cloud::Request;
using cloud::Response;
using testing::HasSubstr;

using Transport = TransportTest;

TEST_F(Transport, ARequestIsWrittenAsItIsMeant) {
  std::string seen;
  ScriptedServer server([&](Peer& peer) {
    seen = peer.read_request();
    peer.answer("{}");
  });
  Request request = mutation(server.url());
  request.path = {"v1", "a/b c", "%2e", "\xC3\xBC"};
  request.query = {{"name", "x&y=z"}, {"empty", ""}};
  request.headers = {{"X-Auth-Token", "secret"}};
  ASSERT_TRUE(transport->send(request));
  EXPECT_THAT(seen,
              testing::StartsWith("POST /v1/a%2Fb%20c/%252e/%C3%BC?name=x%26y%3Dz&empty= HTTP/1.1\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nX-Auth-Token:secret\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nContent-Type:application/json\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nContent-Length:19\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nHost: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
  EXPECT_THAT(seen, testing::EndsWith("\r\n\r\n{\"instance_id\":\"i\"}"));
  EXPECT_THAT(seen, testing::Not(HasSubstr("Accept-Encoding")));
  EXPECT_THAT(seen, testing::Not(HasSubstr("Expect")));
}

TEST_F(Transport, ARequestSaysItsOwnNameAndNotTheLibrarys) {
  std::string seen;
  ScriptedServer server([&](Peer& peer) {
    seen = peer.read_request();
    peer.answer("{}");
  });
  transport = cloud::make_cpprest_transport({.user_agent = "dbssd/1.2.3"});
  ASSERT_TRUE(transport->send(read(server.url())));
  EXPECT_THAT(seen, HasSubstr("\r\nUser-Agent:dbssd/1.2.3\r\n"));
  EXPECT_EQ(seen.find("User-Agent"), seen.rfind("User-Agent"));
  EXPECT_THAT(seen, testing::Not(HasSubstr("cpprestsdk")));
}

TEST_F(Transport, AnAnswerIsReadWithItsHeaders) {
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    peer.send(
        "HTTP/1.1 429 Too Many\r\nContent-Type: application/json;charset=nonsense\r\nX-Request-Id: r1\r\n"
        "Retry-After: 7\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Subject-Token: t\r\nContent-Length: "
        "2\r\n\r\n{}");
  });
  const auto response = transport->send(read(server.url()));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 429);
  EXPECT_EQ(response->content_type, "application/json;charset=nonsense");
  EXPECT_EQ(response->request_id, "r1");
  EXPECT_EQ(response->retry_after, "7");
  EXPECT_EQ(response->date, parse_utc("1994-11-06T08:49:37Z"));
  EXPECT_EQ(response->subject_token.reveal(), "t");
  EXPECT_EQ(response->body, "{}");
}

TEST_F(Transport, AHeaderThatWouldForgeAnotherIsNotSent) {
  ScriptedServer server([](Peer& peer) { peer.answer("{}"); });
  Request request = read(server.url());
  request.headers = {{"X-Auth-Token", "a\r\nX-Evil: b"}};
  const auto response = transport->send(request);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::internal);
  EXPECT_EQ(server.connections(), 0);
}

/// Reads requests until told otherwise, then dies over each that it has read.
struct Deadly {
  std::atomic<bool> dies = false;
  std::atomic<int> killed = 0;
  void operator()(Peer& peer) {
    while (!peer.read_request().empty()) {
      if (dies) {
        ++killed;
        return;
      }
      peer.answer("{}");
    }
  }
};

TEST_F(Transport, AMutationIsSentOnceWhereTheServerReadsItAndDies) {
  Deadly deadly{.dies = true};
  ScriptedServer server(std::ref(deadly));
  const auto response = transport->send(mutation(server.url()));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::outcome_unknown);
  EXPECT_EQ(deadly.killed, 1);
}

/// Leaves `count` idle connections to the server behind.
void warm(cloud::Transport& transport, const Request& request, int count) {
  std::vector<std::future<void>> sends;
  for (int i = 0; i < count; ++i)
    sends.push_back(std::async(std::launch::async, [&] { ASSERT_TRUE(transport.send(request)); }));
}

TEST_F(Transport, AMutationIsSentOnceOverWarmConnectionsThatDie) {
  Deadly deadly;
  ScriptedServer server(std::ref(deadly));
  warm(*transport, mutation(server.url()), 8);
  const int warm_connections = server.connections();
  deadly.dies = true;
  const auto response = transport->send(mutation(server.url()));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::outcome_unknown);
  EXPECT_EQ(deadly.killed, 1);
  EXPECT_EQ(server.connections(), warm_connections) << "the mutation was to go over a warm connection";
}

TEST_F(Transport, AReadOverAWarmConnectionThatDiesIsSentAgain) {
  Deadly deadly;
  ScriptedServer server(std::ref(deadly));
  warm(*transport, read(server.url()), 8);
  deadly.dies = true;
  EXPECT_FALSE(transport->send(read(server.url())));
  EXPECT_GT(deadly.killed, 1) << "if not even reads are, the tests of mutations show nothing";
}

TEST_F(Transport, AConnectionThatHasBeenIdleIsNotUsedAgain) {
  transport =
      cloud::make_cpprest_transport({.ca_file = {}, .step_timeout = Seconds{30}, .fresh = Millis{-1}});
  ScriptedServer server([](Peer& peer) {
    while (!peer.read_request().empty()) peer.answer("{}");
  });
  ASSERT_TRUE(transport->send(read(server.url())));
  ASSERT_TRUE(transport->send(mutation(server.url())));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(Transport, ADrippingBodyEndsAtTheDeadline) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (peer.send("1\r\n \r\n")) std::this_thread::sleep_for(10ms);
  });
  const Watch watch;
  const auto response = transport->send(read(server.url(), 150ms));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::outcome_unknown);
  EXPECT_THAT(response.error().message, HasSubstr("out of time"));
  EXPECT_LT(watch.elapsed(), 500ms);
}

TEST_F(Transport, ASilentServerLeavesAMutationUnknownAndAReadUnsent) {
  ScriptedServer server([](Peer& peer) { peer.wait_closed(); });
  const Watch watch;
  const auto written = transport->send(mutation(server.url(), 100ms));
  const auto asked = transport->send(read(server.url(), 100ms));
  ASSERT_FALSE(written);
  ASSERT_FALSE(asked);
  EXPECT_EQ(written.error().kind, ErrorKind::outcome_unknown);
  EXPECT_EQ(asked.error().kind, ErrorKind::not_sent);
  EXPECT_LT(watch.elapsed(), 800ms);
}

TEST_F(Transport, ARedirectIsNotFollowed) {
  ScriptedServer trap([](Peer& peer) {
    peer.read_request();
    peer.answer("{}");
  });
  ScriptedServer server([&](Peer& peer) {
    while (!peer.read_request().empty())
      peer.send("HTTP/1.1 302 Found\r\nLocation: " + trap.url() + "/v1/things\r\nContent-Length: 0\r\n\r\n");
  });
  for (Request request : {read(server.url()), mutation(server.url())}) {
    request.headers = {{"X-Auth-Token", "secret"}};
    const auto response = transport->send(request);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 302);
  }
  EXPECT_EQ(trap.connections(), 0);
}

struct Broken {
  const char* name;
  const char* answer;
};
class BrokenAnswer : public TransportTest, public testing::WithParamInterface<Broken> {};

TEST_P(BrokenAnswer, IsUnknown) {
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    peer.send(GetParam().answer);
  });
  for (const Request& request : {read(server.url()), mutation(server.url())}) {
    const auto response = transport->send(request);
    ASSERT_FALSE(response) << response->status << ' ' << response->body;
    EXPECT_TRUE(response.error().kind == ErrorKind::outcome_unknown ||
                response.error().kind == ErrorKind::malformed ||
                (request.effect == cloud::Effect::read && response.error().http_status == 0))
        << response.error().message;
    if (request.effect == cloud::Effect::mutation) {
      EXPECT_EQ(response.error().kind, ErrorKind::outcome_unknown);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Transport, BrokenAnswer,
    testing::Values(
        Broken{"HalfABody", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"servers\":"},
        Broken{"HalfAChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{}"},
        Broken{"NoLastChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"},
        Broken{"NegativeChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n"},
        Broken{"ChunkWithoutSize", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"},
        Broken{"HalfAHeader", "HTTP/1.1 200 OK\r\nContent-Le"}, Broken{"NoHttp", "SSH-2.0-x\r\n\r\n"},
        Broken{"Nothing", ""}),
    [](const auto& row) { return row.param.name; });

TEST_F(Transport, ABodyOverTheLimitIsGivenUp) {
  const std::string megabyte(1 << 20, ' ');
  for (const bool chunked : {false, true}) {
    ScriptedServer server([&](Peer& peer) {
      peer.read_request();
      peer.send(chunked ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        : "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
      while (peer.send(chunked ? "100000\r\n" + megabyte + "\r\n" : megabyte)) {
      }
    });
    Request request = read(server.url());
    request.max_bytes = 3 << 20;
    const auto response = transport->send(request);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::malformed) << response.error().message;
    EXPECT_THAT(response.error().message, HasSubstr("too large"));
  }
}

TEST_F(Transport, ARefusedConnectionIsNotSent) {
  std::string url;
  {
    url = ScriptedServer([](Peer&) {}).url();
  }
  const auto response = transport->send(mutation(url));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::not_sent);
  EXPECT_THAT(response.error().message, HasSubstr("refused"));
}

TEST_F(Transport, AnUnknownNameIsNotSent) {
  const auto response = transport->send(mutation("http://no-such-host.invalid"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::not_sent);
  EXPECT_THAT(response.error().message, HasSubstr("cannot look up no-such-host.invalid"));
}

TEST_F(Transport, CancelEndsWhatIsUnderWayWithin200Milliseconds) {
  std::promise<void> arrived;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    arrived.set_value();
    peer.wait_closed();
  });
  auto sent = std::async(std::launch::async, [&] { return transport->send(mutation(server.url(), 10s)); });
  arrived.get_future().wait();
  const Watch watch;
  transport->cancel();
  const auto response = sent.get();
  EXPECT_LT(watch.elapsed(), 200ms);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::outcome_unknown);
}

TEST_F(Transport, AnAnswerThatComesTogetherWithCancelHarmsNobody) {
  for (int i = 0; i < 200; ++i) {
    transport = cloud::make_cpprest_transport({});
    ScriptedServer server([&](Peer& peer) {
      peer.read_request();
      peer.answer("{}");
      transport->cancel();
    });
    const auto response = transport->send(read(server.url()));
    if (!response) {
      ASSERT_THAT(response.error().message, HasSubstr("cancelled"));
    }
  }
}

TEST_F(Transport, NothingIsSentAfterCancel) {
  ScriptedServer server([](Peer& peer) { peer.answer("{}"); });
  transport->cancel();
  const auto response = transport->send(read(server.url()));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::not_sent);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(Transport, WhatIsLeftBehindHarmsNobody) {
  std::promise<void> over;
  const std::shared_future<void> gone = over.get_future().share();
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    gone.wait();
    peer.send("}");
  });
  EXPECT_FALSE(transport->send(read(server.url(), 50ms)));
  transport.reset();
  over.set_value();
}

}  // namespace
}  // namespace dbssd::test
