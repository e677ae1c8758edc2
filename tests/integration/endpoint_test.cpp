// The status endpoint: what is where, and who is let in.
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "integration/harness/status_client.h"

namespace integration {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class StatusEndpoint : public testing::Test {
 protected:
  StatusEndpoint() : site(fleet_of({{{"name", "prod-a"}}})) {
    site.policy["status"] = {{"listen", "127.0.0.1:0"}};
  }
  Site site;
};

TEST_F(StatusEndpoint, ServesItsPathsAndNothingElse) {
  Daemon daemon = site.daemon();
  const std::uint16_t port = status_port(daemon);
  const std::pair<const char*, const char*> paths[] = {
      {"/", "text/html; charset=utf-8"},
      {"/page.css", "text/css; charset=utf-8"},
      {"/page.js", "text/javascript; charset=utf-8"},
      {"/sections.js", "text/javascript; charset=utf-8"},
      {"/status.json", "application/json"},
      {"/metrics", "text/plain; version=0.0.4; charset=utf-8"},
      {"/healthz", "text/plain; charset=utf-8"},
      {"/readyz?verbose=1", "text/plain; charset=utf-8"},
  };
  ASSERT_TRUE(eventually([&] { return get(port, "/readyz").status == 200; }, kPatience));
  for (const auto& [path, type] : paths) {
    const auto reply = get(port, path);
    EXPECT_EQ(reply.status, 200) << path << ": " << reply.body;
    EXPECT_TRUE(reply.complete) << path;
    EXPECT_EQ(reply.headers.at("content-type"), type) << path;
  }
  EXPECT_EQ(get(port, "/").body, read_file(DBSSD_SOURCE_DIR "/daemon/telemetry/page/index.html"));
  EXPECT_EQ(get(port, "/page.js").body, read_file(DBSSD_SOURCE_DIR "/daemon/telemetry/page/page.js"));
  for (const char* path : {"/index.php", "/status.json/", "//", "/../policy.yaml", "/%2e%2e/state.db"})
    EXPECT_EQ(get(port, path).status, 404) << path;
}

TEST_F(StatusEndpoint, IsClosedWhereThePolicyHasNone) {
  site.policy.erase("status");
  Daemon daemon = site.daemon();
  EXPECT_TRUE(events(daemon.log(), "status.listening").empty());
}

TEST_F(StatusEndpoint, TellsEachClientToKeepNothingAndToTrustNobodyElse) {
  Daemon daemon = site.daemon();
  for (const char* path : {"/", "/status.json", "/metrics", "/nothing"}) {
    const auto headers = get(status_port(daemon), path).headers;
    EXPECT_THAT(headers.at("content-security-policy"),
                AllOf(StartsWith("default-src 'none'; script-src 'self';"),
                      HasSubstr("frame-ancestors 'none'; require-trusted-types-for 'script'")));
    EXPECT_EQ(headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(headers.at("referrer-policy"), "no-referrer");
    EXPECT_EQ(headers.at("cache-control"), "no-store");
    EXPECT_FALSE(headers.contains("set-cookie"));
    EXPECT_FALSE(headers.contains("access-control-allow-origin"));
  }
}

TEST_F(StatusEndpoint, ChangesNothingForAnybody) {
  Daemon daemon = site.daemon();
  contract::RawClient client(status_port(daemon));
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"}) {
    const auto reply = client.send(method, "/metrics", {}, "a=1");
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_EQ(reply.headers.at("allow"), "GET, HEAD") << method;
  }
  const std::string head = client.exchange("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(
      head, AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Length: 3"), testing::EndsWith("\r\n\r\n")));
}

TEST_F(StatusEndpoint, RefusesWhoeverCameByTheNameOfAnotherHost) {
  Daemon daemon = site.daemon();
  const std::uint16_t port = status_port(daemon);
  for (const char* host : {"evil.example", "evil.example:9464", "localhost.evil.example",
                           "127.0.0.1.evil.example", "", "[::1", "0x7f000001"})
    EXPECT_EQ(get(port, "/status.json", {{"Host", host}}).status, 421) << host;
  for (const char* host : {"localhost", "LOCALHOST:1", "127.0.0.1:9464", "[::1]:9464", "[::1]"})
    EXPECT_EQ(get(port, "/healthz", {{"Host", host}}).status, 200) << host;
}

TEST_F(StatusEndpoint, AnswersOddRequestsAndOutlivesThem) {
  Daemon daemon = site.daemon();
  const std::uint16_t port = status_port(daemon);
  contract::RawClient client(port);
  EXPECT_THAT(client.exchange("GET /healthz HTTP/1.0\r\n\r\n"), HasSubstr(" 200 "));
  EXPECT_THAT(client.exchange("GET /healthz HTTP/1.1\r\nHost: ::1\r\nContent-Length: 4\r\n\r\nbody"),
              HasSubstr(" 421 "));
  EXPECT_THAT(client.exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody"),
              HasSubstr(" 200 "));
  const std::string request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  EXPECT_THAT(client.exchange(request + request + request), StartsWith("HTTP/1.1 200"))
      << "the first of a pipeline";
  EXPECT_THAT(client.exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(1 << 20, 'x') +
                              "\r\n\r\n"),
              testing::Not(HasSubstr(" 200 ")));
  EXPECT_THAT(client.exchange("GET /" + std::string(1 << 20, 'x') + " HTTP/1.1\r\n\r\n"),
              testing::Not(HasSubstr(" 200 ")));
  for (const std::string& garbage :
       {std::string("\r\n\r\n"), std::string(4096, '\0'),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9), std::string("GET\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\n\r\n"),
        std::string("GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")})
    client.exchange(garbage + request);
  EXPECT_EQ(get(port, "/healthz").status, 200);
  EXPECT_TRUE(daemon.child.runs());
}

