// What goes wrong on demand: what the client sees of it, and whether the call was carried out.
#include <chrono>
#include <thread>

#include "contract/simulated_cloud.h"

namespace contract {
namespace {

struct FaultCase {
  std::string name;
  json fault;
  int status;
  bool complete;
  int reports;  // made by the call it struck
  std::string body_holds, header, header_value;
};

std::vector<FaultCase> rows() {
  const auto kind = [](const char* name, json more = json::object()) {
    more["kind"] = name;
    return more;
  };
  return {
      {"DropBefore", kind("drop_before"), 0, false, 0, "", "", ""},
      {"DropAfter", kind("drop_after"), 0, false, 1, "", "", ""},
      {"StatusBefore", kind("status_before", {{"status", 503}}), 503, true, 0, "DBSS.11000000", "", ""},
      {"StatusAfter", kind("status_after"), 500, true, 1, "DBSS.11000000", "", ""},
      {"StatusOfTheGateway", kind("status_before", {{"status", 502}, {"error_code", "APIGW.0610"}}), 502,
       true, 0, "APIGW.0610", "", ""},
      {"StatusWithoutBody", kind("status_before", {{"text", ""}}), 500, true, 0, "", "content-length", "0"},
      {"HalfBody", kind("half_body"), 200, false, 1, "{\"result\"", "", ""},
      {"Html", kind("html"), 502, true, 0, "<html>", "content-type", "text/html"},
      {"HtmlWith200", kind("html", {{"status", 200}, {"effect", true}}), 200, true, 1, "<html>", "", ""},
      {"Garbage", kind("garbage"), 200, true, 1, "\x80\xff", "content-type", "application/json"},
      {"ExpiredToken", kind("expired_token"), 401, true, 0, "APIGW.0307", "", ""},
      {"Redirect", kind("redirect"), 302, true, 0, "", "location", "/_sim/redirected"},
      {"RedirectElsewhere", kind("redirect", {{"status", 307}, {"text", "http://127.0.0.1:9/"}}), 307, true,
       0, "", "location", "http://127.0.0.1:9/"},
      {"HugeBody", kind("huge_body", {{"bytes", 3000000}}), 200, true, 0, "\"total\":0", "content-length",
       "3000024"},
      {"Throttle", kind("throttle", {{"limit", 7}, {"retry_after", 12}}), 429, true, 0,
       "policy user over ratelimit,limit:7,time:1 minute", "retry-after", "12"},
      {"WrongContentType", kind("wrong_content_type"), 200, true, 1, "result", "content-type", "text/plain"},
      {"Raw", kind("raw", {{"text", "\x16\x03\x01 no HTTP"}}), 0, false, 0, "", "", ""},
      {"RawHttp",
       kind("raw", {{"text", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"}}), 200,
       true, 0, "hello", "", ""},
      {"Late", kind("status_before", {{"seconds", 0.01}}), 500, true, 0, "", "", ""},
  };
}

class FaultKinds : public testing::TestWithParam<FaultCase> {};
INSTANTIATE_TEST_SUITE_P(Of, FaultKinds, testing::ValuesIn(rows()),
                         [](const auto& row) { return row.param.name; });

TEST_P(FaultKinds, AreSeenAsDescribedAndOnlyOnce) {
  SimulatedCloud cloud;
  json fault = GetParam().fault;
  fault["times"] = 1;
  cloud.fault(fault);
  Reply reply = cloud.create_report(kActive);
  EXPECT_EQ(reply.status, GetParam().status) << reply.body;
  EXPECT_EQ(reply.complete, GetParam().complete);
  EXPECT_NE(reply.body.find(GetParam().body_holds), std::string::npos);
  EXPECT_EQ(reply.headers[GetParam().header], GetParam().header_value);
  EXPECT_EQ(cloud.truth("counts")["reports"], GetParam().reports);
  cloud.token = cloud.log_in().headers["x-subject-token"];
  EXPECT_EQ(cloud.create_report(kActive).status, 200);
}

TEST(ExpiredToken, IsRefusedFromThenOn) {
  SimulatedCloud cloud;
  cloud.fault({{"kind", "expired_token"}, {"times", 1}});
  EXPECT_EQ(error_code(cloud.list()), "APIGW.0307");
  EXPECT_EQ(error_code(cloud.list()), "APIGW.0307");
  cloud.token = cloud.log_in().headers["x-subject-token"];
  EXPECT_EQ(cloud.list().status, 200);
}

TEST(Redirect, CountsWhoFollowsItAndWithWhat) {
  SimulatedCloud cloud;
  cloud.client.send("GET", "/_sim/redirected");
  cloud.client.send("GET", "/_sim/redirected", {{"X-Auth-Token", "secret"}});
  EXPECT_EQ(cloud.truth("counts")["redirects_followed"], 2);
  EXPECT_EQ(cloud.truth("counts")["credentials_redirected"], 1);
}

// How long the fault makes one list take.
std::chrono::milliseconds time_under(const json& fault) {
  SimulatedCloud cloud;
  cloud.fault(fault);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(cloud.list().complete);
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
}

TEST(SlowAnswer, TakesItsTimeAndIsWhole) {
  EXPECT_GE(time_under({{"kind", "slow"}, {"seconds", 0.15}}), std::chrono::milliseconds(150));
}

TEST(DrippedAnswer, TakesItsTimeAndIsWhole) {
  EXPECT_GE(time_under({{"kind", "drip"}, {"seconds", 0.3}}), std::chrono::milliseconds(200));
}

TEST(SlowAnswer, KeepsNobodyElseWaiting) {
  std::jthread waiting;  // until the simulator ends, which is before its own end
  SimulatedCloud cloud;
  cloud.fault({{"kind", "slow"}, {"seconds", 600}, {"call", "summary_status"}});
  waiting = std::jthread([port = cloud.simulator.port(), token = cloud.token] {
    RawClient(port).send("GET", "/v3/" + kProject + "/audit/summary/audit/task-status",
                         {{"X-Auth-Token", token}});
  });
  while (cloud.truth("counts")["in_flight"]["now"] == 0) std::this_thread::yield();
  EXPECT_EQ(cloud.list().status, 200);
  EXPECT_EQ(cloud.truth("counts")["in_flight"]["most"], 2);
}

TEST(SlowAnswer, OfBeforeAResetIsInFlightNoMore) {
  std::jthread waiting;
  SimulatedCloud cloud;
  cloud.fault({{"kind", "slow"}, {"seconds", 600}, {"call", "find_projects"}});
  waiting = std::jthread([port = cloud.simulator.port()] { RawClient(port).send("GET", "/v3/projects"); });
  while (cloud.truth("counts")["in_flight"]["now"] == 0) std::this_thread::yield();
  cloud.control("POST", "/reset");
  EXPECT_EQ(cloud.truth("counts")["in_flight"]["now"], 0);
}

struct ScopeCase {
  std::string name;
  json scope;
  std::string struck;  // of the calls list, create, create of the other instance: x where struck
};

class FaultScope : public testing::TestWithParam<ScopeCase> {};
INSTANTIATE_TEST_SUITE_P(
    Of, FaultScope,
    testing::Values(ScopeCase{"Everything", json::object(), "xxx"},
                    ScopeCase{"Call", {{"call", "create_report"}}, ".xx"},
                    ScopeCase{"InstanceById", {{"instance", kActive}}, ".x."},
                    ScopeCase{"InstanceByName", {{"instance", "prod-payments-01"}}, "..x"},
                    ScopeCase{"ProjectById", {{"project", kProject}}, "xxx"},
                    ScopeCase{"ProjectByName", {{"project", "ap-southeast-3_other"}}, "..."},
                    ScopeCase{"CallAndInstance", {{"call", "list_reports"}, {"instance", kActive}}, "..."},
                    ScopeCase{"AfterCalls", {{"after_calls", 1}}, ".xx"},
                    ScopeCase{"Times", {{"times", 2}}, "xx."},
                    ScopeCase{"AfterCallsAndTimes", {{"after_calls", 1}, {"times", 1}}, ".x."},
                    ScopeCase{"Never", {{"probability", 0}}, "..."}),
    [](const auto& row) { return row.param.name; });

TEST_P(FaultScope, StrikesWhereItSays) {
  SimulatedCloud cloud;
  json fault = GetParam().scope;
  fault["kind"] = "status_before";
  fault["status"] = 599;
  cloud.fault(fault);
  std::string struck;
  for (const Reply& reply : {cloud.list(), cloud.create_report(kActive), cloud.create_report(kShutoff)}) {
    struck += reply.status == 599 ? 'x' : '.';
  }
  EXPECT_EQ(struck, GetParam().struck);
}

TEST(FaultScope, OfAnInstanceHoldsForItsStartAndItsJobs) {
  SimulatedCloud cloud;
  cloud.fault({{"kind", "status_before"}, {"status", 599}, {"instance", kActive}});
  EXPECT_EQ(cloud.start(kActive).status, 599);
  EXPECT_EQ(cloud.start(kShutoff).status, 200);
  EXPECT_EQ(cloud.get("/v1/" + kProject + "/audit/" + kResource + "/jobs").status, 599);
}

TEST(FaultProbability, StrikesAboutAsOften) {
  SimulatedCloud cloud;
  cloud.fault({{"kind", "status_before"}, {"probability", 0.3}});
  int struck = 0;
  for (int i = 0; i < 400; ++i) struck += cloud.list().status == 500 ? 1 : 0;
  EXPECT_GT(struck, 80);
  EXPECT_LT(struck, 160);
}

TEST(Faults, CanBeListedAndRemovedOneByOne) {
  SimulatedCloud cloud;
  cloud.fault({{"kind", "status_before"}, {"status", 501}});
  cloud.fault({{"kind", "status_before"}, {"status", 502}});
  EXPECT_EQ(cloud.list().status, 501);
  EXPECT_EQ(cloud.control("GET", "/faults")["faults"][0]["struck"], 1);
  cloud.control("DELETE", "/faults/1");
  EXPECT_EQ(cloud.list().status, 502);
  cloud.control("DELETE", "/faults");
  EXPECT_EQ(cloud.list().status, 200);
}

TEST(Faults, ThatAreMisspeltAreRefused) {
  SimulatedCloud cloud;
  for (const char* body : {R"({"kind": "explode"})", R"({})", R"({"kind": "slow", "call": "lists"})",
                           R"({"kind": "slow", "secs": 1})", R"({"kind": "html", "status": 99})", "["}) {
    EXPECT_EQ(cloud.client.send("POST", "/_sim/faults", {}, body).status, 400) << body;
  }
}

TEST(Connection, IsClosedAfterSoManyAnswersOnDemand) {
  SimulatedCloud cloud(plain_fleet({{"behaviour", {{"requests_per_connection", 1}}}}));
  RawClient fresh(cloud.simulator.port());
  const Reply first = fresh.send("GET", "/_sim/truth/counts");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.headers.at("connection"), "keep-alive");
  EXPECT_EQ(fresh.send("GET", "/nowhere").status, 0);
}

}  // namespace
}  // namespace contract
