// Reports that an operator asks for by hand.
#include <csignal>

#include "integration/harness/site.h"

namespace integration {
namespace {

class Trigger : public testing::Test {
 protected:
  Trigger() : site(fleet_of({{{"name", "prod-a"}}, {{"name", "prod-b"}}})) {
    site.policy["reports"] = {
        minutely({{"name", "daily"}, {"schedule", "0 6 * * *"}, {"window", "previous_day"}})};
    EXPECT_EQ(site.run_once().status, 0);
  }
  Ended trigger(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"trigger", "--report", "daily"});
    return site.command(std::move(more));
  }
  std::vector<std::string> may_first{"--from", "2025-05-01T00:00:00Z", "--to", "2025-05-02T00:00:00Z"};

  Site site;
};

TEST_F(Trigger, TheNextCycleMakesTheReportOverTheWindowThatWasAskedFor) {
  may_first.insert(may_first.end(), {"--instance", "prod-a"});
  const Ended asked = trigger(may_first);
  ASSERT_EQ(asked.status, 0) << asked.err;
  EXPECT_NE(asked.out.find("daily on prod-a for [2025-05-01T00:00:00Z, 2025-05-02T00:00:00Z)"),
            std::string::npos)
      << asked.out;
  EXPECT_EQ(site.cloud.calls("create_report"), 0);
  ASSERT_EQ(site.run_once().status, 0);
  const json reports = site.cloud.requested_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0]["start_time"], "2025-05-01 00:00:00") << reports;
  EXPECT_EQ(reports[0]["end_time"], "2025-05-02 00:00:00") << reports;
  site.run_once();
  EXPECT_EQ(site.cloud.requested_reports().size(), 1U);
}

TEST_F(Trigger, ARunningDaemonTakesItUp) {
  Daemon daemon = site.daemon();
  ASSERT_EQ(trigger(may_first).status, 0);
  daemon.child.signal(SIGHUP);  // it looks twice a minute, and whenever it wakes
  EXPECT_TRUE(daemon.says("report.accepted", {{"instance_name", "prod-a"}}));
  EXPECT_TRUE(daemon.says("report.accepted", {{"instance_name", "prod-b"}}));
  EXPECT_EQ(events(daemon.log(), "report.due", {{"reason", "asked for by hand"}}).size(), 2U);
  EXPECT_EQ(site.cloud.requested_reports().size(), 2U);
}

TEST_F(Trigger, WithoutAWindowThatOfTheNewestScheduledTimeIsMeant) {
  const json asked = json::parse(trigger({"--output", "json"}).out)["asked_for"];
  ASSERT_EQ(asked.size(), 2U);
  const std::string begin = asked[0]["window_begin"];
  const std::string end = asked[0]["window_end"];
  EXPECT_EQ(begin.substr(11), "00:00:00Z");
  EXPECT_EQ(end.substr(11), "00:00:00Z");
  EXPECT_LT(begin, end);
}

TEST_F(Trigger, SurvivesAKilledDaemon) {
  {
    Daemon daemon = site.daemon();
    ASSERT_EQ(trigger(may_first).status, 0);
    daemon.child.signal(SIGKILL);
    daemon.child.wait(kPatience);
  }
  ASSERT_EQ(site.run_once().status, 0);
  EXPECT_EQ(site.cloud.requested_reports().size(), 2U);
  EXPECT_EQ(site.cloud.truth("counts")["duplicates"], 0);
}

TEST_F(Trigger, WhatCannotBeMeantIsRefused) {
  EXPECT_EQ(site.command({"trigger"}).status, 2);
  EXPECT_EQ(site.command({"trigger", "--report", "weekly"}).status, 2);
  EXPECT_EQ(trigger({"--from", "2025-05-01T00:00:00Z"}).status, 2);
  EXPECT_EQ(trigger({"--from", "2025-05-02T00:00:00Z", "--to", "2025-05-01T00:00:00Z"}).status, 2);
  EXPECT_EQ(trigger({"--from", "2025-05-02T00:00:00Z", "--to", "2199-05-01T00:00:00Z"}).status, 2);
  EXPECT_EQ(trigger({"--instance", "nobody"}).status, 1);
  EXPECT_EQ(site.run_once().status, 0);
  EXPECT_EQ(site.cloud.requested_reports().size(), 0U);
}

}  // namespace
}  // namespace integration
