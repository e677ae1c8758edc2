// The axes: what the service says in more than one way, each way and what it changes.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "contract/simulated_cloud.h"
#include "simulator/dialect.h"

namespace contract {
namespace {

// A day's report, finished, as the only one in the list, and what the truth says of it.
struct Listed {
  json report, truth;
};
Listed listed_in(const json& behaviour, const json& change = json::object()) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", behaviour}}));
  json body = report_body();
  body.merge_patch(change);
  EXPECT_EQ(cloud.post(report_path(kActive, "create"), body).status, 200);
  cloud.advance(60);
  const int first = behaviour.value("page_base", "1") == "0" ? 0 : 1;
  const Reply reply = cloud.list_reports(kActive, {{"page", first}, {"size", 10}});
  EXPECT_EQ(reply.status, 200) << reply.body;
  const json list = json::parse(reply.body)["reports"];
  EXPECT_EQ(list.size(), 1U);
  return {list[0]["report"], cloud.control("GET", "/truth/reports")[0]};
}

struct Spoken {
  std::string axis, value, member;
  json shown;  // null for null or absent
};

class ListedReport : public testing::TestWithParam<Spoken> {};
INSTANTIATE_TEST_SUITE_P(
    Of, ListedReport,
    testing::Values(
        Spoken{"template_type", "file", "template_type", "PDF"},
        Spoken{"template_type", "template", "template_type", "SOX"},
        Spoken{"template_type", "empty", "template_type", ""},
        Spoken{"template_type", "absent", "template_type", nullptr},
        Spoken{"template_type", "odd", "template_type", "AUDIT"},
        Spoken{"report_name", "template", "name", "SOX compliance report"},
        Spoken{"report_name", "empty", "name", ""},
        Spoken{"report_name", "localised", "name", "SOX-萨班斯报表"},
        Spoken{"report_format", "lower", "format", "pdf"}, Spoken{"report_format", "upper", "format", "PDF"},
        Spoken{"percentum", "number", "percentum", 100}, Spoken{"percentum", "string", "percentum", "100"},
        Spoken{"percentum", "percent", "percentum", "100%"},
        Spoken{"finish_time", "absent", "finish_time", nullptr},
        Spoken{"db_ids", "listed", "db_ids", nullptr}, Spoken{"db_ids", "absent", "db_ids", nullptr},
        Spoken{"db_ids", "all", "db_ids", "Xcg7LJgBTpKZyZbbrThW,YMg7LJgBTpKZyZbbuDhX"},
        Spoken{"report_time", "plain", "start_time", "2025-08-20 16:00:00"},
        Spoken{"report_time", "iso", "start_time", "2025-08-20T16:00:00.000Z"},
        Spoken{"report_time", "millis", "start_time", "1755705600000"}),
    [](const auto& row) { return row.param.axis + "_" + row.param.value; });

TEST_P(ListedReport, IsSpokenOfAsTheAxisSays) {
  const Spoken& row = GetParam();
  const json report = listed_in({{row.axis, row.value}}).report;
  EXPECT_EQ(report.value(row.member, json()), row.shown) << report;
}

struct Databases {
  std::string value;
  json ids, names;
};
class ListedDatabases : public testing::TestWithParam<Databases> {};
INSTANTIATE_TEST_SUITE_P(
    Of, ListedDatabases,
    testing::Values(Databases{"listed", "Xcg7LJgBTpKZyZbbrThW,YMg7LJgBTpKZyZbbuDhX", "orders,billing"},
                    Databases{"absent", nullptr, nullptr},
                    Databases{"array", {"Xcg7LJgBTpKZyZbbrThW", "YMg7LJgBTpKZyZbbuDhX"}, "orders,billing"},
                    Databases{"names", nullptr, "orders,billing"},
                    Databases{"reversed", "YMg7LJgBTpKZyZbbuDhX,Xcg7LJgBTpKZyZbbrThW", "billing,orders"}),
    [](const auto& row) { return row.param.value; });

TEST_P(ListedDatabases, AreThoseAskedForInTheWayOfTheAxis) {
  const Listed seen =
      listed_in({{"db_ids", GetParam().value}}, {{"db_ids", "Xcg7LJgBTpKZyZbbrThW,YMg7LJgBTpKZyZbbuDhX"}});
  EXPECT_EQ(seen.report.value("db_ids", json()), GetParam().ids);
  EXPECT_EQ(seen.report.value("db_names", json()), GetParam().names);
}

TEST(Dialect, ReadsAndPrintsReportTimesInTheInstancesZoneOnDemand) {
  const Listed seen = listed_in({{"report_zone", "instance"}});
  EXPECT_EQ(seen.report["start_time"], "2025-08-20 16:00:00");
  EXPECT_EQ(seen.truth["start_time"], "2025-08-20 08:00:00");
  EXPECT_EQ(seen.truth["end"].get<std::int64_t>() - seen.truth["begin"].get<std::int64_t>(), 86400);
}

TEST(Dialect, PrintsTheFinishTimeInTheInstancesZoneOnDemand) {
  const std::string utc = listed_in({{"finish_time", "utc"}}).report["finish_time"];
  const std::string local = listed_in({{"finish_time", "instance"}}).report["finish_time"];
  EXPECT_NE(utc.substr(0, 13), local.substr(0, 13));
}

TEST(Dialect, HasTheNameOfAReportAloneForThatReport) {
  const std::string name = listed_in({{"report_name", "odd"}}).report["name"];
  EXPECT_EQ(name.substr(0, 7), "report-");
}

// "begin…" of each report on a page, or its status where it is refused.
std::string page_of(SimulatedCloud& cloud, int page) {
  const Reply reply = cloud.list_reports(kActive, {{"page", page}, {"size", 2}});
  if (reply.status != 200) return std::to_string(reply.status);
  std::string days;
  const json list = json::parse(reply.body);
  for (const json& report : list["reports"]) {
    days += report["report"]["start_time"].get<std::string>().substr(8, 2) + ' ';
  }
  return days;
}

class PagesOfReports : public testing::Test {
 protected:
  static json fleet() {
    json fleet = plain_fleet();
    fleet["projects"][0]["instances"][0]["reports"] = {{{"type", "AUDIT_REPORT_DAY"}}};
    return fleet;
  }
  PagesOfReports() {
    for (const char* day : {"11", "12", "13"}) {
      cloud.create_report(kActive, "2025-08-" + std::string(day) + " 00:00:00");
    }
  }
  void speak(const json& behaviour) { cloud.control("POST", "/behaviour", behaviour); }
  json total_of(int page) {
    return json::parse(cloud.list_reports(kActive, {{"page", page}, {"size", 3}}).body)
        .value("total", json());
  }

