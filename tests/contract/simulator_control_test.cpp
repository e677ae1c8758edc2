// The control interface: what it sets, and that its truth is the truth.
#include "contract/simulated_cloud.h"

namespace contract {
namespace {

TEST(Truth, CountsDuplicatesOfTheSameReport) {
  SimulatedCloud cloud;
  for (int i = 0; i < 3; ++i) cloud.create_report(kActive);
  cloud.create_report(kActive, "2025-08-19 16:00:00");
  EXPECT_EQ(cloud.truth("counts")["reports"], 4);
  EXPECT_EQ(cloud.truth("counts")["duplicates"], 2);
  EXPECT_EQ(cloud.truth("instances")[0]["duplicates"], 2);
}

TEST(Truth, TakesOtherDatabasesOrTemplatesForAnotherReport) {
  SimulatedCloud cloud;
  json body = report_body();
  cloud.post(report_path(kActive, "create"), body);
  body["db_ids"] = "Xcg7LJgBTpKZyZbbrThW";
  cloud.post(report_path(kActive, "create"), body);
  body["template_id"] = "uQg7LJgBTpKZyZbbiDhT";
  cloud.post(report_path(kActive, "create"), body);
  EXPECT_EQ(cloud.truth("counts")["reports"], 3);
  EXPECT_EQ(cloud.truth("counts")["duplicates"], 0);
}

TEST(Truth, TakesAbsentEmptyAndNullDatabasesForTheSame) {
  SimulatedCloud cloud;
  json body = report_body();
  cloud.post(report_path(kActive, "create"), body);
  body["db_ids"] = "";
  cloud.post(report_path(kActive, "create"), body);
  body.erase("db_ids");
  cloud.post(report_path(kActive, "create"), body);
  EXPECT_EQ(cloud.truth("counts")["duplicates"], 2);
}

TEST(Truth, CountsCallsByStatusInTotalAndPerProject) {
  SimulatedCloud cloud;
  cloud.list();
  cloud.get("/v1/" + kProject + "/audit/instances?limit=0");
  cloud.fault({{"kind", "drop_after"}});
  cloud.list();
  const json calls = cloud.truth("calls");
  const json expected = json::parse(R"({"total": 3, "status": {"200": 1, "400": 1, "none": 1}})");
  EXPECT_EQ(calls["total"]["list_instances"], expected);
  EXPECT_EQ(calls["projects"][kProject]["calls"]["list_instances"], expected);
  EXPECT_EQ(calls["total"]["issue_token"]["total"], 1);
  EXPECT_EQ(calls["projects"][kOtherProject]["calls"], json::object());
}

TEST(Truth, HasTheTimeOfEachStart) {
  SimulatedCloud cloud;
  cloud.start(kShutoff);
  cloud.advance(60);
  cloud.control("POST", "/instances/" + kShutoff, {{"status", "SHUTOFF"}});
  cloud.start(kShutoff);
  const json starts = cloud.control("GET", "/truth/instances?instance=" + kShutoff)[0]["starts"];
  ASSERT_EQ(starts.size(), 2U);
  EXPECT_GE(starts[1].get<std::int64_t>() - starts[0].get<std::int64_t>(), 60'000);
}

TEST(Truth, IsFilteredByProjectAndInstance) {
  SimulatedCloud cloud;
  cloud.create_report(kActive);
  EXPECT_EQ(cloud.control("GET", "/truth/instances?project=" + kProject).size(), 3U);
  EXPECT_EQ(cloud.control("GET", "/truth/instances?project=ap-southeast-3_other").size(), 0U);
  EXPECT_EQ(cloud.control("GET", "/truth/reports?instance=prod-orders-01").size(), 1U);
  EXPECT_EQ(cloud.control("GET", "/truth/reports?instance=prod-payments-01").size(), 0U);
}

TEST(Truth, IsWholeInOnePiece) {
  SimulatedCloud cloud;
  const json truth = cloud.control("GET", "/truth");
  for (const char* part : {"now", "time", "counts", "calls", "iam", "instances", "reports"}) {
    EXPECT_TRUE(truth.contains(part)) << part;
  }
}

TEST(RequestLog, HasTheRequestsInOrderWithStatusAndFault) {
  SimulatedCloud cloud;
  cloud.get("/v1/" + kProject + "/audit/instances?limit=7");
  cloud.fault({{"kind", "drop_before"}});
  cloud.start(kShutoff);
  const json log = cloud.control("GET", "/requests?last=2")["requests"];
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[0]["call"], "list_instances");
  EXPECT_EQ(log[0]["query"], "limit=7");
  EXPECT_EQ(log[0]["status"], 200);
  EXPECT_EQ(log[1]["call"], "start_instance");
  EXPECT_EQ(log[1]["instance_id"], kShutoff);
  EXPECT_EQ(log[1]["status"], 0);
  EXPECT_EQ(log[1]["fault"], "drop_before");
  EXPECT_LE(log[0]["at"], log[1]["at"]);
}

TEST(Clock, MovesForwardOnlyAndTheDateWithIt) {
  SimulatedCloud cloud;
  const std::string before = cloud.list().headers["date"];
  cloud.advance(86400);
  EXPECT_NE(cloud.list().headers["date"], before);
  EXPECT_EQ(cloud.client.send("POST", "/_sim/advance", {}, R"({"seconds": -1})").status, 400);
}

TEST(ChangedInstance, TakesAStatusTaskNameAndEffect) {
  SimulatedCloud cloud;
  cloud.control("POST", "/instances/prod-orders-01",
                {{"status", "UPGRADING"}, {"task", "rebooting"}, {"name", "renamed"}, {"effect", 1}});
  const json server = json::parse(cloud.list().body)["servers"][0];
  EXPECT_EQ(server["status"], "UPGRADING");
  EXPECT_EQ(server["task"], "rebooting");
  EXPECT_EQ(server["name"], "renamed");
  EXPECT_EQ(server["effect"], 1);
}

TEST(ChangedInstance, ForgetsWhatItWasAboutToBecome) {
  SimulatedCloud cloud;
  cloud.start(kShutoff);
  cloud.control("POST", "/instances/" + kShutoff, {{"status", "ERROR"}, {"task", "NO_TASK"}});
  cloud.advance(100);
  EXPECT_EQ(cloud.state(kShutoff), "ERROR/NO_TASK");
}

TEST(ChangedInstance, KeepsItsLifeWhereOnlyItsNameChanges) {
  SimulatedCloud cloud;
  cloud.start(kShutoff);
  cloud.control("POST", "/instances/" + kShutoff, {{"name", "renamed"}});
  cloud.advance(31);
  EXPECT_EQ(cloud.state(kShutoff), "ACTIVE/NO_TASK");
}

TEST(ChangedInstance, RefusesUnknownMembersAndOtherIds) {
  SimulatedCloud cloud;
  for (const char* body :
       {R"({"colour": "red"})", R"({"id": "00000000-0000-0000-0000-000000000000"})", "{", "[]"}) {
    EXPECT_EQ(cloud.client.send("POST", "/_sim/instances/" + kActive, {}, body).status, 400) << body;
  }
  EXPECT_EQ(cloud.client.send("POST", "/_sim/instances/nobody", {}, "{}").status, 404);
}

TEST(RemovedInstance, IsGoneFromTheListAndKeptInTheTruth) {
  SimulatedCloud cloud;
  cloud.control("DELETE", "/instances/" + kActive);
  const json list = json::parse(cloud.list().body);
  EXPECT_EQ(list["total"], 2);
  EXPECT_EQ(error_code(cloud.create_report(kActive)), "DBSS.10020021");
  EXPECT_EQ(cloud.truth("instances")[0]["removed"], true);
}

TEST(AddedInstance, IsListedAndLives) {
  SimulatedCloud cloud;
  const json added = cloud.control("POST", "/instances",
                                   {{"project", kProject}, {"instances", {{{"build", {{"seconds", 10}}}}}}});
  const std::string id = added["instances"][0]["id"];
  EXPECT_EQ(cloud.state(id), "BUILD/NO_TASK");
  cloud.advance(11);
  EXPECT_EQ(cloud.state(id), "ACTIVE/NO_TASK");
}

TEST(AddedInstance, NeedsAnIdThatIsFreeAndAProjectThatIs) {
  SimulatedCloud cloud;
  const json taken{{"project", kProject}, {"instances", {{{"id", kActive}}}}};
  EXPECT_EQ(cloud.client.send("POST", "/_sim/instances", {}, taken.dump()).status, 400);
  const json nowhere{{"project", "nowhere"}, {"instances", {json::object()}}};
  EXPECT_EQ(cloud.client.send("POST", "/_sim/instances", {}, nowhere.dump()).status, 400);
}

TEST(Reset, BringsBackTheFleetAndForgetsTheRest) {
  SimulatedCloud cloud;
  cloud.start(kShutoff);
  cloud.control("DELETE", "/instances/" + kActive);
  cloud.fault({{"kind", "html"}});
  cloud.control("POST", "/reset");
  EXPECT_EQ(cloud.list().status, 401);
  cloud.token = cloud.log_in().headers["x-subject-token"];
  EXPECT_EQ(cloud.state(kShutoff), "SHUTOFF/NO_TASK");
  EXPECT_EQ(cloud.state(kActive), "ACTIVE/NO_TASK");
  EXPECT_EQ(cloud.truth("counts")["starts"], 0);
}

std::vector<std::string> names_on(SimulatedCloud& cloud, const std::string& query) {
  std::vector<std::string> names;
  const json page = json::parse(cloud.get("/v1/" + kProject + "/audit/instances?" + query).body);
  for (const json& server : page["servers"]) names.push_back(server["name"].get<std::string>().substr(0, 8));
  return names;
}

using Names = std::vector<std::string>;

TEST(ListPages, AreCutByOffsetAndLimit) {
  SimulatedCloud cloud;
  EXPECT_EQ(names_on(cloud, "limit=2"), (Names{"prod-ord", "prod-pay"}));
  EXPECT_EQ(names_on(cloud, "offset=2&limit=2"), (Names{"prod-leg"}));
  EXPECT_EQ(names_on(cloud, "offset=3"), Names{});
}

TEST(ListPages, MayHoldFewerThanAskedFor) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"max_page", 1}}}}));
  EXPECT_EQ(names_on(cloud, "limit=2"), (Names{"prod-ord"}));
}

TEST(ListPages, MayShowAnInstanceNeverWhereTheSetMoves) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"page_drift", true}}}}));
  EXPECT_EQ(names_on(cloud, "limit=1"), (Names{"prod-ord"}));
  EXPECT_EQ(names_on(cloud, "offset=1&limit=2"), (Names{"prod-leg", "prod-ord"}));
}

TEST(ListPages, HoldAHundredWhereNoLimitIsGiven) {
  json fleet = plain_fleet();
  fleet["projects"][0]["generate"] = {{"instances", 150}, {"shutoff", 7}};
  SimulatedCloud cloud(fleet);
  EXPECT_EQ(names_on(cloud, "").size(), 100U);
  EXPECT_EQ(cloud.truth("counts")["by_status"]["SHUTOFF"], 9);
}

}  // namespace
}  // namespace contract
