#include <gtest/gtest.h>

#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

TEST(Policy, OfProjectsAloneHasTheDefaultsOfTheManual) {
  const Policy policy = clean(kBase);
  EXPECT_EQ(policy.time_zone, "UTC");
  EXPECT_EQ(policy.instances, (Instances{5min, {}}));
  EXPECT_EQ(policy.creation_jobs, (CreationJobs{15s, 1h, {}}));
  EXPECT_EQ(policy.summary, (Summary{{cloud::BusiType::audit, cloud::BusiType::risk}, 10min}));
  EXPECT_TRUE(policy.reports.empty());
  EXPECT_EQ(policy.state, (State{"/var/lib/dbssd/state.db", days{400}}));
  EXPECT_EQ(policy.log, (Log{Log::Format::json, Log::Level::info, std::nullopt}));
  EXPECT_EQ(policy.status, std::nullopt);
}

TEST(Policy, IsReadFromJsonAsWell) {
  EXPECT_EQ(clean(R"({"version": 1, "projects": [{"name": "p", "region": "cn-north-1",
                      "auth": {"method": "ecs_agency"}}], "log": {"level": "debug"}})")
                .log.level,
            Log::Level::debug);
}

TEST(Version, IsOne) {
  const auto with = [](std::string_view version) {
    return "version: " + std::string(version) + std::string(kBase.substr(10));
  };
  expect_findings({
      {"one", with("1"), {}},
      {"another", with("2"), {"1:10: error: version: must be 1: this dbssd reads no other version"}},
      {"none", with("0"), {"1:10: error: version: must be between 1 and 1000000"}},
      {"quoted", with("'1'"), {"1:10: error: version: must be a number without quotes"}},
      {"two numbers", with("1.0"), {"1:10: error: version: must be a whole number in plain decimal digits"}},
      {"left out", std::string(kBase.substr(11)), {"1:1: error: version: is required"}},
  });
}

TEST(TimeZone, IsOneThatTheSystemKnows) {
  EXPECT_EQ(clean(kBase + "time_zone: Asia/Shanghai\n").time_zone, "Asia/Shanghai");
  expect_findings({
      {"a slip",
       kBase + "time_zone: Asia/Shangai\n",
       {"3:12: error: time_zone: there is no time zone 'Asia/Shangai' in /usr/share/zoneinfo; did you mean "
        "Asia/Shanghai?"}},
      {"a rule",
       kBase + "time_zone: EST5EDT,M3.2.0,M11.1.0\n",
       {"3:12: error: time_zone: 'EST5EDT,M3.2.0,M11.1.0' is no IANA time zone name"}},
  });
}

TEST(TimeZone, OfManyThatAreUnknownIsLookedUpForSomeAlone) {
  std::string yaml = kBase + "reports:\n";
  for (int i = 0; i < 100; ++i) {
    yaml += "- {name: r" + std::to_string(i) + ", template: {type: SOX}, schedule: \"@daily\", time_zone: X" +
            std::to_string(i) + "}\n";
  }
  EXPECT_EQ(lines_of(yaml).size(), 20U);
}

TEST(CreationJobs, AreReadAndHeldToTheirForm) {
  EXPECT_EQ(clean(kBase + "creation_jobs: {poll_interval: 1s, deadline: 7d, resource_ids: [a, 0b]}\n")
                .creation_jobs,
            (CreationJobs{1s, days{7}, {ResourceId("a"), ResourceId("0b")}}));
  expect_findings({
      {"out of range",
       kBase + "creation_jobs: {poll_interval: 61m, deadline: 0s}\n",
       {"3:32: error: creation_jobs.poll_interval: must be between 1s and 1h",
        "3:47: error: creation_jobs.deadline: must be between 1s and 7d"}},
      {"ids that are none",
       kBase + "creation_jobs: {resource_ids: [a, a, 'b c', {}]}\n",
       {"3:35: error: creation_jobs.resource_ids[1]: is in the list already",
        "3:38: error: creation_jobs.resource_ids[2]: must be an id: 1 to 64 letters, digits, '-' or '_'",
        "3:45: error: creation_jobs.resource_ids[3]: must be text, not a map"}},
  });
}

TEST(Summary, IsReadAndHeldToItsForm) {
  EXPECT_EQ(clean(kBase + "summary: {busi_types: [risk], poll_interval: 1m}\n").summary,
            (Summary{{cloud::BusiType::risk}, 1min}));
  EXPECT_TRUE(clean(kBase + "summary: {busi_types: []}\n").summary.busi_types.empty());
  expect_findings({
      {"unknown and repeated types",
       kBase + "summary: {busi_types: [audits, risk, risk]}\n",
       {"3:24: error: summary.busi_types[0]: must be audit or risk, did you mean 'audit'?",
        "3:38: error: summary.busi_types[2]: is in the list already"}},
      {"a type without a list",
       kBase + "summary: {busi_types: audit, poll_interval: 25h}\n",
       {"3:23: error: summary.busi_types: must be a list, not text",
        "3:45: error: summary.poll_interval: must be between 1s and 1d"}},
  });
}

