// Creation jobs and the summary task: what the service does by itself, followed.
#include "integration/harness/site.h"

namespace integration {
namespace {

json building(const std::string& name, const json& build, const std::string& resource) {
  return {{"name", name}, {"resource_id", resource}, {"build", build}};
}

const std::string kFirst = "2c154fdd-0d43-47b7-9cf1-5236bf6a2ca7";
const std::string kSecond = "3d265fee-1e54-48c8-8d02-6347c07b3db8";

TEST(Creation, AJobIsFollowedByItsResourceToSuccess) {
  Site site(fleet_of({building("prod-new", {{"outcome", "SUCCESS"}, {"seconds", 600}}, kFirst)}));
  site.policy["instances"]["reconcile_interval"] = "1s";
  site.policy["creation_jobs"] = {{"poll_interval", "1s"}};
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("job.seen", {{"resource_id", kFirst}}));
  EXPECT_TRUE(events(daemon.log(), "job.succeeded").empty());
  site.cloud.advance(300);
  EXPECT_TRUE(daemon.says("job.changed", {{"resource_id", kFirst}}));
  site.cloud.advance(600);
  EXPECT_TRUE(daemon.says("job.succeeded", {{"resource_id", kFirst}}));
  EXPECT_TRUE(daemon.says("instance.changed", {{"instance_name", "prod-new"}}));
  EXPECT_TRUE(events(daemon.log(), "job.failed").empty());
}

TEST(Creation, AFailedJobIsReportedWithItsReason) {
  Site site(fleet_of({building("prod-new",
                               {{"outcome", "FAIL"},
                                {"seconds", 60},
                                {"error_code", "DBSS.10020110"},
                                {"fail_reason", "no such flavor"}},
                               kFirst)}));
  (void)site.run_once();
  site.cloud.advance(120);
  const std::vector<json> failed = events(site.run_once().log(), "job.failed", {{"resource_id", kFirst}});
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_NE(failed[0]["reason"].get<std::string>().find("no such flavor"), std::string::npos) << failed[0];
  EXPECT_EQ(failed[0]["level"], "error");
}

TEST(Creation, AJobWithTheStatusErrorHasFailed) {
  Site site(fleet_of({building("prod-new", {{"outcome", "ERROR"}, {"seconds", 60}}, kFirst)}));
  (void)site.run_once();
  site.cloud.advance(120);
  EXPECT_EQ(events(site.run_once().log(), "job.failed").size(), 1U);
}

TEST(Creation, AnOrderWhoseJobsShowLateIsFollowedOn) {
  Site site(fleet_of({building("prod-new", {{"seconds", 600}, {"jobs_after", 120}}, kFirst)}));
  EXPECT_TRUE(events(site.run_once().log(), "job.seen").empty());
  site.cloud.advance(180);
  EXPECT_EQ(events(site.run_once().log(), "job.seen").size(), 1U);
}

TEST(Creation, EachOrderIsFollowedByItself) {
  Site site(fleet_of({building("prod-new-01", {{"outcome", "SUCCESS"}, {"seconds", 60}}, kFirst),
                      building("prod-new-02", {{"outcome", "FAIL"}, {"seconds", 60}}, kSecond)}));
  (void)site.run_once();
  site.cloud.advance(120);
  const std::vector<json> log = site.run_once().log();
  EXPECT_EQ(events(log, "job.succeeded", {{"resource_id", kFirst}}).size(), 1U);
  EXPECT_EQ(events(log, "job.failed", {{"resource_id", kSecond}}).size(), 1U);
}

TEST(Creation, WhatHasEndedIsNeitherAskedForNorToldAgain) {
  Site site(fleet_of({building("prod-new", {{"seconds", 60}}, kFirst)}));
  (void)site.run_once();
  site.cloud.advance(120);
  (void)site.run_once();
  const int asked = site.cloud.calls("list_jobs");
  const std::vector<json> log = site.run_once().log();
  EXPECT_TRUE(events(log, "job.succeeded").empty());
  EXPECT_EQ(site.cloud.calls("list_jobs"), asked);
}

TEST(Creation, AJobThatTakesTooLongIsReportedOnce) {
  Site site(fleet_of({building("prod-new", {{"seconds", 6000}}, kFirst)}));
  site.policy["creation_jobs"] = {{"poll_interval", "1s"}, {"deadline", "2s"}};
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("job.overdue", {{"resource_id", kFirst}}));
  daemon.stop();
  EXPECT_TRUE(events(site.run_once().log(), "job.overdue").empty());
}

TEST(Creation, AnOrderThatThePolicyNamesIsFollowedThoughNoListHasIt) {
  Site site(fleet_of({{{"name", "prod-a"}, {"resource_id", kFirst}}}));
  site.policy["creation_jobs"] = {{"resource_ids", {kFirst}}};
  (void)site.run_once();
  EXPECT_EQ(site.cloud.calls("list_jobs"), 1);
}

class SummaryTask : public testing::Test {
 protected:
  // One task, for as long as the test lasts.
  SummaryTask() : site(fleet_of({{{"name", "prod-a"}}}, {{"summary_period", 1e8}})) {
    site.policy["summary"] = {{"busi_types", {"audit", "risk"}}};
  }
  void set(const std::string& type, int status) {
    site.cloud.control("POST", "/summary", {{"busi_type", type}, {"task_status", status}});
  }
  Site site;
};

TEST_F(SummaryTask, BothKindsAreWatched) {
  const std::vector<json> log = site.run_once().log();
  EXPECT_EQ(events(log, "summary.changed").size(), 2U);
  EXPECT_EQ(site.cloud.calls("summary_status"), 2);
}

TEST_F(SummaryTask, EachChangeIsToldOnce) {
  set("audit", 1);
  set("risk", 1);
  (void)site.run_once();
  EXPECT_TRUE(events(site.run_once().log(), "summary.changed").empty());
  set("audit", 2);
  const std::vector<json> changed = events(site.run_once().log(), "summary.changed");
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_NE(changed[0]["msg"].get<std::string>().find("audit"), std::string::npos);
  set("risk", 3);
  const std::vector<json> failed = events(site.run_once().log(), "summary.changed");
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_NE(failed[0]["reason"].get<std::string>().find("failed"), std::string::npos) << failed[0];
}

TEST_F(SummaryTask, MinusOneMeansRunningAsOneDoes) {
  set("audit", -1);
  set("risk", 1);
  const std::vector<json> changed = events(site.run_once().log(), "summary.changed");
  ASSERT_EQ(changed.size(), 2U);
  for (const json& line : changed)
    EXPECT_NE(line["reason"].get<std::string>().find("-> running"), std::string::npos) << line;
}

}  // namespace
}  // namespace integration
