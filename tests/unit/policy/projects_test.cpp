#include <gtest/gtest.h>

#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

/// The project's further keys start at the sixth line, indented by four.
constexpr std::string_view kProject =
    "version: 1\n"
    "projects:\n"
    "  - name: p\n"
    "    region: ap-southeast-3\n"
    "    auth: {method: ecs_agency}\n";

TEST(Project, DerivesItsEndpointsFromItsRegion) {
  const Project project = clean(kProject).projects.at(0);
  EXPECT_EQ(project.dbss_endpoint, "https://dbss.ap-southeast-3.myhuaweicloud.com");
  EXPECT_EQ(project.iam_endpoint, "https://iam.ap-southeast-3.myhuaweicloud.com");
}

TEST(Project, TakesEachEndpointThatIsGiven) {
  const Project both =
      clean(kProject + "    endpoints: {dbss: \"https://a:8443\", iam: \"http://127.0.0.1:18765/\"}\n")
          .projects.at(0);
  EXPECT_EQ(both.dbss_endpoint, "https://a:8443");
  EXPECT_EQ(both.iam_endpoint, "http://127.0.0.1:18765") << "without the slash";
  const Project one = clean(kProject + "    endpoints: {iam: https://a}\n").projects.at(0);
  EXPECT_EQ(one.dbss_endpoint, "https://dbss.ap-southeast-3.myhuaweicloud.com");
  EXPECT_EQ(one.iam_endpoint, "https://a");
}

TEST(Project, OfEuropeHasItsEndpointsInEurope) {
  const Project project =
      clean("version: 1\nprojects: [{name: p, region: eu-west-101, auth: {method: ecs_agency}}]\n")
          .projects.at(0);
  EXPECT_EQ(project.dbss_endpoint, "https://dbss.eu-west-101.myhuaweicloud.eu");
  EXPECT_EQ(project.iam_endpoint, "https://iam.eu-west-101.myhuaweicloud.eu");
}

TEST(Project, SaysByWhichPathsItsRegionAnswersOrLeavesItToBeFoundOut) {
  const auto style_of = [](const std::string& endpoints) {
    return clean(kProject + "    endpoints: " + endpoints + "\n").projects.at(0).path_style;
  };
  EXPECT_EQ(clean(kProject).projects.at(0).path_style, std::nullopt);
  EXPECT_EQ(style_of("{style: current}"), cloud::PathStyle::current);
  EXPECT_EQ(style_of("{style: legacy}"), cloud::PathStyle::legacy);
}

TEST(Project, HasTheDefaultsOfTheManual) {
  const Project project = clean(kProject).projects.at(0);
  EXPECT_EQ(project.project_id, std::nullopt);
  EXPECT_EQ(project.ca_file, std::nullopt);
  EXPECT_EQ(project.proxy, std::nullopt);
  EXPECT_EQ(project.limits, (Limits{10, 16, Seconds{30}}));
  EXPECT_EQ(project.api_time_zone, "UTC");
}

TEST(Project, IsReadWithAllItsKeys) {
  const std::string ca_file = testing::TempDir() + "policy_test_ca.pem";
  std::ofstream(ca_file) << "pem\n";
  const Project project = clean(kProject +
                                "    project_id: 5f1c0f4f4b5e4d0f9d2f7f2f8a1b2c3d\n"
                                "    tls: {ca_file: " +
                                ca_file +
                                "}\n"
                                "    limits: {requests_per_second: 1, in_flight: 256, timeout: 5m}\n"
                                "    api_time_zone: Asia/Shanghai\n")
                              .projects.at(0);
  EXPECT_EQ(project.name, ProjectName("p"));
  EXPECT_EQ(project.region, "ap-southeast-3");
  EXPECT_EQ(project.project_id, ProjectId("5f1c0f4f4b5e4d0f9d2f7f2f8a1b2c3d"));
  EXPECT_EQ(project.ca_file, ca_file);
  EXPECT_EQ(project.limits, (Limits{1, 256, Seconds{300}}));
  EXPECT_EQ(project.api_time_zone, "Asia/Shanghai");
}

TEST(Project, HasAProxyOfItsOwn) {
  const auto proxy_of = [](const std::string& text) {
    return clean(kProject + "    proxy: " + text + "\n").projects.at(0).proxy;
  };
  EXPECT_EQ(proxy_of("{url: none}"), (Proxy{"none", {}, {}}));
  EXPECT_EQ(proxy_of("{url: http://proxy.example:3128/}"), (Proxy{"http://proxy.example:3128", {}, {}}));
  EXPECT_EQ(proxy_of("{url: http://proxy, user: ops, password: {env: PATH}}"),
            (Proxy{"http://proxy", "ops", SecretSource{SecretSource::Kind::env, "PATH"}}));
}

TEST(Project, KeepsAnIdThatLooksLikeANumberAsItIsWritten) {
  const std::string id = "00000000000000000000000000000e12";
  EXPECT_EQ(clean(kProject + "    project_id: " + id + "\n").projects.at(0).project_id, ProjectId(id));
}

