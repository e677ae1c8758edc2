// `check --online`: what a policy means to the cloud that it names.
#include "integration/harness/site.h"

namespace integration {
namespace {

class CheckOnline : public testing::Test {
 protected:
  CheckOnline()
      : site(two_projects({{{"name", "prod-a"}}, {{"name", "prod-off"}, {"status", "SHUTOFF"}}},
                          json::array())) {
    site.policy["projects"].push_back(site.policy["projects"][0]);
    site.policy["projects"][1]["name"] = "dr";
    site.policy["projects"][1]["project_id"] = kOtherProjectId;
  }

  void cut_off(std::size_t project) {
    site.policy["projects"][project]["endpoints"] = {{"dbss", "http://127.0.0.1:1"},
                                                     {"iam", "http://127.0.0.1:1"}};
  }
  Ended check(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"check", "--online"});
    return site.command(std::move(more));
  }

  Site site;
};

TEST_F(CheckOnline, CountsTheInstancesOfEachProjectAndChangesNothing) {
  site.policy["instances"]["start"] = {{{"name", "keep-running"}}};
  const Ended ended = check();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(ended.out.find("project prod: 2 instances: 1 ACTIVE, 1 SHUTOFF\n"), std::string::npos)
      << ended.out;
  EXPECT_NE(ended.out.find("project dr: no instances\n"), std::string::npos) << ended.out;
  EXPECT_EQ(site.cloud.calls("start_instance"), 0);
}

TEST_F(CheckOnline, AProjectThatCannotBeAskedIsNamedAndHidesNoOther) {
  cut_off(0);
  const Ended ended = check();
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.err.find("project prod: "), std::string::npos) << ended.err;
  EXPECT_NE(ended.out.find("project dr: no instances\n"), std::string::npos) << ended.out;
  cut_off(1);
  EXPECT_EQ(check().status, 3);
}

TEST_F(CheckOnline, ARefusedPasswordIsSaid) {
  site.environment["DBSSD_TEST_PASSWORD"] = "not-the-password";
  const Ended ended = check();
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("password"), std::string::npos) << ended.err;
  EXPECT_EQ(ended.err.find("not-the-password"), std::string::npos) << ended.err;
}

TEST_F(CheckOnline, AsJsonItIsADocument) {
  cut_off(0);
  const json document = json::parse(check({"--output", "json"}).out);
  const json& prod = document["projects"][0];
  EXPECT_EQ(prod["project"], "prod");
  EXPECT_EQ(prod["answered"], false);
  EXPECT_FALSE(prod["error"].get<std::string>().empty());
  json dr = document["projects"][1];
  EXPECT_LE(std::abs(dr["clock_ahead_s"].get<int>()), 5);
  dr.erase("clock_ahead_s");
  EXPECT_EQ(dr, json({{"project", "dr"},
                      {"answered", true},
                      {"instances", json::object()},
                      {"problems", json::array()},
                      {"selected", json::object()},
                      {"findings", json::array()},
                      {"warnings", json::array()}}));
}

TEST_F(CheckOnline, WhatWillNotWorkIsFoundBeforeItDoesNot) {
  site.policy["instances"]["start"] = {{{"name", "keep-running"}}};
  site.policy["reports"] = {minutely(), minutely({{"name", "lost"}, {"template", {{"type", "GDPR"}}}}),
                            minutely({{"name", "idle"}, {"select", {{"name", {"nowhere-*"}}}}})};
  const Ended ended = check();
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.out.find("  start keep-running: 2 instances\n  report every-minute: 2 instances\n"),
            std::string::npos)
      << ended.out;
  EXPECT_NE(
      ended.err.find("project prod: error: report lost: the instance has no template of type GDPR: prod-a, "
                     "prod-off\n"),
      std::string::npos)
      << ended.err;
  EXPECT_NE(ended.err.find(": error: report idle: selects no instance\n"), std::string::npos) << ended.err;
  EXPECT_EQ(site.cloud.requested_reports().size(), 0U);
}

TEST_F(CheckOnline, AReportThatTheServiceMakesByItselfIsAWarning) {
  const json instance{{"name", "prod-b"},
                      {"templates", {{{"id", "t1"}, {"type", "SOX"}, {"scheduled", "WEEK"}}}}};
  site.cloud.control("POST", "/instances", {{"project", kProjectId}, {"instances", {instance}}});
  site.policy["reports"] = {minutely()};
  const Ended ended = check();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(ended.err.find("project prod: warning: report every-minute: the service makes this report by a "
                           "schedule of its own as well, by WEEK: prod-b\n"),
            std::string::npos)
      << ended.err;
}

TEST_F(CheckOnline, WhatIsDeniedIsNamed) {
  site.policy["reports"] = {minutely()};
  site.cloud.fault({{"kind", "status_before"},
                    {"status", 403},
                    {"call", "list_templates"},
                    {"error_code", "APIGW.0302"},
                    {"message", "denied by policy"}});
  const Ended ended = check();
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.err.find("not permitted: the templates cannot be listed: "), std::string::npos)
      << ended.err;
}

}  // namespace
}  // namespace integration
