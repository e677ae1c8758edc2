// What the pages do not allow, one row each.
#include "contract/simulated_cloud.h"

namespace contract {
namespace {

struct Refused {
  std::string name, method, path, body;
  int status;
  std::string code;
  std::string content_type = "application/json";
};

const std::string kV1 = "/v1/" + kProject + "/audit";
const std::string kV2 = "/v2/" + kProject + "/audit/" + kActive;
const std::string kStart = kV1 + "/instance/start";
const std::string kCreate = report_path(kActive, "create");
const std::string kList = report_path(kActive, "list");
const std::string kUnknownId = "00000000-0000-0000-0000-000000000000";
const std::string kMalformed = "DBSS.10000001";
const std::string kBadId = "DBSS.10020021";

std::string report_with(const json& change) {
  json body = report_body();
  body.merge_patch(change);
  return body.dump();
}

std::vector<Refused> rows() {
  const auto get = [](std::string name, std::string path, int status, std::string code) {
    return Refused{std::move(name), "GET", std::move(path), "", status, std::move(code)};
  };
  const auto post = [](std::string name, std::string path, std::string body, std::string code) {
    return Refused{std::move(name), "POST", std::move(path), std::move(body), 400, std::move(code)};
  };
  return {
      get("LimitZero", kV1 + "/instances?limit=0", 400, kMalformed),
      get("LimitAbove1000", kV1 + "/instances?limit=1001", 400, kMalformed),
      get("LimitNoInteger", kV1 + "/instances?limit=1.5", 400, kMalformed),
      get("LimitEmpty", kV1 + "/instances?limit=", 400, kMalformed),
      get("LimitTwice", kV1 + "/instances?limit=1&limit=2", 400, kMalformed),
      get("OffsetNegative", kV1 + "/instances?offset=-1", 400, kMalformed),
      get("OffsetNoInteger", kV1 + "/instances?offset=ten", 400, kMalformed),
      get("UnknownQueryOfList", kV1 + "/instances?page=1", 400, kMalformed),
      get("BrokenEscape", kV1 + "/instances?limit=%zz", 400, kMalformed),
      get("ProjectIdTooShort", "/v1/0123456789abcdef/audit/instances", 400, kMalformed),
      get("ProjectUnknown", "/v1/00000000000000000000000000000000/audit/instances", 403, "APIGW.0302"),
      get("ProjectOfAnother", "/v1/" + kOtherProject + "/audit/instances", 403, "APIGW.0302"),
      get("PathUnknown", kV1 + "/instance", 404, "APIGW.0101"),
      get("PathWithSlashAtItsEnd", kV1 + "/instances/", 404, "APIGW.0101"),
      get("VersionWrong", "/v3/" + kProject + "/audit/instances", 404, "APIGW.0101"),
      get("PathOfFormerTimes", "/v1/" + kProject + "/dbss/audit/instances", 404, "APIGW.0101"),
      get("MethodWrongForStart", kStart, 404, "APIGW.0101"),
      {"MethodWrongForList", "POST", kV1 + "/instances", "{}", 404, "APIGW.0101"},

      post("StartEmpty", kStart, "", kMalformed),
      post("StartNoJson", kStart, "{", kMalformed),
      post("StartNoObject", kStart, "[]", kMalformed),
      post("StartWithoutId", kStart, "{}", kMalformed),
      post("StartIdNoString", kStart, R"({"instance_id": 7})", kMalformed),
      post("StartIdTooShort", kStart, R"({"instance_id": "1d07f606"})", kMalformed),
      post("StartIdTooLong", kStart, json{{"instance_id", std::string(65, 'a')}}.dump(), kMalformed),
      post("StartUnknownKey", kStart, json{{"instance_id", kShutoff}, {"force", true}}.dump(), kMalformed),
      post("StartUnknownQuery", kStart + "?x=1", json{{"instance_id", kShutoff}}.dump(), kMalformed),
      {"StartWrongType", "POST", kStart, json{{"instance_id", kShutoff}}.dump(), 400, kMalformed,
       "text/plain"},
      post("StartUnknownInstance", kStart, json{{"instance_id", kUnknownId}}.dump(), kBadId),
      post("StartActive", kStart, json{{"instance_id", kActive}}.dump(), "DBSS.10020130"),
      post("StartFrozen", kStart, json{{"instance_id", kFrozen}}.dump(), "DBSS.10020130"),

      post("ReportUnknownKey", kCreate, report_with({{"name", "x"}}), kMalformed),
      post("ReportTemplateNull", kCreate, R"({"template_id": null, "start_time": "2025-08-20 16:00:00",
           "end_time": "2025-08-21 16:00:00"})",
           kMalformed),
      post("ReportTemplateMissing", kCreate, report_with({{"template_id", nullptr}}), kMalformed),
      post("ReportTemplateUnknown", kCreate, report_with({{"template_id", "AAAAAAAAAAAAAAAAAAAA"}}), kBadId),
      post("ReportStartMissing", kCreate, report_with({{"start_time", nullptr}}), kMalformed),
      post("ReportEndMissing", kCreate, report_with({{"end_time", nullptr}}), kMalformed),
      post("ReportTimeIso", kCreate, report_with({{"start_time", "2025-08-20T16:00:00Z"}}), kMalformed),
      post("ReportTimeOneDigit", kCreate, report_with({{"start_time", "2025-8-20 16:00:00"}}), kMalformed),
      post("ReportDayThatIsNone", kCreate, report_with({{"start_time", "2025-02-29 16:00:00"}}), kMalformed),
      post("ReportHourThatIsNone", kCreate, report_with({{"start_time", "2025-08-20 24:00:00"}}), kMalformed),
      post("ReportTimeNumber", kCreate, report_with({{"start_time", 1755705600}}), kMalformed),
      post("ReportWindowEmpty", kCreate, report_with({{"start_time", "2025-08-21 16:00:00"}}), kMalformed),
      post("ReportWindowReversed", kCreate, report_with({{"start_time", "2025-08-22 16:00:00"}}), kMalformed),
      post("ReportDatabasesNoString", kCreate, report_with({{"db_ids", json::array()}}), kMalformed),
      post("ReportDatabaseUnknown", kCreate, report_with({{"db_ids", "Xcg7LJgBTpKZyZbbrThW,nothing"}}),
           kBadId),
      post("ReportOfInactive", report_path(kShutoff, "create"), report_body().dump(), kMalformed),
      post("ReportOfUnknown", report_path(kUnknownId, "create"), report_body().dump(), kBadId),
      post("ReportIdTooShort", report_path("short", "create"), report_body().dump(), kMalformed),
      post("ReportUnknownQuery", kCreate + "?x=1", report_body().dump(), kMalformed),
      {"ReportWrongType", "POST", kCreate, report_body().dump(), 400, kMalformed,
       "application/x-www-form-urlencoded"},

