// The instances: which are listed, which are started, and which are left alone.
#include <set>

#include "integration/harness/site.h"

namespace integration {
namespace {

const json kKeepRunning = {{{"name", "keep-running"}}};

std::set<std::string> names_of(const std::vector<json>& lines) {
  std::set<std::string> names;
  for (const json& line : lines) names.insert(line.value("instance_name", ""));
  return names;
}

TEST(Listing, EveryShapeOfTheListIsRead) {
  for (const std::string shape : {"servers", "instances", "alternate", "mixed"}) {
    SCOPED_TRACE(shape);
    Site site(
        fleet_of({{{"name", "prod-a"}}, {{"name", "prod-b"}, {"status", "SHUTOFF"}}, {{"name", "prod-c"}}},
                 {{"list_shape", shape}}));
    const Ended ended = site.run_once();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(names_of(events(ended.log(), "instance.seen")),
              (std::set<std::string>{"prod-a", "prod-b", "prod-c"}));
    EXPECT_EQ(events(ended.log(), "instance.seen", {{"instance_name", "prod-b"}})[0]["reason"],
              "status SHUTOFF");
  }
}

TEST(Listing, ThousandsOfInstancesOnManyPagesAreReadWhole) {
  json fleet = generated(3210);
  fleet["behaviour"]["max_page"] = 250;
  Site site(fleet);
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(names_of(events(ended.log(), "instance.seen")).size(), 3210U);
  EXPECT_EQ(site.query("SELECT count(DISTINCT id) FROM instance"), std::vector<std::string>{"3210"});
  EXPECT_GE(site.cloud.calls("list_instances"), 13);
}

TEST(Listing, EveryProjectIsListed) {
  Site site(two_projects({{{"name", "prod-a"}}}, {{{"name", "dr-a"}}}));
  json other = site.policy["projects"][0];
  other["name"] = "dr";
  other["project_id"] = kOtherProjectId;
  site.policy["projects"].push_back(other);
  const std::vector<json> log = site.run_once().log();
  EXPECT_EQ(names_of(events(log, "instance.seen", {{"project", "prod"}})), std::set<std::string>{"prod-a"});
  EXPECT_EQ(names_of(events(log, "instance.seen", {{"project", "dr"}})), std::set<std::string>{"dr-a"});
}

TEST(Listing, TheProjectIsFoundByItsRegionWhereThePolicyDoesNotNameIt) {
  Site site(fleet_of({{{"name", "prod-a"}}}));
  site.policy["projects"][0].erase("project_id");
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(events(ended.log(), "instance.seen").size(), 1U);
}

TEST(Listing, KeysSignTheCallsAsAPasswordDoes) {
  json fleet = fleet_of({{{"name", "prod-a"}}});
  fleet["iam"]["access_keys"] = {{{"access", "AKIDEXAMPLE"}, {"secret", "a-secret-key"}}};
  Site site(fleet);
  site.environment["DBSSD_TEST_AK"] = "AKIDEXAMPLE";
  site.environment["DBSSD_TEST_SK"] = "a-secret-key";
  site.policy["projects"][0]["auth"] = {{"method", "aksk"},
                                        {"access_key", {{"env", "DBSSD_TEST_AK"}}},
                                        {"secret_key", {{"env", "DBSSD_TEST_SK"}}}};
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(events(ended.log(), "instance.seen").size(), 1U);
}

TEST(Starts, OnlyWhatIsShutoffAndSelectedIsStarted) {
  Site site(fleet_of({{{"name", "prod-off"}, {"status", "SHUTOFF"}},
                      {{"name", "prod-on"}},
                      {{"name", "prod-lab"}, {"status", "SHUTOFF"}},
                      {{"name", "test-off"}, {"status", "SHUTOFF"}},
                      {{"name", "prod-frozen"}, {"status", "FROZEN"}, {"effect", 2}},
                      {{"name", "prod-half-frozen"}, {"status", "SHUTOFF"}, {"effect", 1}},
                      {{"name", "prod-broken"}, {"status", "ERROR"}},
                      {{"name", "prod-strange"}, {"status", "SHUTOFF"}, {"effect", 7}}}));
  site.policy["instances"]["start"] = {
      {{"name", "keep-running"}, {"select", {{"name", {"prod-*"}}, {"exclude", {{"name", {"*-lab"}}}}}}}};
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(names_of(events(ended.log(), "instance.start_accepted")),
            (std::set<std::string>{"prod-off", "prod-strange"}));
  EXPECT_EQ(site.cloud.truth("counts")["starts"], 2);
  EXPECT_EQ(site.cloud.truth("counts")["refused_starts"], 0);
}

TEST(Starts, WithoutARuleTheFleetIsOnlyWatched) {
  Site site(fleet_of({{{"name", "prod-off"}, {"status", "SHUTOFF"}}}));
  EXPECT_EQ(site.run_once().status, 0);
  EXPECT_EQ(site.cloud.calls("start_instance"), 0);
}

TEST(Starts, ACycleStartsNoMoreThanItsRuleAllows) {
  Site site(generated(30, 30));
  site.policy["instances"]["start"] = {{{"name", "keep-running"}, {"max_per_cycle", 7}}};
  const std::vector<json> log = site.run_once().log();
  EXPECT_EQ(site.cloud.truth("counts")["starts"], 7);
  const std::vector<json> capped = events(log, "instance.start_capped");
  ASSERT_EQ(capped.size(), 1U);
  EXPECT_NE(capped[0]["reason"].get<std::string>().find("23 instances wait"), std::string::npos) << capped[0];
  (void)site.run_once();
  EXPECT_EQ(site.cloud.truth("counts")["starts"], 7) << "the same cycle, over a restart";
  (void)site.query("UPDATE start SET requested_at = requested_at - 301");
  (void)site.run_once();
  EXPECT_EQ(site.cloud.truth("counts")["starts"], 14);
}

TEST(Starts, AStartIsDoneWhenTheListSaysActiveAndNotBefore) {
  Site site(fleet_of({{{"name", "prod-off"}, {"status", "SHUTOFF"}}}));
  site.policy["instances"]["start"] = kKeepRunning;
  EXPECT_EQ(events(site.run_once().log(), "instance.start_accepted").size(), 1U);

  const Ended meanwhile = site.run_once();
  EXPECT_EQ(meanwhile.status, 0);
  EXPECT_TRUE(events(meanwhile.log(), "instance.start_confirmed").empty());

  site.cloud.advance(60);
  EXPECT_EQ(events(site.run_once().log(), "instance.start_confirmed").size(), 1U);
  EXPECT_EQ(site.cloud.calls("start_instance"), 1);
}

TEST(Starts, WhatSomethingKeepsStoppingIsHeld) {
  Site site(fleet_of({{{"name", "prod-off"}, {"status", "SHUTOFF"}}}));
  site.policy["instances"]["start"] = {
      {{"name", "keep-running"}, {"flap", {{"starts", 3}, {"within", "6h"}, {"hold", "24h"}}}}};
  Ended last;
  for (int stops = 0; stops < 5; ++stops) {
    (void)site.run_once();
    site.cloud.advance(60);
    (void)site.run_once();
    site.cloud.change("prod-off", {{"status", "SHUTOFF"}});
  }
  EXPECT_EQ(site.cloud.starts_of("prod-off"), 3U);
  EXPECT_EQ(events(site.all_logs(), "instance.start_held").size(), 1U);
}

TEST(Starts, ARefusedStartIsReportedAndNotRepeatedAtOnce) {
  Site site(fleet_of({{{"name", "prod-off"}, {"status", "SHUTOFF"}, {"start", {{"outcome", "failed"}}}}}));
  site.policy["instances"]["start"] = kKeepRunning;
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(events(ended.log(), "instance.start_rejected").size(), 1U);
  EXPECT_EQ(site.run_once().status, 0);
  EXPECT_EQ(site.cloud.calls("start_instance"), 1);
}

TEST(Starts, AnAcceptedStartThatLeadsNowhereIsReported) {
  Site site(fleet_of({{{"name", "prod-off"}, {"status", "SHUTOFF"}, {"start", {{"outcome", "never"}}}}}));
  site.policy["instances"] = {{"reconcile_interval", "1s"},
                              {"start", {{{"name", "keep-running"}, {"confirm_within", "2s"}}}}};
  Daemon daemon = site.daemon();
  EXPECT_TRUE(daemon.says("instance.start_accepted"));
  EXPECT_TRUE(daemon.says("instance.start_overdue", {{"instance_name", "prod-off"}}));
}

TEST(Starts, ALostAnswerIsSettledByTheListAndNotByASecondStart) {
  Site site(fleet_of({{{"name", "prod-off"}, {"status", "SHUTOFF"}}}));
  site.policy["instances"]["start"] = kKeepRunning;
  site.cloud.fault({{"kind", "drop_after"}, {"call", "start_instance"}});
  EXPECT_EQ(site.run_once().status, 1);
  site.cloud.advance(60);
  EXPECT_EQ(events(site.run_once().log(), "instance.start_confirmed").size(), 1U);
  EXPECT_EQ(site.cloud.calls("start_instance"), 1);
}

}  // namespace
}  // namespace integration