  SimulatedCloud cloud{fleet()};  // the 20th's, and then those of three days
};

TEST_F(PagesOfReports, HasItsFirstPageWhereTheAxisSays) {
  EXPECT_EQ(page_of(cloud, 0), "400");
  EXPECT_EQ(page_of(cloud, 1), "20 11 ");
  speak({{"page_base", "0"}});
  EXPECT_EQ(page_of(cloud, 0), "20 11 ");
  EXPECT_EQ(page_of(cloud, 1), "12 13 ");
  speak({{"page_base", "both"}});
  EXPECT_EQ(page_of(cloud, 0), "20 11 ");
  EXPECT_EQ(page_of(cloud, 1), "20 11 ");
  EXPECT_EQ(page_of(cloud, 2), "12 13 ");
  EXPECT_EQ(page_of(cloud, -1), "400");
}

TEST_F(PagesOfReports, SaysItsTotalInThreeWays) {
  EXPECT_EQ(total_of(2), 4);
  speak({{"total", "page"}});
  EXPECT_EQ(total_of(1), 3);
  EXPECT_EQ(total_of(2), 1);
  speak({{"total", "absent"}});
  EXPECT_EQ(total_of(1), nullptr);
}

TEST_F(PagesOfReports, LosesOneOfOthersBetweenTwoPagesOnDemand) {
  speak({{"report_drift", "deleted"}});
  EXPECT_EQ(page_of(cloud, 1), "20 11 ");
  EXPECT_EQ(page_of(cloud, 2), "13 ");
  EXPECT_EQ(page_of(cloud, 1), "11 12 ");
  EXPECT_EQ(page_of(cloud, 2), "13 ");
  EXPECT_EQ(cloud.control("GET", "/truth/reports")[0]["deleted"], true);
}

TEST_F(PagesOfReports, HasFewerOnAPageThanAskedForOnDemand) {
  speak({{"max_report_page", 1}});
  EXPECT_EQ(page_of(cloud, 1), "20 ");
  EXPECT_EQ(page_of(cloud, 4), "13 ");
  EXPECT_EQ(page_of(cloud, 5), "");
}

TEST(Dialect, TellsASuccessInTheWayOfTheAxis) {
  for (const auto& [value, shown] :
       {std::pair{"page", "success"}, std::pair{"upper", "SUCCESS"}, std::pair{"short", "success"}}) {
    SimulatedCloud cloud(plain_fleet({{"behaviour", {{"result", value}, {"loose", true}}}}));
    EXPECT_EQ(json::parse(cloud.create_report(kActive).body)["result"], shown);
  }
}

TEST(Dialect, TellsAFailureInTheWayOfTheAxis) {
  for (const auto& [value, shown] :
       {std::pair{"page", "failed"}, std::pair{"upper", "FAILED"}, std::pair{"short", "fail"}}) {
    json fleet = plain_fleet({{"behaviour", {{"result", value}}}});
    fleet["projects"][0]["instances"][0]["report"] = {{"outcome", "failed"}};
    SimulatedCloud cloud(fleet);
    EXPECT_EQ(json::parse(cloud.create_report(kActive).body)["result"], shown);
  }
}

TEST(Dialect, TellsOfTheSwitchOfTheSummary) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"task_switch", "off"}}}}));
  const Reply reply = cloud.get("/v3/" + kProject + "/audit/summary/audit/task-status");
  EXPECT_EQ(json::parse(reply.body)["task_switch"], "off");
}

