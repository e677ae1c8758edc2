// Bodies that are handed over piece by piece.
#include <future>

#include "contract/cloud_transport_fixture.h"

namespace dbssd::test {
namespace {

using cloud::Request;
using cloud::Sink;

class Download : public TransportTest {
 protected:
  static Request with(const ScriptedServer& server, const Sink& sink, Millis patience = 5s) {
    Request request = read(server.url(), patience);
    request.max_bytes = std::size_t{1} << 30;
    request.sink = &sink;
    return request;
  }
};

std::string bytes(std::size_t count) {
  std::string text(count, '\0');
  for (std::size_t i = 0; i < count; ++i) text[i] = static_cast<char>(i * 31 + i / 977);
  return text;
}

TEST_F(Download, ALargeBodyArrivesWholeAndInOrder) {
  const std::string document = bytes(5'000'001);
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    peer.answer(document, "200 OK", "application/pdf");
  });
  std::string got;
  const Sink sink = [&](std::span<const char> piece) {
    got.append(piece.begin(), piece.end());
    return true;
  };
  const auto response = transport->send(with(server, sink));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "");
  EXPECT_TRUE(got == document);
}

TEST_F(Download, TheSinkIsCalledOnTheCallersThread) {
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    peer.answer("document");
  });
  std::thread::id where;
  const Sink sink = [&](std::span<const char>) {
    where = std::this_thread::get_id();
    return true;
  };
  ASSERT_TRUE(transport->send(with(server, sink)));
  EXPECT_EQ(where, std::this_thread::get_id());
}

TEST_F(Download, ARefusalIsKeptFromTheSink) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.answer(R"({"error_code":"DBSS.1"})", "404 Not Found");
  });
  bool called = false;
  const Sink sink = [&](std::span<const char>) { return called = true; };
  const auto response = transport->send(with(server, sink));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->body, R"({"error_code":"DBSS.1"})");
  EXPECT_FALSE(called);
}

TEST_F(Download, AReaderThatHasEnoughStopsTheTransfer) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
    while (peer.send(std::string(65536, 'x'))) {
    }
  });
  int pieces = 0;
  const Sink sink = [&](std::span<const char>) { return ++pieces < 3; };
  const Watch watch;
  const auto response = transport->send(with(server, sink));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::internal);
  EXPECT_EQ(pieces, 3);
  EXPECT_LT(watch.elapsed(), 1s);
}

TEST_F(Download, AReaderThatIsSlowHoldsTheServerUp) {
  const std::string document(64 << 20, 'x');
  std::promise<std::size_t> stalled;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(document.size()) + "\r\n\r\n");
    const std::size_t sent = peer.send_until_stalled(document, 100);
    stalled.set_value(sent);
    peer.send(std::string_view(document).substr(sent));
  });
  std::size_t before = 0, got = 0;
  const Sink sink = [&](std::span<const char> piece) {
    if (got == 0) before = stalled.get_future().get();
    got += piece.size();
    return true;
  };
  ASSERT_TRUE(transport->send(with(server, sink, 10s)));
  EXPECT_LT(before, document.size() / 2) << "nothing slowed the server down: the body was held in memory";
  EXPECT_EQ(got, document.size());
}

TEST_F(Download, HalfADocumentIsAnError) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + std::string(200'000, 'x'));
  });
  const Sink sink = [](std::span<const char>) { return true; };
  const auto response = transport->send(with(server, sink));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::outcome_unknown);
}

TEST_F(Download, TheDeadlineAlsoEndsAFastTransfer) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string(65536, 'x') + "\r\n";
    while (peer.send(chunk)) {
    }
  });
  const Sink sink = [](std::span<const char>) { return true; };
  Request request = with(server, sink, 100ms);
  request.max_bytes = std::size_t{1} << 40;
  const Watch watch;
  EXPECT_FALSE(transport->send(request));
  EXPECT_LT(watch.elapsed(), 500ms);
}

}  // namespace
}  // namespace dbssd::test
