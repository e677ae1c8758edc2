// What becomes of scheduled times that passed while nothing ran: each has exactly one outcome.
#include <map>

#include "integration/harness/site.h"

namespace integration {
namespace {

class MissedRuns : public testing::Test {
 protected:
  MissedRuns() : site(fleet_of({{{"name", "prod-a"}}})) {}

  // Half an hour in which nothing ran, under the rule.
  void miss(const json& rule) {
    site.policy["reports"] = {minutely(rule)};
    ASSERT_EQ(site.run_once().status, 0);
    site.age_schedules(std::chrono::minutes{30});
    ASSERT_EQ(site.run_once().status, 0);
    site.retire_schedules();
  }
  // How many runs stand where, by state and outcome.
  std::map<std::string, int> runs() const {
    std::map<std::string, int> found;
    for (const std::string& row : site.query("SELECT state, outcome FROM run")) ++found[row];
    return found;
  }
  int missed_times() const {
    const std::vector<std::string> rows = site.query("SELECT count(*) FROM run");
    return std::stoi(rows.at(0));
  }

  Site site;
};

TEST_F(MissedRuns, TheNewestIsServedAndTheOthersAreOnRecord) {
  miss({{"missed", "latest"}});
  EXPECT_GE(missed_times(), 30);
  EXPECT_EQ(runs(),
            (std::map<std::string, int>{{"accepted NULL", 1}, {"settled missed", missed_times() - 1}}));
  EXPECT_EQ(site.cloud.requested_reports().size(), 1U);
  EXPECT_EQ(site.query("SELECT max(scheduled) FROM run"),
            site.query("SELECT scheduled FROM run WHERE state = 'accepted'"));
}

TEST_F(MissedRuns, AllAreServedOldestFirst) {
  miss({{"missed", "all"}});
  EXPECT_EQ(runs(), (std::map<std::string, int>{{"accepted NULL", missed_times()}}));
  const json reports = site.cloud.requested_reports();
  EXPECT_EQ(reports.size(), static_cast<std::size_t>(missed_times()));
  EXPECT_EQ(site.cloud.truth("counts")["duplicates"], 0);
}

TEST_F(MissedRuns, OneReportCoversTheJoinedWindows) {
  miss({{"missed", "merge"}});
  EXPECT_EQ(runs(), (std::map<std::string, int>{{"accepted NULL", 1}, {"merged NULL", missed_times() - 1}}));
  const json reports = site.cloud.requested_reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(site.query("SELECT min(window_begin), max(window_end) FROM run"),
            site.query("SELECT window_begin, window_end FROM run WHERE state = 'accepted'"));

  site.cloud.advance(60);
  (void)site.run_once();
  EXPECT_EQ(runs(), (std::map<std::string, int>{{"settled finished", missed_times()}}));
}

TEST_F(MissedRuns, NoneIsServedAndAllAreOnRecord) {
  miss({{"missed", "skip"}});
  // The newest can have come due a moment ago, and then it was not missed.
  EXPECT_LE(site.cloud.requested_reports().size(), 1U);
  EXPECT_GE(runs()["settled missed"], 29);
}

TEST_F(MissedRuns, WhatIsLaterThanItsDeadlineHasExpired) {
  miss({{"missed", "all"}, {"deadline", "5m"}});
  EXPECT_GE(runs()["settled expired"], 24);
  EXPECT_EQ(runs()["accepted NULL"] + runs()["settled expired"], missed_times());
  EXPECT_EQ(site.cloud.requested_reports().size(), static_cast<std::size_t>(runs()["accepted NULL"]));
}

TEST_F(MissedRuns, NothingBeforeTheFirstSightOfAnInstanceIsMissed) {
  site.policy["reports"] = {minutely({{"missed", "all"}})};
  (void)site.run_once();
  EXPECT_EQ(missed_times(), 0);
}

TEST_F(MissedRuns, ARuleThatIsGoneEndsWhatItHadOpened) {
  site.cloud.change("prod-a", {{"status", "SHUTOFF"}});
  miss({{"missed", "latest"}});
  ASSERT_EQ(runs()["due NULL"], 1);
  site.policy["reports"] = {minutely({{"name", "another"}})};
  const Ended ended = site.run_once();
  EXPECT_EQ(events(ended.log(), "report.skipped", {{"report", "every-minute"}}).size(), 1U);
  EXPECT_EQ(runs()["due NULL"], 0);
}

}  // namespace
}  // namespace integration