std::vector<std::string> template_types(SimulatedCloud& cloud, const std::string& query) {
  const Reply reply = cloud.get("/v2/" + kProject + "/audit/" + kActive + "/reports/templates" + query);
  EXPECT_EQ(reply.status, 200) << reply.body;
  std::vector<std::string> types;
  const json list = json::parse(reply.body);
  for (const json& one : list["templates"]) types.push_back(one["template"]["type"]);
  return types;
}

TEST(TemplateList, HasTheNineTypesAndTheirGroups) {
  SimulatedCloud cloud;
  const Reply reply = cloud.get("/v2/" + kProject + "/audit/" + kActive + "/reports/templates");
  const json list = json::parse(reply.body);
  std::map<std::string, std::string> groups;
  for (const json& one : list["templates"]) {
    groups[one["template"]["type"]] = one["template"]["group"];
  }
  EXPECT_EQ(groups, (std::map<std::string, std::string>{{"COMPREHENSIVE", "COMPREHENSIVE"},
                                                        {"COMPLIANCE", "COMPLIANCE"},
                                                        {"SOX", "COMPLIANCE"},
                                                        {"PCI", "COMPLIANCE"},
                                                        {"DB_ANALYSIS", "DB_SPECIAL"},
                                                        {"CLIENT_IP_ANALYSIS", "CLIENT_SPECIAL"},
                                                        {"SQL_DCL_COMMAND", "SQL_SPECIAL"},
                                                        {"SQL_DDL_COMMAND", "SQL_SPECIAL"},
                                                        {"SQL_DML_COMMAND", "SQL_SPECIAL"}}));
}

TEST(TemplateList, IsPagedOnDemand) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"templates", "paged"}}}}));
  EXPECT_EQ(template_types(cloud, ""), (std::vector<std::string>{"COMPREHENSIVE", "COMPLIANCE"}));
  EXPECT_EQ(template_types(cloud, "?offset=2&limit=100"), (std::vector<std::string>{"SOX", "PCI"}));
  EXPECT_EQ(template_types(cloud, "?offset=8"), (std::vector<std::string>{"SQL_DML_COMMAND"}));
}

TEST(TemplateList, IsEmptyOnDemandAndItsIdsAreGood) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"templates", "unlisted"}}}}));
  EXPECT_EQ(template_types(cloud, ""), std::vector<std::string>{});
  EXPECT_EQ(json::parse(cloud.create_report(kActive).body)["result"], "success");
}

TEST(TemplateList, LeavesOutWhatTheFleetDoesNotList) {
  json fleet = plain_fleet();
  fleet["projects"][0]["instances"][0]["templates"] = {{{"id", kSox}, {"type", "SOX"}, {"listed", false}},
                                                       {{"id", "other"}, {"type", "PCI"}}};
  SimulatedCloud cloud(fleet);
  EXPECT_EQ(template_types(cloud, ""), std::vector<std::string>{"PCI"});
  EXPECT_EQ(json::parse(cloud.create_report(kActive).body)["result"], "success");
}

const std::string kLegacy = "/v1/" + kProject + "/dbss/audit";

TEST(Paths, OfFormerTimesAreTheOnlyOnesInARegionOfThese) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"paths", "legacy"}}}}));
  const json list = json::parse(cloud.get(kLegacy + "/instances").body);
  EXPECT_EQ(list["servers"][0]["id"], kActive);
  EXPECT_EQ(cloud.post(kLegacy + "/instance/start", {{"instance_id", kShutoff}}).status, 200);
  EXPECT_EQ(cloud.get(kLegacy + "/jobs/" + kResource).status, 200);
  EXPECT_EQ(cloud.get("/v1/" + kProject + "/" + kActive + "/dbss/audit/databases").status, 200);
  for (const Reply& reply :
       {cloud.list(), cloud.start(kShutoff), cloud.get("/v1/" + kProject + "/audit/" + kResource + "/jobs"),
        cloud.get("/v2/" + kProject + "/audit/instances"), cloud.create_report(kActive),
        cloud.list_reports(kActive), cloud.get("/v3/" + kProject + "/audit/summary/audit/task-status"),
        cloud.get("/v2/" + kProject + "/audit/" + kActive + "/reports/templates")}) {
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(error_code(reply), "APIGW.0101");
  }
  EXPECT_EQ(cloud.truth("counts")["starts"], 1);
}

