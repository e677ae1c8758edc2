// The status endpoint: what is where, and who is let in.
#include <gmock/gmock.h>
#include <signal.h>

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

}  // namespace
}  // namespace integration
