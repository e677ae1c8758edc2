#include "contract/hostile_peers.h"

#include <chrono>
#include <thread>

namespace dbssd::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

const std::string kHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const std::string kChunked = kHead + "Transfer-Encoding: chunked\r\n\r\n";

std::function<void(Peer&)> says(std::string text) {
  return [text = std::move(text)](Peer& peer) { peer.send(text); };
}

/// The begin, and then the same again and again, each after a pause.
std::function<void(Peer&)> repeats(std::string begin, std::string again, std::chrono::microseconds pause) {
  return [=](Peer& peer) {
    peer.send(begin);
    while (peer.send(again)) std::this_thread::sleep_for(pause);
  };
}

/// Closes without an answer to what it has read.
HostilePeer talker(std::string name, const std::string& text, std::string reason) {
  return {std::move(name), says(text), json{{"kind", "raw"}, {"text", text}}, false, 0, std::move(reason)};
}

std::vector<HostilePeer> all() {
  const std::string lines(64 * 1024, 'x');
  std::string header;
  while (header.size() < 64 * 1024) header += "X-More: more of it\r\n";
  return {
      {"Silent",
       [](Peer& peer) { peer.wait_closed(); },
       {{"kind", "slow"}, {"seconds", 60}},
       true,
       0,
       "out of time"},
      {"DripsABody",
       repeats(kChunked, "1\r\n \r\n", 10ms),
       {{"kind", "drip"}, {"seconds", 600}},
       true,
       0,
       "out of time"},
      {"DripsAHeader", repeats(kHead + "X-Slow: ", "x", 10ms), {}, true, 0, "out of time"},
      {"SendsAHeaderWithoutEnd", repeats(kHead, header, 1ms), {}, true, 0, "too large"},
      {"SendsALineWithoutEnd", repeats("HTTP/1.1 200 ", lines, 1ms), {}, true, 0, "too large"},
      {"SendsOneHugeChunk", repeats(kChunked + "7fffffff\r\n", lines, 1ms), {}, true, 0, "too large"},
      {"SendsABodyWithoutEnd",
       repeats(kChunked, "10000\r\n" + lines + "\r\n", 0us),
       {{"kind", "huge_body"}, {"bytes", 64 << 20}},
       true,
       0,
       "too large"},
      {"ClaimsABodyOfTerabytes",
       repeats(kHead + "Content-Length: 9000000000000\r\n\r\n", lines, 0us),
       {},
       true,
       0,
       "too large"},
      {"Dies", [](Peer&) {}, {{"kind", "drop_before"}}, false, 0, ""},
      {"SendsHalfABody",
       says(kHead + "Content-Length: 100\r\n\r\n{\"servers\":"),
       {{"kind", "half_body"}},
       false,
       0,
       "the peer has closed the connection"},
      {"Redirects",
       says("HTTP/1.1 302 Found\r\nLocation: /_sim/redirected\r\nContent-Length: 0\r\n\r\n"),
       {{"kind", "redirect"}},
       false,
       302,
       ""},
      talker("SendsAChunkOfNegativeSize", kChunked + "-1\r\n{}\r\n0\r\n\r\n", ""),
      talker("SendsAChunkOfNegativeSizeThatIsHuge", kChunked + "-7fffffff\r\n{}\r\n0\r\n\r\n", ""),
      talker("SendsAChunkBeyondAnyNumber", kChunked + "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n", ""),
      talker("SendsAChunkWithoutSize", kChunked + "zz\r\n{}\r\n0\r\n\r\n", ""),
      talker("SpeaksNoHttp", "SSH-2.0-x\r\n\r\n", ""),
  };
}

}  // namespace

const std::vector<HostilePeer>& hostile_peers() {
  static const std::vector<HostilePeer> kAll = all();
  return kAll;
}

ScriptedServer::Script script_of(const HostilePeer& peer) {
  return [&peer](Peer& connection) {
    if (!connection.read_request().empty()) peer.answer(connection);
  };
}

}  // namespace dbssd::test