TEST(State, IsReadAndHeldToItsForm) {
  EXPECT_EQ(clean(kBase + "state: {path: /srv/state.db, keep: 31d}\n").state,
            (State{"/srv/state.db", days{31}}));
  expect_findings({
      {"a relative path",
       kBase + "state: {path: state.db, keep: 23h}\n",
       {"3:15: error: state.path: must be an absolute path",
        "3:31: error: state.keep: must be between 1d and 36500d"}},
      {"a path that is a list",
       kBase + "state: {path: [/a]}\n",
       {"3:15: error: state.path: must be text, not a list"}},
  });
}

TEST(State, MustBeKeptForAsLongAsAnythingDependsOnIt) {
  const std::string report =
      kBase + "reports: [{name: r, template: {type: SOX}, schedule: \"@daily\", deadline: 30d}]\n";
  const std::string start = kBase + "instances: {start: [{name: s, flap: {within: 10d, hold: 20d}}]}\n";
  expect_findings({
      {"a deadline",
       report + "state: {keep: 29d}\n",
       {"4:15: error: state.keep: must be at least as long as the deadline of report 'r' (30d)"}},
      {"as long as it", report + "state: {keep: 30d}\n", {}},
      {"a flap's span and hold",
       start + "state: {keep: 9d}\n",
       {"4:15: error: state.keep: must be at least as long as flap.within of start rule 's' (10d)",
        "4:15: error: state.keep: must be at least as long as flap.hold of start rule 's' (20d)"}},
      {"wherever it stands",
       "state: {keep: 29d}\n" + report,
       {"1:15: error: state.keep: must be at least as long as the deadline of report 'r' (30d)"}},
  });
}

TEST(Log, IsReadAndHeldToItsForm) {
  EXPECT_EQ(clean(kBase + "log: {format: text, level: warning, file: /var/log/d.log}\n").log,
            (Log{Log::Format::text, Log::Level::warning, "/var/log/d.log"}));
  EXPECT_EQ(clean(kBase + "log: {format: journald, level: error}\n").log,
            (Log{Log::Format::journald, Log::Level::error, std::nullopt}));
  expect_findings({
      {"words that are none",
       kBase + "log: {format: yaml, level: warn}\n",
       {"3:15: error: log.format: must be json, text or journald",
        "3:28: error: log.level: must be debug, info, warning or error, did you mean 'warning'?"}},
      {"a relative file",
       kBase + "log: {file: d.log}\n",
       {"3:13: error: log.file: must be an absolute path"}},
      {"a file beside journald",
       kBase + "log: {file: /d.log, format: journald}\n",
       {"3:13: error: log.file: is not used by the format journald: remove one of both"}},
  });
}

TEST(Status, IsANumericAddressAndAPort) {
  const auto listening = [](std::string_view where) {
    return clean(kBase + "status: {listen: " + std::string(where) + "}\n").status;
  };
  EXPECT_EQ(listening("127.0.0.1:9464"), (Status{"127.0.0.1", 9464}));
  EXPECT_EQ(listening("\"[::1]:1\""), (Status{"::1", 1}));
  EXPECT_EQ(listening("127.0.0.1:0"), (Status{"127.0.0.1", 0}));
  const std::string form =
      ": error: status.listen: must be a numeric address and a port, as in 127.0.0.1:9464 or [::1]:9464";
  const std::string port = ": error: status.listen: must have a port between 0 and 65535";
  for (const std::string_view text :
       {"localhost:1", "':1'", "127.0.0.1", "'::1:1'", "'[127.0.0.1]:1'", "'[::1]'", "256.0.0.1:1",
        "'127.0.0.1 :1'", "'[::1%lo]:1'", "'[]:1'", "'*:1'", "1"}) {
    EXPECT_THAT(lines_of(kBase + "status: {listen: " + std::string(text) + "}\n"),
                testing::ElementsAre("3:18" + form))
        << text;
  }
  for (const std::string_view text :
       {"'127.0.0.1:'", "127.0.0.1:-1", "127.0.0.1:65536", "127.0.0.1:09", "127.0.0.1:x"}) {
    EXPECT_THAT(lines_of(kBase + "status: {listen: " + std::string(text) + "}\n"),
                testing::ElementsAre("3:18" + port))
        << text;
  }
  expect_findings({{"without it", kBase + "status: {}\n", {"3:9: error: status.listen: is required"}}});
}

TEST(Status, OpenToOtherHostsGetsAWarning) {
  for (const std::string_view text : {"0.0.0.0:1", "192.0.2.1:1", "'[::]:1'"}) {
    EXPECT_THAT(lines_of(kBase + "status: {listen: " + std::string(text) + "}\n"),
                testing::ElementsAre(
                    "3:18: warning: status.listen: is open to other hosts: the status page has neither "
                    "encryption nor passwords [open-status]"));
  }
  EXPECT_THAT(lines_of(kBase + "status: {listen: 127.8.8.8:1}\n"), testing::IsEmpty());
}

}  // namespace
}  // namespace dbssd::policy
