// How much memory a peer can make the transport take.
#include <fstream>

#include "contract/authority.h"
#include "contract/cloud_transport_fixture.h"

namespace dbssd::test {
namespace {

using testing::HasSubstr;

/// KiB, of a line of /proc/self/status.
long status_line(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name + ':')) return std::stol(line.substr(name.size() + 1));
  return 0;
}

/// The most that the process has taken beyond what it had when this was made.
class Growth {
 public:
  Growth() {
    std::ofstream("/proc/self/clear_refs") << 5;
    before_ = status_line("VmRSS");
  }
  [[nodiscard]] long mebibytes() const { return (status_line("VmHWM") - before_) / 1024; }

 private:
  long before_ = 0;
};

constexpr long kBound = 64;          // MiB
constexpr std::size_t kFlood = 600;  // MiB

const std::string kOk = "HTTP/1.1 200 OK\r\n";

struct Flood {
  const char* name;
  std::string begin;
  std::string again;  ///< a MiB of it, as often as there is somebody who takes it
};
std::string mebibyte_of(const std::string& line) {
  std::string text;
  while (text.size() < (1 << 20)) text += line;
  return text;
}
std::vector<Flood> floods() {
  return {{"AHeaderOfManyLines", kOk, mebibyte_of("X-More: and more, and more, and more\r\n")},
          {"AHeaderOfOneLine", kOk + "X-Long: ", mebibyte_of("x")},
          {"AStatusLine", "HTTP/1.1 200 ", mebibyte_of("x")},
          {"OneChunk", kOk + "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n", mebibyte_of(" ")},
          {"AChunksSize", kOk + "Transfer-Encoding: chunked\r\n\r\n", mebibyte_of("0")}};
}

class Limits : public TransportTest, public testing::WithParamInterface<std::tuple<Flood, bool>> {
 protected:
  Limits() { transport = cloud::make_cpprest_transport({.ca_file = authority.file()}); }
  static void pour(Peer& peer, const Flood& flood, std::size_t& poured) {
    peer.send(flood.begin);
    for (poured = 0; poured < kFlood && peer.send(flood.again); ++poured) {
    }
  }
  Authority authority;
};

TEST_P(Limits, HoldWhateverHasNoEnd) {
  const auto& [flood, tls] = GetParam();
  const Identity identity = authority.issue({.common_name = "x", .alternative_names = {"DNS:localhost"}});
  for (const bool mutates : {false, true}) {
    std::size_t poured = 0;
    const ScriptedServer::Script script = [&, &flood = flood](Peer& peer) {
      peer.read_request();
      pour(peer, flood, poured);
    };
    Expected<cloud::Response> response = fail(ErrorKind::internal, "not asked");
    long grown = 0;
    {
      const auto server =
          tls ? std::make_unique<ScriptedServer>(script, identity) : std::make_unique<ScriptedServer>(script);
      const Growth growth;
      const std::string url = server->url("localhost");
      response = transport->send(mutates ? mutation(url, 20s) : read(url, 20s));
      grown = growth.mebibytes();
    }
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, mutates ? ErrorKind::outcome_unknown : ErrorKind::malformed)
        << response.error().message;
    EXPECT_THAT(response.error().message, HasSubstr("too large"));
    EXPECT_LT(grown, kBound);
    EXPECT_LT(poured, kFlood);
  }
}

INSTANTIATE_TEST_SUITE_P(Transport, Limits, testing::Combine(testing::ValuesIn(floods()), testing::Bool()),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param).name) +
                                  (std::get<1>(row.param) ? "InTls" : "");
                         });

using Tunnels = TransportTest;

TEST_F(Tunnels, AProxysAnswerWithoutEndIsNotHeld) {
  std::size_t poured = 0;
  const std::string more = mebibyte_of("X-More: and more, and more, and more\r\n");
  ScriptedServer proxy([&](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 Connection established\r\n");
    for (poured = 0; poured < kFlood && peer.send(more); ++poured) {
    }
  });
  transport = cloud::make_cpprest_transport(
      {.ca_file = {},
       .proxy = {cloud::parse_proxy("http://127.0.0.1:" + std::to_string(proxy.port())).value(), ""}});
  const Growth growth;
  const auto response = transport->send(mutation("https://dbss.example", 20s));
  EXPECT_LT(growth.mebibytes(), kBound);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::not_sent);
  EXPECT_THAT(response.error().message, HasSubstr("too large"));
}

TEST_F(Tunnels, AHeaderBeyondItsLimitIsNoAnswer) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Long: " + std::string(70'000, 'x') + "\r\n\r\n{}");
  });
  const auto response = transport->send(read(server.url()));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::malformed);
  EXPECT_THAT(response.error().message, HasSubstr("header is too large"));
}

TEST_F(Tunnels, AnAnswerInTinyChunksUpToItsLimitIsTaken) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    std::string chunks;
    for (int i = 0; i < 100'000; ++i) chunks += "1\r\n \r\n";
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n");
  });
  cloud::Request request = read(server.url(), 20s);
  request.max_bytes = 100'000;
  const auto response = transport->send(request);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body.size(), 100'000U);
}

}  // namespace
}  // namespace dbssd::test
