// Which connection a call goes over: after an answer that was not clean to its last byte, none that gave it.
#include <future>
#include <thread>

#include "contract/authority.h"
#include "contract/cloud_transport_fixture.h"

namespace dbssd::test {
namespace {

using cloud::Effect;
using cloud::Request;
using testing::HasSubstr;

const std::string kNotAsked =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n\"stolen\"";

class Connections : public TransportTest {
 protected:
  Connections() { transport = cloud::make_cpprest_transport({.ca_file = authority.file()}); }

  std::unique_ptr<ScriptedServer> serve(ScriptedServer::Script script, bool tls) {
    if (!tls) return std::make_unique<ScriptedServer>(std::move(script));
    return std::make_unique<ScriptedServer>(
        std::move(script), authority.issue({.common_name = "x", .alternative_names = {"DNS:localhost"}}));
  }
  static Request call(const ScriptedServer& server, Effect effect) {
    return effect == Effect::read ? read(server.url("localhost")) : mutation(server.url("localhost"));
  }

  Authority authority;
};

enum class Gives : std::uint8_t { answer, error };
struct OddAnswer {
  const char* name;
  const char* bytes;
  Gives gives;
  /// Whether a read may follow another read over it: nothing of it can come later.
  bool reads_may_share = false;
};

class Odd : public Connections, public testing::WithParamInterface<std::tuple<OddAnswer, bool>> {};

TEST_P(Odd, IsFollowedByNoOtherCallsAnswer) {
  const OddAnswer& odd = std::get<0>(GetParam());
  const bool tls = std::get<1>(GetParam());
  for (const Effect first : {Effect::read, Effect::mutation}) {
    for (const Effect next : {Effect::read, Effect::mutation}) {
      std::atomic<int> calls = 0, mutations = 0;
      const auto server = serve(
          [&](Peer& peer) {
            for (std::string request; !(request = peer.read_request()).empty();) {
              if (request.starts_with("POST")) ++mutations;
              if (++calls == 1) {
                peer.send(odd.bytes + kNotAsked);
              } else {
                peer.answer("\"own\"");
              }
            }
          },
          tls);
      const auto odd_one = transport->send(call(*server, first));
      if (odd.gives == Gives::answer) {
        ASSERT_TRUE(odd_one) << odd_one.error().message;
        EXPECT_THAT(odd_one->body, testing::Not(HasSubstr("stolen")));
      } else {
        ASSERT_FALSE(odd_one) << odd_one->status << ' ' << odd_one->body;
        EXPECT_EQ(odd_one.error().kind,
                  first == Effect::read ? ErrorKind::malformed : ErrorKind::outcome_unknown)
            << odd_one.error().message;
      }
      const auto own = transport->send(call(*server, next));
      ASSERT_TRUE(own) << own.error().message;
      EXPECT_EQ(own->body, "\"own\"");
      EXPECT_EQ(mutations, (first == Effect::mutation) + (next == Effect::mutation));
      if (!odd.reads_may_share || next == Effect::mutation) {
        EXPECT_EQ(server->connections(), 2);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Transport, Odd,
    testing::Combine(
        testing::Values(
            OddAnswer{"Continue", "HTTP/1.1 100 Continue\r\n\r\n", Gives::error},
            OddAnswer{"Processing", "HTTP/1.1 102 Processing\r\nContent-Length: 0\r\n\r\n", Gives::error},
            OddAnswer{"SwitchingProtocols", "HTTP/1.1 101 Switching Protocols\r\n\r\n", Gives::error},
            OddAnswer{"StatusBelowAll", "HTTP/1.1 7 Odd\r\nContent-Length: 0\r\n\r\n", Gives::error},
            OddAnswer{"AnotherProtocolsVersion", "HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n",
                      Gives::error},
            OddAnswer{"LengthThatIsNoNumber", "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n", Gives::error},
            OddAnswer{"LengthBelowZero", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", Gives::error},
            OddAnswer{"LengthBeyondAnyNumber",
                      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}", Gives::error},
            OddAnswer{"TwoLengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 8\r\n\r\n{}",
                      Gives::error},
            OddAnswer{"UnknownCoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                      Gives::error},
            OddAnswer{"LengthAndChunks",
                      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "2\r\n{}\r\n0\r\n\r\n",
                      Gives::answer},
            OddAnswer{"NoContentWithABody", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}",
                      Gives::answer},
            OddAnswer{"NotModifiedWithABody", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n{}",
                      Gives::answer},
            OddAnswer{"Http10", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
                      Gives::answer},
            OddAnswer{"SurplusInTheSameSegment", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                      Gives::answer, true},
            OddAnswer{"SurplusAfterNothing", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Gives::answer,
                      true},
            OddAnswer{"SurplusAfterTheLastChunk",
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                      Gives::answer, true},
            OddAnswer{"TrailersAfterTheLastChunk",
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n",
                      Gives::answer, true},
            OddAnswer{"FoldedHeader", "HTTP/1.1 200 OK\r\nX-Folded: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
                      Gives::answer, true},
            OddAnswer{"StatusWithoutReason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", Gives::answer,
                      true}),
        testing::Bool()),
    [](const auto& row) {
      return std::string(std::get<0>(row.param).name) + (std::get<1>(row.param) ? "InTls" : "");
    });

/// With and without TLS.
class EachWay : public Connections, public testing::WithParamInterface<bool> {};

TEST_P(EachWay, WhatComesLateIsNoAnswerToTheNextCall) {
  for (const Effect effect : {Effect::read, Effect::mutation}) {
    std::promise<void> late;
    std::atomic<int> calls = 0, whole = 0;
    const auto server = serve(
        [&](Peer& peer) {
          while (!peer.read_request().empty()) {
            ++whole;
            peer.answer("\"own\"");
            if (++calls != 1) continue;
            std::this_thread::sleep_for(50ms);
            peer.send(kNotAsked);
            late.set_value();
          }
        },
        GetParam());
    ASSERT_TRUE(transport->send(call(*server, effect)));
    late.get_future().wait();
    const auto own = transport->send(call(*server, effect));
    ASSERT_TRUE(own) << own.error().message;
    EXPECT_EQ(own->body, "\"own\"");
    EXPECT_EQ(whole, 2);
    EXPECT_EQ(server->connections(), 2);
  }
}

TEST_P(EachWay, AConnectionThatThePeerHasClosedIsNotWrittenTo) {
  std::atomic<int> mutations = 0;
  const auto server = serve(
      [&](Peer& peer) {
        const bool first = ++mutations == 1;
        peer.read_request();
        peer.answer("{}");
        if (first) return;
        peer.read_request();
      },
      GetParam());
  ASSERT_TRUE(transport->send(call(*server, Effect::mutation)));
  std::this_thread::sleep_for(50ms);
  const auto second = transport->send(call(*server, Effect::mutation));
  EXPECT_TRUE(second) << second.error().message;
  EXPECT_EQ(mutations, 2);
}

TEST_P(EachWay, CleanAnswersAreFollowedOverOneConnection) {
  int answered = 0;
  const auto server = serve(
      [&](Peer& peer) {
        while (!peer.read_request().empty()) {
          // As servers write them: with a length, in chunks, without a body.
          switch (answered++ % 3) {
            case 0:
              peer.answer("{\"result\":\"success\"}");
              break;
            case 1:
              peer.send(
                  "HTTP/1.1 200 OK\r\nServer: x\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: "
                  "keep-alive\r\nTransfer-Encoding: "
                  "chunked\r\n\r\n10\r\n{\"result\":\"succe\r\n4\r\nss\"}\r\n"
                  "0\r\n\r\n");
              break;
            default:
              peer.send("HTTP/1.1 204 No Content\r\n\r\n");
          }
        }
      },
      GetParam());
  for (const Effect effect : {Effect::read, Effect::mutation}) {
    for (int i = 0; i < 9; ++i) {
      const auto response = transport->send(call(*server, effect));
      ASSERT_TRUE(response) << response.error().message;
    }
    EXPECT_EQ(server->connections(), effect == Effect::read ? 1 : 2) << "reads and mutations share none";
  }
}

TEST_P(EachWay, ABodyThatEndsWithItsConnectionIsTheLastOfIt) {
  std::atomic<int> calls = 0;
  const auto server = serve(
      [&](Peer& peer) {
        while (!peer.read_request().empty()) {
          if (++calls == 1) {
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}");
            return;
          }
          peer.answer("\"own\"");
        }
      },
      GetParam());
  const auto first = transport->send(call(*server, Effect::mutation));
  if (!GetParam()) {
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->body, "{}");
  }
  const auto own = transport->send(call(*server, Effect::mutation));
  ASSERT_TRUE(own) << own.error().message;
  EXPECT_EQ(own->body, "\"own\"");
  EXPECT_EQ(calls, 2);
}

INSTANTIATE_TEST_SUITE_P(Transport, EachWay, testing::Bool(),
                         [](const auto& row) { return row.param ? "InTls" : "Plain"; });

TEST_F(Connections, AMutationWithoutABodyIsNotWritten) {
  ScriptedServer server([](Peer& peer) { peer.answer("{}"); });
  Request request = mutation(server.url());
  request.body.clear();
  const auto response = transport->send(request);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::internal);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(Connections, TheTimeOfADateIsThatOfTheHeader) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 4\r\n\r\n");
    for (int i = 0; i < 4; ++i) {
      std::this_thread::sleep_for(50ms);
      peer.send(" ");
    }
  });
  const auto response = transport->send(read(server.url()));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->date, parse_utc("1994-11-06T08:49:37Z"));
  EXPECT_GE(response->since_header, 150ms);
  EXPECT_LT(response->since_header, 2s);
}

}  // namespace
}  // namespace dbssd::test
