// The daemon and the clock on the wall: from a full minute to a finished report.
#include "integration/harness/site.h"

namespace integration {
namespace {

// One minute serves all that can be said about it.
TEST(EveryMinute, AReportGoesFromItsScheduledTimeToFinished) {
  Site site(
      fleet_of({{{"name", "prod-a"}}, {{"name", "prod-b"}}, {{"name", "prod-off"}, {"status", "SHUTOFF"}}},
               {{"report_seconds", 3}}));
  site.policy["reports"] = {minutely({{"name", "sox"}, {"select", {{"name", {"prod-a", "prod-b"}}}}}),
                            minutely({{"name", "pci"},
                                      {"template", {{"type", "PCI"}}},
                                      {"select", {{"name", {"prod-a"}}}},
                                      {"time_zone", "Asia/Kolkata"}}),
                            minutely({{"name", "spread"},
                                      {"template", {{"type", "PCI"}}},
                                      {"select", {{"name", {"prod-b"}}}},
                                      {"spread", "2s"}}),
                            minutely({{"name", "waiting"}, {"select", {{"name", {"prod-off"}}}}})};
  Daemon daemon = site.daemon();
  constexpr seconds kAMinuteAndMore{75 + 30 * kSlowness};
  ASSERT_TRUE(daemon.says("report.finished", json::object(), 4, kAMinuteAndMore)) << daemon.out();
  const std::vector<json> log = daemon.log();

  // Each step once, in order, for each report.
  for (const json& rule : {json{{"report", "sox"}, {"instance_name", "prod-a"}},
                           json{{"report", "sox"}, {"instance_name", "prod-b"}},
                           json{{"report", "pci"}, {"instance_name", "prod-a"}},
                           json{{"report", "spread"}, {"instance_name", "prod-b"}}}) {
    SCOPED_TRACE(rule.dump());
    json about = rule;
    about["scheduled_time"] = events(log, "report.due", rule)[0]["scheduled_time"];
    std::string last;
    for (const char* step : {"report.due", "report.submitted", "report.accepted", "report.finished"}) {
      const std::vector<json> lines = events(log, step, about);
      ASSERT_EQ(lines.size(), 1U) << step;
      EXPECT_GE(lines[0]["ts"].get<std::string>(), last) << step;
      last = lines[0]["ts"];
    }
    const json due = events(log, "report.due", about)[0];
    EXPECT_TRUE(due["scheduled_time"].get<std::string>().ends_with(":00Z"));
    EXPECT_EQ(due["window_end"], due["scheduled_time"]);
  }

  // At the time, not around it: the skew is on the line that says it was asked for.
  const json asked = events(log, "report.submitted", {{"report", "sox"}})[0];
  EXPECT_LT(asked["duration_ms"].get<int>(), 1000 * kSlowness) << asked;
  EXPECT_EQ(events(log, "report.waiting", {{"report", "waiting"}}).size(), 1U);
  EXPECT_EQ(site.cloud.truth("counts")["duplicates"], 0);
  EXPECT_LT(daemon.stop(), seconds{2 * kSlowness});
}

}  // namespace
}  // namespace integration
