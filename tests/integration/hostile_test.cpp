// The whole program before a service that does what none should.
#include "contract/hostile_peers.h"
#include "integration/harness/site.h"

namespace integration {
namespace {

using dbssd::test::HostilePeer;
using dbssd::test::ScriptedServer;

class Hostile : public testing::TestWithParam<HostilePeer> {
 protected:
  Hostile() : site(fleet_of({{{"name", "prod-a"}}})) {
    json& project = site.policy["projects"][0];
    project["auth"] = {{"method", "token"}, {"token", {{"env", "DBSSD_TEST_PASSWORD"}}}};
    project["limits"]["timeout"] = "30s";
    site.policy["instances"] = {{"reconcile_interval", "1s"}, {"start", {{{"name", "keep-running"}}}}};
    site.policy["reports"] = {minutely()};
  }
  Site site;
};

TEST_P(Hostile, PeerHoldsUpNoStopAndIsNeverBelieved) {
  ScriptedServer service(script_of(GetParam()));
  site.policy["projects"][0]["endpoints"]["dbss"] = service.url();
  Daemon daemon = site.daemon();
  ASSERT_TRUE(eventually([&] { return service.connections() > 0; }, kPatience)) << daemon.out();
  // What ends by itself is to have been taken in as well.
  if (!GetParam().endless) {
    EXPECT_TRUE(eventually(
        [&] {
          const auto log = daemon.log();
          return !events(log, "cloud.unreachable").empty() || !events(log, "cloud.refused").empty() ||
                 !events(log, "cloud.malformed").empty();
        },
        kPatience));
  }
  EXPECT_LT(daemon.stop(), seconds{2 * kSlowness}) << daemon.out();
  EXPECT_EQ(events(daemon.log(), "service.stopping").size(), 1U);
  for (const char* event : {"instance.seen", "instance.vanished", "report.finished"})
    EXPECT_TRUE(events(daemon.log(), event).empty()) << event;
}

INSTANTIATE_TEST_SUITE_P(Peers, Hostile, testing::ValuesIn(dbssd::test::hostile_peers()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace integration
