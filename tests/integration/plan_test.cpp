// What dbssd says that it would do, what it does, and that it then has nothing left to do.
#include <algorithm>
#include <filesystem>
#include <set>

#include "integration/harness/site.h"

namespace integration {
namespace {

using Decisions = std::multiset<std::string>;

// A world in which something is to be done of each kind, and something is to be left alone for each reason.
class Plan : public testing::Test {
 protected:
  Plan()
      : site(fleet_of({{{"name", "prod-on"}},
                       {{"name", "prod-off-01"}, {"status", "SHUTOFF"}},
                       {{"name", "prod-off-02"}, {"status", "SHUTOFF"}},
                       {{"name", "prod-off-03"}, {"status", "SHUTOFF"}},
                       {{"name", "prod-frozen"}, {"status", "FROZEN"}, {"effect", 1}},
                       {{"name", "test-off"}, {"status", "SHUTOFF"}}})) {
    site.policy["reports"] = {minutely({{"select", {{"name", {"prod-on"}}}}})};
    EXPECT_EQ(site.run_once().status, 0);
    site.age_schedules(std::chrono::minutes{10});
    site.policy["instances"]["start"] = {
        {{"name", "keep-running"}, {"select", {{"name", {"prod-*"}}}}, {"max_per_cycle", 2}}};
  }

  json plan() {
    const Ended ended = site.command({"plan", "--output", "json"});
    EXPECT_EQ(ended.status, 0) << ended.err;
    return json::parse(ended.out)["projects"][0];
  }

  Site site;
};

// "INSTANCE: REASON" of each start that a plan would ask for, and that a run has asked for.
Decisions starts_of(const json& plan) {
  Decisions decisions;
  for (const json& action : plan["actions"])
    if (action["action"].get<std::string>().starts_with("start"))
      decisions.insert(action["instance_id"].get<std::string>() + ": " + action["reason"].get<std::string>());
  return decisions;
}

Decisions starts_of(const std::vector<json>& log) {
  Decisions decisions;
  for (const json& line : events(log, "instance.start_requested"))
    decisions.insert(line["instance_id"].get<std::string>() + ": " + line["reason"].get<std::string>());
  return decisions;
}

TEST_F(Plan, SaysTheDecisionsThatRunThenTakes) {
  const json before = plan();
  const std::vector<json> log = site.run_once().log();
  EXPECT_EQ(starts_of(before).size(), 2U);
  EXPECT_EQ(starts_of(before), starts_of(log));

  // The run is recorded in the same words.
  const json due = events(log, "report.due")[0];
  ASSERT_EQ(before["records"].size(),
            1U + events(log, "report.missed").size() + events(log, "instance.start_capped").size())
      << before["records"];
  const auto told = std::find_if(before["records"].begin(), before["records"].end(), [&](const json& record) {
    return record.value("scheduled_time", "") == due["scheduled_time"] && record["reason"] == due["reason"];
  });
  EXPECT_NE(told, before["records"].end()) << before["records"];
}

TEST_F(Plan, HasAReasonForEveryInstance) {
  const json planned = plan();
  std::set<std::string> explained;
  for (const json& standing : planned["standing"]) {
    EXPECT_FALSE(standing["reason"].get<std::string>().empty()) << standing;
    explained.insert(standing["instance_id"]);
  }
  for (const json& action : planned["actions"]) {
    EXPECT_FALSE(action["reason"].get<std::string>().empty()) << action;
    if (!action.contains("instance_id")) continue;
    explained.insert(action["instance_id"]);
    EXPECT_TRUE(action["instance_name"].get<std::string>().starts_with("prod-")) << action;
  }
  std::set<std::string> all;
  for (const json& instance : site.cloud.truth("instances")) all.insert(instance["id"]);
  EXPECT_EQ(explained, all);
}

TEST_F(Plan, ChangesNothing) {
  const json before = site.cloud.changes();
  const std::vector<std::string> runs = site.query("SELECT count(*) FROM run");
  (void)plan();
  (void)plan();
  EXPECT_EQ(site.cloud.changes(), before);
  EXPECT_EQ(site.query("SELECT count(*) FROM run"), runs);
}

TEST_F(Plan, NeedsNoStateToBeThereAndLeavesNone) {
  site.policy["state"]["path"] = site.directory.file("never-made.db");
  (void)plan();
  EXPECT_FALSE(std::filesystem::exists(site.state_path()));
}

TEST_F(Plan, ADryRunChangesNothingAndLogsWhatItWouldDo) {
  const json before = site.cloud.changes();
  const std::vector<std::string> runs = site.query("SELECT count(*) FROM run");
  const Ended ended = site.command({"run", "--once", "--dry-run"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(site.cloud.changes(), before);
  EXPECT_EQ(site.query("SELECT count(*) FROM run"), runs);
  EXPECT_NE(ended.out.find("would do: start instance"), std::string::npos) << ended.out;
}

TEST_F(Plan, NothingIsDoneTwiceInAWorldThatStandsStill) {
  (void)site.run_once();
  site.retire_schedules();                                                 // a minute may pass meanwhile
  (void)site.query("UPDATE start SET requested_at = requested_at - 301");  // another cycle
  (void)site.run_once();                                                   // the rest, beyond the cap
  const json after = site.cloud.changes();
  EXPECT_EQ(after["starts"], 3);
  EXPECT_EQ(after["reports"], 1);
  for (int again = 0; again < 3; ++again) {
    const Ended ended = site.run_once();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(site.cloud.changes(), after);
  }
  site.cloud.advance(120);
  (void)site.run_once();
  EXPECT_EQ(site.cloud.changes(), after);
}

TEST_F(Plan, TextNamesEachDecisionWithItsReason) {
  const Ended ended = site.command({"plan"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_NE(ended.out.find("it is SHUTOFF and rule keep-running keeps it running"), std::string::npos)
      << ended.out;
  EXPECT_NE(ended.out.find("no start rule selects it"), std::string::npos) << ended.out;
}

}  // namespace
}  // namespace integration
