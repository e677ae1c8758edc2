// The command that waits for an instance that was ordered.
#include <csignal>

#include "integration/harness/site.h"

namespace integration {
namespace {

const std::string kResource = "2c154fdd-0d43-47b7-9cf1-5236bf6a2ca7";

json ordered(const json& build) {
  return {{"name", "prod-new"}, {"resource_id", kResource}, {"build", build}};
}

std::vector<std::string> waiting(std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"wait", "--resource-id", kResource};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(Wait, EndsWhenTheInstanceIsThere) {
  Site site(fleet_of({ordered({{"seconds", 600}}), {{"name", "prod-a"}}}));
  site.policy["creation_jobs"] = {{"poll_interval", "1s"}};
  Child child = site.begin(waiting());
  EXPECT_TRUE(
      eventually([&] { return site.all_output().find("dbssd: job") != std::string::npos; }, kPatience));
  EXPECT_TRUE(child.runs());
  site.cloud.advance(1200);
  EXPECT_EQ(child.wait(kPatience), 0);
  EXPECT_NE(site.all_output().find(kResource + ": succeeded: instance prod-new is ACTIVE"), std::string::npos)
      << site.all_output();
  EXPECT_EQ(site.all_output().find('\x1b'), std::string::npos) << "no terminal is there to be moved";
}

TEST(Wait, FailsWithTheReasonOfTheJob) {
  Site site(fleet_of({ordered({{"outcome", "FAIL"}, {"seconds", 60}, {"fail_reason", "no such flavor"}})}));
  (void)site.run_once();
  site.cloud.advance(120);
  const Ended ended = site.command(waiting({"--output", "json"}));
  EXPECT_EQ(ended.status, 1);
  const json document = json::parse(ended.out);
  EXPECT_EQ(document["standing"], "failed");
  EXPECT_EQ(document["resource_id"], kResource);
  EXPECT_NE(document["reason"].get<std::string>().find("no such flavor"), std::string::npos) << document;
  EXPECT_EQ(document["jobs"][0]["status"], "FAIL");
}

TEST(Wait, GivesUpWhenTheTimeIsOver) {
  Site site(fleet_of({ordered({{"seconds", 600}})}));
  const Ended ended = site.command(waiting({"--timeout", "0s"}));
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.out, "");
  EXPECT_NE(ended.err.find("not ended"), std::string::npos) << ended.err;
}

TEST(Wait, WhatWasCreatedLongAgoIsThere) {
  Site site(fleet_of({{{"name", "prod-old"}, {"resource_id", kResource}}}));
  EXPECT_EQ(site.command(waiting()).status, 0);
}

TEST(Wait, AsksEachProjectAndTellsWhichOneItWas) {
  json fleet = fleet_of({ordered({{"seconds", 60}})});
  Site site(fleet);
  (void)site.run_once();
  site.cloud.advance(300);
  json dead = site.policy["projects"][0];
  dead["name"] = "dead";
  dead["project_id"] = "00000000000000000000000000000000";
  dead["endpoints"] = {{"dbss", "http://127.0.0.1:1"}, {"iam", "http://127.0.0.1:1"}};
  site.policy["projects"].insert(site.policy["projects"].begin(), dead);
  const Ended ended = site.command(waiting({"--output", "json"}));
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(json::parse(ended.out)["project"], site.policy["projects"][1]["name"]);
}

TEST(Wait, AnOutageOnTheWayIsWaitedOut) {
  Site site(fleet_of({ordered({{"seconds", 600}})}));
  site.policy["creation_jobs"] = {{"poll_interval", "1s"}};
  site.cloud.fault({{"kind", "drop_before"}, {"call", "list_jobs"}, {"times", 2}});
  Child child = site.begin(waiting());
  EXPECT_TRUE(
      eventually([&] { return site.all_output().find("dbssd: job") != std::string::npos; }, kPatience));
  site.cloud.advance(1200);
  EXPECT_EQ(child.wait(kPatience), 0);
}

TEST(Wait, ACloudThatCannotBeAskedIsItsOwnStatus) {
  Site site(fleet_of({ordered({{"seconds", 600}})}));
  site.policy["projects"][0]["endpoints"] = {{"dbss", "http://127.0.0.1:1"}, {"iam", "http://127.0.0.1:1"}};
  EXPECT_EQ(site.command(waiting({"--timeout", "0s"})).status, 3);
}

TEST(Wait, AWrongPasswordIsNotTriedForAnHour) {
  Site site(fleet_of({ordered({{"seconds", 600}})}));
  site.cloud.control("POST", "/password", {{"user", "dbss-ops"}, {"password", "another"}});
  EXPECT_EQ(site.command(waiting()).status, 3);
  EXPECT_EQ(site.cloud.calls("issue_token"), 1);
}

TEST(Wait, AnUnknownProjectIsWrongUsage) {
  Site site(fleet_of({{{"name", "prod-a"}}}));
  const Ended ended = site.command(waiting({"--project", "nowhere"}));
  EXPECT_EQ(ended.status, 2);
  EXPECT_NE(ended.err.find("nowhere"), std::string::npos) << ended.err;
}

TEST(Wait, IsEndedByASignalAtOnce) {
  Site site(fleet_of({ordered({{"seconds", 600}})}));
  Child child = site.begin(waiting());
  EXPECT_TRUE(eventually([&] { return site.cloud.calls("list_jobs") > 0; }, kPatience));
  child.signal(SIGINT);
  EXPECT_EQ(child.wait(kPatience), 128 + SIGINT);
}

}  // namespace
}  // namespace integration
