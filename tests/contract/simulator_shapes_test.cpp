// Answers that go well, held against the example of each page, in the strict and in the loose spelling.
#include "contract/simulated_cloud.h"

namespace contract {
namespace {

// Same keys, and the same type wherever both have a value.
void expect_same_shape(const json& example, const json& actual, const std::string& where) {
  if (example.is_null() || actual.is_null()) return;
  ASSERT_STREQ(example.type_name(), actual.type_name()) << where;
  if (example.is_array() && !example.empty()) {
    ASSERT_FALSE(actual.empty()) << where;
    for (const json& element : actual) expect_same_shape(example[0], element, where + "[]");
  }
  if (!example.is_object()) return;
  for (const auto& [key, value] : example.items()) {
    ASSERT_TRUE(actual.contains(key)) << where << '.' << key;
    expect_same_shape(value, actual[key], where + '.' + key);
  }
  for (const auto& [key, value] : actual.items()) EXPECT_TRUE(example.contains(key)) << where << '.' << key;
}

struct Page {
  std::string name, method, path, body, example;
};

std::vector<Page> pages() {
  const std::string v1 = "/v1/" + kProject + "/audit";
  const std::string v2 = "/v2/" + kProject + "/audit/" + kActive;
  return {
      {"ListInstances", "GET", v1 + "/instances", "", R"({"servers": [{"name": "DBSS-Test", "comment": "",
        "connect_ipv6": null, "status": "ACTIVE", "task": "NO_TASK", "id": "8c53", "specification": "Low | 3 Proxy",
        "zone": "cn-cmcc1a-01", "created": "2021-04-21 04:37:54", "expired": null, "subnet_id": "97ef", "cpu": 4,
        "ram": 16384, "region": "cn-cmcc1", "version": "21.04.16.164614", "charge_model": "Demand",
        "remain_days": null, "config_num": 1, "effect": null, "scene": null, "connect_ip": "192.168.0.229",
        "port_id": "dc4b", "resource_id": "0622", "vpc_id": "76d9", "security_group_id": "f0fb",
        "resource_spec_code": "dbss.bypassaudit.low", "keep_days": null, "new_version": null, "database_limit": 3}],
        "total": 1})"},
      {"StartInstance", "POST", v1 + "/instance/start", json{{"instance_id", kShutoff}}.dump(),
       R"({"result": "success"})"},
      {"ListJobs", "GET", v1 + "/" + kResource + "/jobs", "",
       R"({"jobs": [{"resource_id": "2c15", "status": "SUCCESS",
        "job_type": null, "job_id": "8abf", "begin_time": 1671519371000, "end_time": 1671519417000,
        "error_code": null, "fail_reason": null, "charge_mode": "Demand", "server_name": "DBSS-qct-1220",
        "server_id": "0aa8", "ha_id": null, "ha_name": null}]})"},
      {"CreateReport", "POST", report_path(kActive, "create"), report_body().dump(),
       R"({"result": "success"})"},
      {"SummaryStatus", "GET", "/v3/" + kProject + "/audit/summary/risk/task-status", "", R"({"id": 32,
        "project_id": "b935", "busi_type": "risk", "task_switch": "off", "task_status": "2", "total_num": 10,
        "completed_num": 10, "begin_time": 1753427737077, "end_time": 1753427757803,
        "query_begin_time": 1752974753000, "query_end_time": 1753427733000})"},
      {"ListReports", "POST", report_path(kActive, "list"), R"({"page": 1, "size": 10})",
       R"({"reports": [{"report":
        {"id": "a", "name": "a", "type": "AUDIT_REPORT_REAL_TIME", "template_type": "PDF", "start_time": "",
         "end_time": "", "finish_time": null, "percentum": 3, "format": "pdf", "db_ids": null, "db_names": null,
         "url": null}}], "total": 1})"},
      {"ListTemplates", "GET", v2 + "/reports/templates", "",
       R"({"templates": [{"template": {"id": "a", "name": "a",
        "type": "SOX", "group": "a", "frequency": "a", "status": "OFF", "db_ids": null, "db_names": null,
        "desc": ""}}], "os_type": "a"})"},
      {"TemplateSchedule", "GET", v2 + "/reports/tasks/" + kSox, "",
       R"({"scheduler": {"id": "a", "status": "OFF",
        "frequency": "AUDIT_REPORT_DAY", "mode": "a", "format": "ZIP", "start_time": "", "notice": "OFF", "topic_urn": "",
        "db_ids": null}, "smn_effective": false})"},
      {"ListDatabases", "GET", v2 + "/databases?status=ON&offset=0&limit=100", "",
       R"({"databases": [{"database":
        {"id": "a", "name": "a", "type": "MYSQL", "status": "ON", "audit_status": "ACTIVE", "version": "8.0",
         "charset": "UTF8", "ip": "a", "port": "3306", "os": "a", "instance_name": "a", "agent_url": [],
         "db_classification": "ECS"}}], "total": 1})"},
      {"FindProjects", "GET", "/v3/projects?name=ap-southeast-3", "",
       R"({"projects": [{"id": "a", "name": "a",
        "enabled": true, "is_domain": false, "description": "", "domain_id": "a"}],
        "links": {"next": null, "previous": null, "self": ""}})"},
  };
}

class PageShape : public testing::TestWithParam<Page> {};
INSTANTIATE_TEST_SUITE_P(Of, PageShape, testing::ValuesIn(pages()),
                         [](const auto& page) { return page.param.name; });