TEST(Project, IsHeldToItsForm) {
  expect_findings({
      {"nothing but itself",
       "version: 1\nprojects: [{}]\n",
       {"2:12: error: projects[0].name: is required", "2:12: error: projects[0].region: is required",
        "2:12: error: projects[0].auth: is required"}},
      {"a bad name",
       "version: 1\nprojects: [{name: a/b, region: cn-north-1, auth: {method: ecs_agency}}]\n",
       {"2:19: error: projects[0].name: must be 1 to 64 letters, digits, '-', '_' or '.', and start with a "
        "letter or "
        "digit"}},
      {"a style of paths that nobody has",
       kProject + "    endpoints: {style: former}\n",
       {"6:24: error: projects[0].endpoints.style: must be current or legacy"}},
      {"a short id",
       kProject + "    project_id: abc\n",
       {"6:17: error: projects[0].project_id: must be a project id: 32 to 64 letters, digits, '-' or '_'"}},
      {"plain http",
       kProject + "    endpoints:\n      dbss: http://dbss.example\n",
       {"7:13: error: projects[0].endpoints.dbss: must start with https://: plain http goes only to "
        "loopback"}},
      {"no ca_file", kProject + "    tls: {}\n", {"6:10: error: projects[0].tls.ca_file: is required"}},
      {"a ca_file that is gone",
       kProject + "    tls: {ca_file: /nope/ca.pem}\n",
       {"6:20: error: projects[0].tls.ca_file: cannot be read: No such file or directory"}},
      {"a ca_file that is a directory",
       kProject + "    tls: {ca_file: /tmp}\n",
       {"6:20: error: projects[0].tls.ca_file: must be a file of PEM certificates"}},
      {"a relative ca_file",
       kProject + "    tls: {ca_file: ca.pem}\n",
       {"6:20: error: projects[0].tls.ca_file: must be an absolute path"}},
      {"a proxy without an address",
       kProject + "    proxy: {}\n",
       {"6:12: error: projects[0].proxy.url: is required"}},
      {"a proxy with a password in its address",
       kProject + "    proxy: {url: \"http://ops:secret@proxy:3128\"}\n",
       {"6:18: error: projects[0].proxy.url: must not hold a user or password: give them as `user` and "
        "`password`"}},
      {"a proxy that is spoken to in TLS",
       kProject + "    proxy: {url: https://proxy:3128}\n",
       {"6:18: error: projects[0].proxy.url: must be none, or start with http://"}},
      {"a proxy's user without a password",
       kProject + "    proxy: {url: http://proxy, user: ops}\n",
       {"6:12: error: projects[0].proxy.password: is required beside the other of the two"}},
      {"a user of no proxy",
       kProject + "    proxy: {url: none, user: ops, password: {env: PATH}}\n",
       {"6:30: error: projects[0].proxy.user: is not used without a proxy: remove it"}},
      {"a user with a colon",
       kProject + "    proxy: {url: http://proxy, user: \"a:b\", password: {env: PATH}}\n",
       {"6:38: error: projects[0].proxy.user: must not hold a colon: it would end there"}},
      {"an IPv6 address",
       kProject + "    endpoints:\n      dbss: https://[::1]:8443\n",
       {"7:13: error: projects[0].endpoints.dbss: must name the host, not an IPv6 address"}},
      {"a proxy at an IPv6 address",
       kProject + "    proxy: {url: \"http://[::1]:3128\"}\n",
       {"6:18: error: projects[0].proxy.url: must name the host, not an IPv6 address"}},
      {"limits out of range",
       kProject + "    limits: {requests_per_second: 0, in_flight: 257, timeout: 6m}\n",
       {"6:35: error: projects[0].limits.requests_per_second: must be between 1 and 1000",
        "6:49: error: projects[0].limits.in_flight: must be between 1 and 256",
        "6:63: error: projects[0].limits.timeout: must be between 1s and 5m"}},
      {"an unknown zone",
       kProject + "    api_time_zone: GMT+8\n",
       {"6:20: error: projects[0].api_time_zone: there is no time zone 'GMT+8' in /usr/share/zoneinfo; did "
        "you mean "
        "Etc/GMT+8?"}},
  });
}

TEST(Region, ThatIsNotKnownGetsAWarning) {
  const auto in = [](std::string_view region) {
    return "version: 1\nprojects: [{name: p, region: " + std::string(region) +
           ", auth: {method: ecs_agency}}]\n";
  };
  expect_findings({
      {"near a known one",
       in("ap-southeast-33"),
       {"2:30: warning: projects[0].region: is no region that dbssd knows, did you mean 'ap-southeast-3'? "
        "[unknown-region]"}},
      {"near none",
       in("mars-1"),
       {"2:30: warning: projects[0].region: is no region that dbssd knows [unknown-region]"}},
      {"no host name",
       in("AP_1"),
       {"2:30: error: projects[0].region: must be the name of a region, as in ap-southeast-3"}},
  });
  EXPECT_EQ(read(in("mars-1")).policy->projects[0].iam_endpoint, "https://iam.mars-1.myhuaweicloud.com");
}

TEST(Projects, AreAtLeastOneAndNotTheSameTwice) {
  const std::string rest = ", region: cn-north-1, auth: {method: ecs_agency}";
  const std::string id = ", project_id: 5f1c0f4f4b5e4d0f9d2f7f2f8a1b2c3d";
  expect_findings({
      {"none", "version: 1\nprojects: []\n", {"2:11: error: projects: must have at least one project"}},
      {"left out", "version: 1\n", {"1:1: error: projects: is required"}},
      {"one name twice",
       "version: 1\nprojects:\n- {name: a" + rest + "}\n- {name: b" + rest + "}\n- {name: a" + rest + "}\n",
       {"5:10: error: projects[2].name: is taken already, by projects[0].name"}},
      {"one id twice",
       "version: 1\nprojects:\n- {name: a" + rest + id + "}\n- {name: b" + rest + id + "}\n",
       {"4:73: error: projects[1].project_id: is taken already, by projects[0].project_id"}},
      {"names differ in case",
       "version: 1\nprojects:\n- {name: a" + rest + "}\n- {name: A" + rest + "}\n",
       {}},
  });
}

}  // namespace
}  // namespace dbssd::policy