TEST(Paths, OfBothTimesAreThereOnDemand) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"paths", "both"}}}}));
  EXPECT_EQ(cloud.get(kLegacy + "/instances").status, 200);
  EXPECT_EQ(cloud.list().status, 200);
}

TEST(Paths, OfTheSecondVersionListInTheThirdShape) {
  SimulatedCloud cloud;
  const json list = json::parse(cloud.get("/v2/" + kProject + "/audit/instances").body);
  EXPECT_EQ(list["instances"][0]["id"], kActive);
  EXPECT_FALSE(list["instances"][0].contains("instance_id"));
}

TEST(Dialect, IsRefusedWhereNobodySpeaksIt) {
  dbss_sim::Behaviour behaviour;
  EXPECT_EQ(dbss_sim::speak("template_type=odd,loose=false,page_drift", behaviour), "");
  EXPECT_EQ(behaviour.template_type, "odd");
  EXPECT_FALSE(behaviour.loose);
  EXPECT_TRUE(behaviour.page_drift);
  EXPECT_EQ(dbss_sim::speak("page_base", behaviour), "page_base: must be one of 1, 0, both");
  EXPECT_EQ(dbss_sim::speak("french", behaviour),
            "french: neither a dialect nor an axis; \"--dialect help\" lists both");
}

// A default that no axis names could not be gone back to.
TEST(Dialect, HasItsDefaultAsTheFirstValueOfEachAxis) {
  const json official = json::parse(dbss_sim::spoken({}));
  for (const dbss_sim::Axis& axis : dbss_sim::axes()) {
    const json value = official[std::string(axis.name)];
    EXPECT_EQ(value.is_boolean() ? value.dump() : value.get<std::string>(), axis.values.front()) << axis.name;
  }
}

TEST(Dialect, HasEachAxisAndEachNameInTheReadme) {
  std::ifstream file(DBSSD_SOURCE_DIR "/tests/simulator/README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  for (const dbss_sim::Axis& axis : dbss_sim::axes()) {
    const std::size_t at = readme.find("| `" + std::string(axis.name) + "`");
    const std::size_t flags = readme.find("`, `" + std::string(axis.name) + "` |");
    ASSERT_NE(std::min(at, flags), std::string::npos) << axis.name;
    const std::string row =
        readme.substr(std::min(at, flags), readme.find('\n', std::min(at, flags)) - std::min(at, flags));
    for (const std::string_view value : axis.values) {
      EXPECT_NE(row.find("`" + std::string(value) + "`"), std::string::npos) << axis.name << '=' << value;
    }
  }
  for (const dbss_sim::NamedDialect& named : dbss_sim::named_dialects()) {
    EXPECT_NE(readme.find("`" + std::string(named.name) + "`"), std::string::npos) << named.name;
  }
}

TEST(Dialect, OfEachNameIsOneThatCanBeSpoken) {
  for (const dbss_sim::NamedDialect& named : dbss_sim::named_dialects()) {
    dbss_sim::Behaviour behaviour;
    EXPECT_EQ(dbss_sim::speak(named.name, behaviour), "") << named.name;
    EXPECT_EQ(named.words.empty(), dbss_sim::spoken(behaviour) == dbss_sim::spoken({})) << named.name;
  }
}

TEST(Truth, CountsTheReportsOfEachWindowWhateverTheListSays) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"template_type", "odd"}, {"report_name", "empty"}}}}));
  cloud.create_report(kActive);
  cloud.create_report(kActive);
  cloud.create_report(kActive, "2025-08-19 16:00:00");
  cloud.advance(60);
  const json windows = cloud.control("GET", "/truth/windows?instance=" + kActive);
  ASSERT_EQ(windows.size(), 2U);
  EXPECT_EQ(windows[0]["begin"], 1755619200);
  EXPECT_EQ(windows[0]["reports"], 1);
  EXPECT_EQ(windows[1]["begin"], 1755705600);
  EXPECT_EQ(windows[1]["end"], 1755792000);
  EXPECT_EQ(windows[1]["template_id"], kSox);
  EXPECT_EQ(windows[1]["reports"], 2);
  EXPECT_EQ(windows[1]["finished"], 2);
  EXPECT_EQ(windows[1]["ids"].size(), 2U);
}

TEST(RequestLog, HasWhatTheClientCallsItself) {
  SimulatedCloud cloud;
  cloud.client.send("GET", "/nowhere", {{"User-Agent", "curl/7"}});
  EXPECT_EQ(cloud.control("GET", "/requests?last=1")["requests"][0]["user_agent"], "curl/7");
}

}  // namespace
}  // namespace contract