// A client that connects and then takes its time.
class SlowClient {
 public:
  explicit SlowClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }
  SlowClient(SlowClient&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  SlowClient& operator=(SlowClient&&) = delete;
  ~SlowClient() {
    if (socket_ >= 0) ::close(socket_);
  }
  void say(const std::string& bytes) const {
    EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }

 private:
  int socket_;
};

TEST_F(StatusEndpoint, ServesBesideAnyNumberOfIdleClients) {
  Daemon daemon = site.daemon();
  const std::uint16_t port = status_port(daemon);
  std::vector<SlowClient> idle;
  for (int i = 0; i < 300; ++i) {
    idle.emplace_back(port);
    if (i % 3 == 1) idle.back().say("GET /healthz HTTP/1.1\r\nX: ");
    if (i % 3 == 2) idle.back().say("G");
  }
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(get(port, "/healthz").status, 200);
  EXPECT_EQ(get(port, "/metrics").status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, kSlowness * seconds{3});
  // Nor do they delay the end.
  EXPECT_LT(daemon.stop(), kSlowness * seconds{2});
}

TEST_F(StatusEndpoint, ServesWhoeverReadsBesideOneWhoDoesNot) {
  Daemon daemon = site.daemon();
  const std::uint16_t port = status_port(daemon);
  std::vector<SlowClient> greedy;
  for (int i = 0; i < 20; ++i) {
    greedy.emplace_back(port);
    greedy.back().say("GET /page.js HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  EXPECT_EQ(get(port, "/healthz").status, 200);
}

TEST_F(StatusEndpoint, IsMovedClosedAndOpenedByAReload) {
  Daemon daemon = site.daemon();
  const std::uint16_t first = status_port(daemon);
  const auto reload = [&](const json& status) {
    site.policy["status"] = status;
    site.write_policy();
    daemon.child.signal(SIGHUP);
  };
  reload({{"listen", "127.0.0.2:0"}});
  ASSERT_TRUE(daemon.says("status.listening", json::object(), 2));
  EXPECT_THAT(events(daemon.log(), "status.listening")[1]["msg"], StartsWith("http://127.0.0.2:"));
  EXPECT_THROW(get(first, "/healthz"), std::exception);

  site.policy.erase("status");
  site.write_policy();
  daemon.child.signal(SIGHUP);
  ASSERT_TRUE(daemon.says("status.closed"));

  // From one address to all of them, on the same port.
  reload({{"listen", "127.0.0.1:" + std::to_string(first)}});
  ASSERT_TRUE(daemon.says("status.listening", json::object(), 3));
  reload({{"listen", "0.0.0.0:" + std::to_string(first)}});
  ASSERT_TRUE(daemon.says("status.listening", json::object(), 4));
  EXPECT_EQ(get(first, "/healthz").status, 200);
  EXPECT_EQ(get(first, "/healthz", {{"Host", "audit-host.example"}}).status, 200)
      << "others call it by its name";
}

TEST_F(StatusEndpoint, StaysWhereItWasWhenTheNewAddressCannotBeHad) {
  Daemon other = site.daemon();
  const std::uint16_t taken = status_port(other);
  Site second(fleet_of({{{"name", "prod-b"}}}));
  second.policy["status"] = {{"listen", "127.0.0.1:0"}};
  Daemon daemon = second.daemon();
  const std::uint16_t port = status_port(daemon);
  second.policy["status"]["listen"] = "127.0.0.1:" + std::to_string(taken);
  second.write_policy();
  daemon.child.signal(SIGHUP);
  ASSERT_TRUE(daemon.says("status.failed"));
  ASSERT_TRUE(daemon.says("service.reloaded"));
  EXPECT_THAT(events(daemon.log(), "status.failed")[0]["reason"],
              AllOf(HasSubstr("127.0.0.1:" + std::to_string(taken)), HasSubstr("another port")));
  EXPECT_EQ(get(port, "/healthz").status, 200);
}

TEST_F(StatusEndpoint, ThatCannotBeOpenedEndsTheStart) {
  Daemon other = site.daemon();
  Site second(fleet_of({{{"name", "prod-b"}}}));
  second.policy["status"] = {{"listen", "127.0.0.1:" + std::to_string(status_port(other))}};
  const Ended ended = second.command({"run"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.err,
              AllOf(HasSubstr("status.listen: cannot listen on 127.0.0.1:"), HasSubstr("another port")));
  EXPECT_TRUE(events(ended.log(), "service.ready").empty());
}

TEST_F(StatusEndpoint, ServesTheCommandsDocumentAndWhatOnlyTheDaemonKnows) {
  site.cloud.change("prod-a", {{"status", "SHUTOFF"}});  // and no rule selects it
  site.policy["reports"] = {minutely()};
  site.policy["instances"]["reconcile_interval"] = "1s";
  Daemon daemon = site.daemon();
  const std::uint16_t port = status_port(daemon);
  ASSERT_TRUE(daemon.says("instance.seen"));
  json served;
  ASSERT_TRUE(eventually(
      [&] {
        served = status_of(port);
        return !served["projects"][0]["left_alone"].empty() && !served["projects"][0]["instances"].empty();
      },
      kPatience));
  EXPECT_EQ(served["projects"][0]["left_alone"][0]["count"], 1);
  EXPECT_EQ(served["service"]["policy"]["path"], site.policy_path());
  EXPECT_EQ(served["service"]["policy"]["last_reload"], "ok");
  EXPECT_EQ(served["state"]["process"], std::to_string(daemon.child.pid()));

  json printed = json::parse(site.command({"status", "--output", "json"}).out);
  const auto keys = [](const json& document) {
    std::vector<std::string> names;
    for (const auto& [name, value] : document.items()) names.push_back(name);
    return names;
  };
  served["projects"][0].erase("left_alone");
  served["projects"][0].erase("left_alone_more");
  EXPECT_EQ(keys(served), keys(printed));
  EXPECT_EQ(served["service"]["policy"]["fingerprint"], printed["service"]["policy"]["fingerprint"]);
  EXPECT_EQ(keys(served["projects"][0]), keys(printed["projects"][0]));
}

// The list of a project that hangs is not yet known: nothing is to be started anew for that, and all is not
// well.
TEST_F(StatusEndpoint, IsNotReadyAndNotWellBeforeItsProjectsWereAsked) {
  site.cloud.fault({{"kind", "slow"}, {"call", "list_instances"}, {"seconds", 3600}});
  Daemon daemon = site.daemon();
  const std::uint16_t port = status_port(daemon);
  ASSERT_TRUE(daemon.says("service.ready"));
  EXPECT_EQ(get(port, "/healthz").status, 200);
  const auto ready = get(port, "/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, HasSubstr("project prod: its instances have not been listed yet"));
  const json status = status_of(port);
  EXPECT_EQ(status["well"], false);
  EXPECT_THAT(status["projects"][0]["wrong"][0]["what"], testing::AnyOf("never asked", "never listed"));
  EXPECT_EQ(samples_of(get(port, "/metrics").body).at("dbssd_well"), 0);
}

TEST_F(StatusEndpoint, IsReadyWhereAProjectDoesNotAnswerAndIsNotWell) {
  site.cloud.fault({{"kind", "status_before"}, {"status", 503}, {"call", "*"}});
  Daemon daemon = site.daemon();
  const std::uint16_t port = status_port(daemon);
  ASSERT_TRUE(eventually([&] { return get(port, "/readyz").status == 200; }, kPatience));
  ASSERT_TRUE(eventually(
      [&] {
        const json wrong = status_of(port)["projects"][0]["wrong"];
        return !wrong.empty() && wrong[0]["what"] == "project fails";
      },
      kPatience));
  EXPECT_EQ(status_of(port)["well"], false);
}

TEST_F(StatusEndpoint, SaysThatAReloadWasRefusedAsSomethingWrong) {
  Daemon daemon = site.daemon();
  const std::uint16_t port = status_port(daemon);
  ASSERT_TRUE(eventually([&] { return status_of(port)["well"] == true; }, kPatience));
  write_file(site.policy_path(), "version: [");
  daemon.child.signal(SIGHUP);
  ASSERT_TRUE(daemon.says("service.reload_failed"));
  json status;
  ASSERT_TRUE(eventually([&] { return (status = status_of(port))["well"] == false; }, kPatience));
  EXPECT_EQ(status["wrong"][0]["what"], "policy refused");
  EXPECT_TRUE(status["wrong"][0].contains("since"));
}

TEST_F(StatusEndpoint, ServesNamesThatWouldBreakAPageOrADocument) {
  const std::string name = "<script>\"\\\n\x01 \xf0\x9f\x92\xa5 </title>";
  Site odd(fleet_of({{{"name", name}, {"status", "SHUTOFF"}}}));
  odd.policy["status"] = {{"listen", "127.0.0.1:0"}};
  Daemon daemon = odd.daemon();
  const std::uint16_t port = status_port(daemon);
  ASSERT_TRUE(daemon.says("instance.seen"));
  ASSERT_TRUE(eventually([&] { return !status_of(port)["blind"].empty(); }, kPatience));
  EXPECT_EQ(status_of(port)["blind"][0]["instance_name"], name);
  EXPECT_THAT(get(port, "/metrics").body, testing::Not(HasSubstr("<script")));
}

}  // namespace
}  // namespace integration