      post("ReportsPageMissing", kList, R"({"size": 10})", kMalformed),
      post("ReportsSizeMissing", kList, R"({"page": 1})", kMalformed),
      post("ReportsPageZero", kList, R"({"page": 0, "size": 10})", kMalformed),
      post("ReportsPageString", kList, R"({"page": "1", "size": 10})", kMalformed),
      post("ReportsSizeZero", kList, R"({"page": 1, "size": 0})", kMalformed),
      post("ReportsSizeAbove1000", kList, R"({"page": 1, "size": 1001})", kMalformed),
      post("ReportsNameNumber", kList, R"({"page": 1, "size": 10, "name": 1})", kMalformed),
      post("ReportsUnknownKey", kList, R"({"page": 1, "size": 10, "offset": 0})", kMalformed),
      {"ReportsWrongType", "POST", kList, R"({"page": 1, "size": 10})", 400, kMalformed, "text/plain"},
      post("ReportsOfUnknown", report_path(kUnknownId, "list"), R"({"page": 1, "size": 10})", kBadId),

      get("JobsOfUnknown", kV1 + "/" + kUnknownId + "/jobs", 400, kBadId),
      get("JobsByInstanceId", kV1 + "/" + kActive + "/jobs", 400, kBadId),
      get("JobsUnknownQuery", kV1 + "/" + kResource + "/jobs?limit=1", 400, kMalformed),
      get("BusiTypeUnknown", "/v3/" + kProject + "/audit/summary/all/task-status", 400, kMalformed),
      get("SummaryUnknownQuery", "/v3/" + kProject + "/audit/summary/audit/task-status?x=1", 400, kMalformed),
      get("TemplatesUnknownQuery", kV2 + "/reports/templates?x=1", 400, kMalformed),
      get("ScheduleOfUnknownTemplate", kV2 + "/reports/tasks/nothing", 400, kBadId),
      get("DatabasesUnknownQuery", kV2 + "/databases?page=1", 400, kMalformed),
      get("DatabasesStatusOfFormerTimes", kV2 + "/databases?status=1", 400, kMalformed),
      get("DatabasesLimitAbove10000", kV2 + "/databases?limit=10001", 400, kMalformed),
      get("DatabasesLimitZero", kV2 + "/databases?limit=0", 400, kMalformed),
      get("DownloadOfUnknown", report_path(kActive, "nothing/download"), 400, kBadId),
      get("DownloadLocaleUnknown", report_path(kActive, "nothing/download?local=de-de"), 400, kMalformed),
      get("DownloadUnknownQuery", report_path(kActive, "nothing/download?locale=en-us"), 400, kMalformed),
  };
}

