// The transport against every hostile peer: it never waits beyond its deadline, never takes nonsense for an
// answer, never sends a mutation again or a token elsewhere, and goes on serving.
#include "contract/hostile_peers.h"

#include <future>

#include "contract/cloud_transport_fixture.h"
#include "contract/simulated_cloud.h"

namespace dbssd::test {
namespace {

using cloud::Effect;
using cloud::Request;
using testing::HasSubstr;

/// What never ends is waited for so long, and no longer.
constexpr Millis kPatience{1000};
/// What ends is waited for until it does.
constexpr Millis kEnds{20'000};
constexpr const char* kOutOfTime = "out of time";

class Hostile : public TransportTest, public testing::WithParamInterface<HostilePeer> {
 protected:
  static std::vector<Request> both(const std::string& origin, const std::string& token = "secret") {
    Request list = read(origin, kPatience);
    list.path = {"v1", contract::kProject, "audit", "instances"};
    Request start = mutation(origin, kPatience);
    start.path = {"v1", contract::kProject, "audit", "instance", "start"};
    start.body = R"({"instance_id":")" + contract::kShutoff + R"("})";
    for (Request* request : {&list, &start}) request->headers = {{"X-Auth-Token", token}};
    return {list, start};
  }

  /// The script of the peer, that lets `served` requests pass before and counts the mutations.
  ScriptedServer::Script script(int served, std::atomic<int>& mutations) {
    passed_ = 0;
    return [this, served, &mutations](Peer& peer) {
      for (;;) {
        const std::string request = peer.read_request();
        if (request.empty()) return;
        if (passed_++ < served) {
          peer.answer("{}");
          continue;
        }
        if (request.starts_with("POST")) ++mutations;
        GetParam().answer(peer);
        if (GetParam().status == 0) return;
      }
    };
  }

  void expect_failure(Request request) {
    const HostilePeer& peer = GetParam();
    const Millis patience = peer.says == kOutOfTime ? kPatience : kEnds;
    request.deadline = soon(patience);
    const Watch watch;
    const auto response = transport->send(request);
    EXPECT_LT(watch.elapsed(), patience + 2s);
    if (peer.status != 0) {
      ASSERT_TRUE(response) << response.error().message;
      EXPECT_EQ(response->status, peer.status);
      return;
    }
    ASSERT_FALSE(response) << response->status << ' ' << response->body;
    const Error& error = response.error();
    EXPECT_THAT(error.message, HasSubstr(peer.says));
    if (request.effect == Effect::mutation) {
      EXPECT_EQ(error.kind, ErrorKind::outcome_unknown) << error.message;
    } else {
      EXPECT_THAT(error.kind,
                  testing::AnyOf(ErrorKind::not_sent, ErrorKind::outcome_unknown, ErrorKind::malformed))
          << error.message;
    }
    EXPECT_THAT(error.message, testing::Not(HasSubstr("secret")));
  }

  void expect_others_served() {
    ScriptedServer sound([](Peer& peer) {
      while (!peer.read_request().empty()) peer.answer("{}");
    });
    EXPECT_TRUE(transport->send(read(sound.url())));
  }

 private:
  std::atomic<int> passed_ = 0;
};

TEST_P(Hostile, IsOutlivedOnASocket) {
  std::atomic<int> mutations = 0;
  ScriptedServer server(script(0, mutations));
  for (const Request& request : both(server.url())) expect_failure(request);
  EXPECT_EQ(mutations, 1);
  expect_others_served();
}

TEST_P(Hostile, IsOutlivedOnAConnectionThatHasServedBefore) {
  std::atomic<int> mutations = 0;
  ScriptedServer server(script(1, mutations));
  ASSERT_TRUE(transport->send(both(server.url()).back()));
  expect_failure(both(server.url()).back());
  EXPECT_EQ(mutations, 1) << "a connection that has served before is no reason to send again";
}

/// Those that the simulated cloud can play as well.
class HostilePlayed : public Hostile {};

TEST_P(HostilePlayed, IsOutlivedInTheSimulatedCloud) {
  contract::SimulatedCloud cloud;
  cloud.fault(GetParam().fault);
  for (const Request& request : both(cloud.simulator.url(), cloud.token)) expect_failure(request);
  const auto calls = cloud.truth("calls")["total"];
  EXPECT_EQ(calls.value("start_instance", contract::json::object()).value("total", 0), 1);
  EXPECT_EQ(cloud.truth("counts")["credentials_redirected"], 0);
  expect_others_served();
}

/// Those that go on until the client goes.
class HostileWithoutEnd : public Hostile {};

TEST_P(HostileWithoutEnd, NeverHoldsUpAStop) {
  std::promise<void> arrived;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    arrived.set_value();
    GetParam().answer(peer);
  });
  Request request = both(server.url()).back();
  request.deadline = soon(30s);
  request.max_bytes = std::size_t{1} << 40;
  auto sent = std::async(std::launch::async, [&] { return transport->send(request); });
  arrived.get_future().wait();
  const Watch watch;
  transport->cancel();
  const auto response = sent.get();
  EXPECT_LT(watch.elapsed(), 1s);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::outcome_unknown);
}

template <class Condition>
auto peers_that(Condition condition) {
  std::vector<HostilePeer> peers = hostile_peers();
  std::erase_if(peers, [&](const HostilePeer& peer) { return !condition(peer); });
  return testing::ValuesIn(peers);
}
const auto kName = [](const testing::TestParamInfo<HostilePeer>& row) { return row.param.name; };

INSTANTIATE_TEST_SUITE_P(Peers, Hostile, testing::ValuesIn(hostile_peers()), kName);
INSTANTIATE_TEST_SUITE_P(Peers, HostilePlayed,
                         peers_that([](const HostilePeer& peer) { return !peer.fault.is_null(); }), kName);
INSTANTIATE_TEST_SUITE_P(Peers, HostileWithoutEnd,
                         peers_that([](const HostilePeer& peer) { return peer.endless; }), kName);

}  // namespace
}  // namespace dbssd::test