TEST_P(PageShape, IsThatOfThePage) {
  SimulatedCloud cloud;
  cloud.create_report(kActive);
  const Headers headers{{"X-Auth-Token", cloud.token}, {"Content-Type", "application/json"}};
  const Reply reply = cloud.client.send(GetParam().method, GetParam().path, headers, GetParam().body);
  ASSERT_EQ(reply.status, 200) << reply.body;
  expect_same_shape(json::parse(GetParam().example), json::parse(reply.body), "");
}

TEST_P(PageShape, HasARequestIdADateAndAJsonType) {
  SimulatedCloud cloud;
  const Headers headers{{"X-Auth-Token", cloud.token}, {"Content-Type", "application/json"}};
  Reply reply = cloud.client.send(GetParam().method, GetParam().path, headers, GetParam().body);
  EXPECT_EQ(reply.headers["x-request-id"].size(), 32U);
  EXPECT_EQ(reply.headers["date"].size(), 29U);
  EXPECT_EQ(reply.headers["content-type"], "application/json");
}

json list_with(const json& behaviour, int calls) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", behaviour}}));
  json answers = json::array();
  for (int i = 0; i < calls; ++i) answers.push_back(json::parse(cloud.list().body));
  return answers;
}

TEST(InstanceList, ComesInTheNewerShapeOnDemand) {
  const json list = list_with({{"list_shape", "instances"}}, 1)[0];
  EXPECT_FALSE(list.contains("servers"));
  EXPECT_EQ(list["instances"][0]["instance_id"], kActive);
  EXPECT_FALSE(list["instances"][0].contains("id"));
}

TEST(InstanceList, AlternatesBetweenItsShapesByDefault) {
  const json lists = list_with({{"list_shape", nullptr}}, 3);
  EXPECT_TRUE(lists[0].contains("servers"));
  EXPECT_TRUE(lists[1].contains("instances"));
  EXPECT_TRUE(lists[2].contains("servers"));
}

TEST(InstanceList, MixesTheKeysOfBothShapesOnDemand) {
  bool mixed = false;
  for (const json& list : list_with({{"list_shape", "mixed"}}, 64)) {
    mixed |= list.contains("servers") && list["servers"][0].contains("instance_id");
  }
  EXPECT_TRUE(mixed);
}

// The types and absences that a loose cloud shows for one member over a fleet.
std::set<std::string> spellings(const std::string& key, bool camel_case = false) {
  json fleet = plain_fleet({{"behaviour", {{"loose", true}, {"camel_case", camel_case}}}});
  fleet["projects"][0]["generate"] = {{"instances", 200}};
  SimulatedCloud cloud(fleet);
  std::set<std::string> seen;
  const Reply reply = cloud.get("/v1/" + kProject + "/audit/instances?limit=1000");
  const json list = json::parse(reply.body);
  for (const json& server : list["servers"]) {
    seen.insert(server.contains(key) ? server[key].type_name() : "absent");
  }
  return seen;
}

using Spellings = std::set<std::string>;

TEST(LooseSpelling, ShowsNumbersAsStringsToo) {
  EXPECT_EQ(spellings("cpu"), (Spellings{"number", "string"}));
  EXPECT_EQ(spellings("database_limit"), (Spellings{"number", "string"}));
}

TEST(LooseSpelling, LeavesOutWhatIsNull) { EXPECT_EQ(spellings("scene"), (Spellings{"null", "absent"})); }

TEST(LooseSpelling, ShowsRemainDaysInEveryWay) {
  EXPECT_EQ(spellings("remain_days"), (Spellings{"null", "absent", "number", "string"}));
}

TEST(LooseSpelling, ShowsEffectOnHealthyInstances) {
  EXPECT_EQ(spellings("effect"), (Spellings{"null", "absent", "number", "string"}));
}

TEST(LooseSpelling, AddsKeysThatThePageDoesNotName) {
  EXPECT_EQ(spellings("supported_feature"), (Spellings{"absent", "array"}));
}

TEST(LooseSpelling, WritesKeysInCamelCaseWhereAsked) {
  EXPECT_EQ(spellings("configNum", true), (Spellings{"absent", "number", "string"}));
  EXPECT_EQ(spellings("configNum", false), (Spellings{"absent"}));
}

TEST(LooseSpelling, WritesResultsInManyWays) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"loose", true}}}}));
  Spellings seen;
  for (int i = 0; i < 40; ++i) seen.insert(json::parse(cloud.create_report(kActive).body)["result"]);
  EXPECT_EQ(seen, (Spellings{"success", "SUCCESS", "Success"}));
}

TEST(LooseSpelling, WritesARunningSummaryInBothWays) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"loose", true}}}}));
  cloud.control("POST", "/summary", {{"task_status", 1}});
  Spellings seen;
  for (int i = 0; i < 60; ++i) {
    const Reply reply = cloud.get("/v3/" + kProject + "/audit/summary/audit/task-status");
    seen.insert(json::parse(reply.body)["task_status"].dump());
  }
  EXPECT_EQ(seen, (Spellings{"1", "-1", "\"1\"", "\"-1\""}));
}

TEST(LooseSpelling, IsTheSameForTheSameSeed) {
  const json fleet = plain_fleet({{"behaviour", {{"loose", true}, {"list_shape", "mixed"}}}});
  const auto keys = [&](std::uint64_t seed) {
    SimulatedCloud cloud(fleet, {.seed = seed});
    std::string shapes;
    for (int i = 0; i < 16; ++i) shapes += json::parse(cloud.list().body).contains("servers") ? 's' : 'i';
    return shapes;
  };
  EXPECT_EQ(keys(7), keys(7));
  EXPECT_NE(keys(7), keys(8));
}

}  // namespace
}  // namespace contract