class Refusal : public testing::TestWithParam<Refused> {};
INSTANTIATE_TEST_SUITE_P(Of, Refusal, testing::ValuesIn(rows()),
                         [](const auto& row) { return row.param.name; });

TEST_P(Refusal, HasTheStatusAndCodeOfTheMistakeAndNoEffect) {
  SimulatedCloud cloud;
  const Refused& row = GetParam();
  const Headers headers{{"X-Auth-Token", cloud.token}, {"Content-Type", row.content_type}};
  const Reply reply = cloud.client.send(row.method, row.path, headers, row.body);
  EXPECT_EQ(reply.status, row.status) << reply.body;
  EXPECT_EQ(error_code(reply), row.code) << reply.body;
  const json counts = cloud.truth("counts");
  EXPECT_EQ(counts["starts"], 0);
  EXPECT_EQ(counts["reports"], 0);
}

TEST(ErrorShape, IsNestedOnDemand) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"error_shape", "nested"}}}}));
  const json body = json::parse(cloud.start(kActive).body);
  EXPECT_EQ(body["error"]["error_code"], "DBSS.10020130");
}

TEST(ErrorShape, OfTheGatewayNamesTheRequest) {
  SimulatedCloud cloud;
  Reply reply = cloud.get("/nowhere");
  EXPECT_EQ(json::parse(reply.body)["request_id"], reply.headers["x-request-id"]);
}

TEST(Gateway, RefusesHeadersOver32KilobytesWith494) {
  SimulatedCloud cloud;
  const Reply reply =
      cloud.client.send("GET", kV1 + "/instances", {{"X-Auth-Token", std::string(40000, 'a')}});
  EXPECT_EQ(reply.status, 494);
}

TEST(Gateway, TakesATokenOfNineKilobytes) {
  SimulatedCloud cloud(plain_fleet({{"iam", {{"token_bytes", 9216}}}}));
  EXPECT_EQ(cloud.token.size(), 9216U);
  EXPECT_EQ(cloud.list().status, 200);
}

TEST(Gateway, AnswersWhatIsNoHttpWith400) {
  SimulatedCloud cloud;
  EXPECT_EQ(cloud.client.exchange("this is not HTTP\r\n\r\n").substr(0, 12), "HTTP/1.1 400");
}

}  // namespace
}  // namespace contract
