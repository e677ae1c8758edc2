// Which of a host's addresses is connected to.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "contract/authority.h"
#include "contract/cloud_transport_fixture.h"

namespace dbssd::test {
namespace {

using testing::HasSubstr;

/// Listens and lets nobody in: its queue is full, so the kernel drops whoever asks.
class BlackHole {
 public:
  BlackHole(const char* address, int port) {
    at_.sin_family = AF_INET;
    at_.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, address, &at_.sin_addr);
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto* generic = reinterpret_cast<const sockaddr*>(&at_);
    EXPECT_EQ(bind(listener_, generic, sizeof(at_)), 0);
    EXPECT_EQ(listen(listener_, 0), 0);
    for (int& filler : fillers_) {
      filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      (void)connect(filler, generic, sizeof(at_));
    }
  }
  ~BlackHole() {
    for (const int filler : fillers_) close(filler);
    close(listener_);
  }
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;

 private:
  sockaddr_in at_{};
  int listener_ = -1;
  std::array<int, 4> fillers_{};
};

class ManyAddresses : public TransportTest {
 protected:
  static constexpr Millis kPatience{1000};
  static void serve(Peer& peer) {
    for (std::string request; !(request = peer.read_request()).empty();) {
      seen = request;
      peer.answer("{}");
    }
  }
  void use(std::vector<std::string> v4, bool v6) {
    transport = cloud::make_cpprest_transport(
        {.ca_file = authority.file(),
         .connect_patience = kPatience,
         .look_up = [addresses = cloud::Addresses{std::move(v4), v6}](const std::string&) {
           return cloud::Resolver::Found{0, addresses};
         }});
  }
  static inline std::string seen;
  Authority authority;
  ScriptedServer server{serve,
                        authority.issue({.common_name = "x", .alternative_names = {"DNS:dbss.example"}})};
  const std::string url = server.url("DBSS.example");
};

TEST_F(ManyAddresses, OneThatLeadsNowhereCostsItsPatienceOnceAndNotTheDeadline) {
  const BlackHole hole("127.0.0.2", server.port());
  use({"127.0.0.2", "127.0.0.1"}, true);
  const Watch first;
  const auto response = transport->send(mutation(url, 10s));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_GE(first.elapsed(), kPatience) << "nothing was there to be passed over";
  EXPECT_LT(first.elapsed(), 5s);
  const Watch second;
  EXPECT_TRUE(transport->send(read(url, 10s)));
  EXPECT_LT(second.elapsed(), kPatience);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(ManyAddresses, TheNameStaysTheOneThatIsVerifiedAndAskedFor) {
  use({"127.0.0.1"}, true);
  const auto response = transport->send(mutation(url));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_THAT(seen, HasSubstr("\r\nHost:dbss.example:" + std::to_string(server.port()) + "\r\n"));
  const auto other = transport->send(mutation(server.url("iam.example")));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, ErrorKind::not_sent);
  EXPECT_THAT(other.error().message, HasSubstr("hostname mismatch"));
}

TEST_F(ManyAddresses, OneThatRefusesIsFollowedByTheNext) {
  use({"127.0.0.3", "127.0.0.1"}, false);
  EXPECT_TRUE(transport->send(mutation(url)));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(ManyAddresses, WhereNoneAnswersNothingIsSentAndTheDeadlineHolds) {
  const BlackHole one("127.0.0.2", server.port());
  const BlackHole other("127.0.0.3", server.port());
  use({"127.0.0.2", "127.0.0.3"}, false);
  const Watch watch;
  const auto response = transport->send(mutation(url, 800ms));
  EXPECT_LT(watch.elapsed(), 2s);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::not_sent);
}

TEST_F(ManyAddresses, ARefusedCertificateIsNotTriedElsewhere) {
  ScriptedServer unknown(serve, authority.issue({.common_name = "x", .alternative_names = {"DNS:other"}}));
  use({"127.0.0.1", "127.0.0.1"}, false);
  const auto response = transport->send(mutation(unknown.url("dbss.example")));
  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().message, HasSubstr("hostname mismatch"));
  EXPECT_EQ(unknown.connections(), 1);
}

}  // namespace
}  // namespace dbssd::test
