// The log, as an operator and as a machine read it.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <regex>
#include <sstream>

#include "integration/harness/site.h"

namespace integration {
namespace {

// What a name can try: a line of its own, another field, an escape sequence of a terminal.
const std::string kForger =
    "x\nts=2025-01-01T00:00:00.000Z level=error event=instance.vanished\t\"}{\x1b[2J\x7f";

TEST(Log, ANameFromTheCloudForgesNoLineInJson) {
  Site site(fleet_of({{{"name", kForger}}, {{"name", "prod-a"}}}));
  const std::vector<json> log = site.run_once().log();  // expects an object on each line
  EXPECT_EQ(events(log, "instance.seen", {{"instance_name", kForger}}).size(), 1U);
  EXPECT_TRUE(events(log, "instance.vanished").empty());
}

TEST(Log, ANameFromTheCloudForgesNoLineInText) {
  Site site(fleet_of({{{"name", kForger}}, {{"name", "prod-a"}}}));
  site.policy["log"]["format"] = "text";
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.out.find('\x1b'), std::string::npos);
  const std::regex line(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ +[a-z]+\.[a-z_]+ +msg=.*)");
  std::istringstream lines(ended.out);
  int count = 0;
  for (std::string text; std::getline(lines, text); ++count)
    EXPECT_TRUE(std::regex_match(text, line)) << text;
  EXPECT_GE(count, 3);
}

TEST(Log, ANameFromTheCloudForgesNoLineOfAPlan) {
  Site site(fleet_of({{{"name", kForger}}, {{"name", "prod-a"}}}));
  const Ended ended = site.command({"plan"});
  EXPECT_EQ(ended.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(ended.out.find("\nts="), std::string::npos) << ended.out;
}

TEST(Log, EveryLineCarriesWhenWhatAndHowGrave) {
  Site site(fleet_of({{{"name", "prod-a"}, {"status", "SHUTOFF"}}}));
  site.policy["instances"]["start"] = {{{"name", "keep-running"}}};
  const std::vector<json> log = site.run_once().log();
  ASSERT_GE(log.size(), 4U);
  for (const json& line : log) {
    EXPECT_TRUE(std::regex_match(line.value("ts", ""), std::regex(R"(\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z)")))
        << line;
    EXPECT_TRUE(line.contains("level") && line.contains("msg")) << line;
  }
  const json accepted = events(log, "instance.start_accepted")[0];
  EXPECT_EQ(accepted["project"], "prod");
  EXPECT_EQ(accepted["instance_name"], "prod-a");
  EXPECT_TRUE(accepted["duration_ms"].is_number());
  const json requested = events(log, "instance.start_requested")[0];
  EXPECT_EQ(requested["reason"], "it is SHUTOFF and rule keep-running keeps it running");
}

TEST(Log, ATransitionIsOneLineHoweverOftenItIsSeen) {
  Site site(fleet_of({{{"name", "prod-a"}}}));
  site.policy["instances"]["reconcile_interval"] = "1s";
  site.policy["log"]["level"] = "info";
  Daemon daemon = site.daemon();
  ASSERT_TRUE(eventually([&] { return site.cloud.calls("list_instances") >= 4; }, kPatience));
  site.cloud.change("prod-a", {{"status", "SHUTOFF"}});
  ASSERT_TRUE(daemon.says("instance.changed"));
  const int listed = site.cloud.calls("list_instances");
  ASSERT_TRUE(eventually([&] { return site.cloud.calls("list_instances") >= listed + 3; }, kPatience));
  EXPECT_EQ(events(daemon.log(), "instance.seen").size(), 1U);
  EXPECT_EQ(events(daemon.log(), "instance.changed").size(), 1U);
  EXPECT_EQ(daemon.log().size(), 5U) << daemon.out();  // started, ready, renewed, seen, changed
}

TEST(Log, AFileIsBegunAnewAfterItWasRotatedAway) {
  Site site(fleet_of({{{"name", "prod-a"}}}));
  const std::string path = site.directory.file("dbssd.log");
  site.policy["log"]["file"] = path;
  Child child = site.begin({"run"});
  const auto says = [&](const std::string& event) {
    return eventually([&] { return !events(parse_log(read_file(path)), event).empty(); }, kPatience);
  };
  ASSERT_TRUE(says("service.ready"));
  ASSERT_EQ(std::rename(path.c_str(), (path + ".1").c_str()), 0);
  child.signal(SIGHUP);
  EXPECT_TRUE(says("service.reloaded"));
  EXPECT_TRUE(events(parse_log(read_file(path)), "service.started").empty());
}

const std::string kMonitoring = DBSSD_SOURCE_DIR "/config/monitoring/";

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream lines(text);
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  return all;
}

TEST(Log, LogrotateTellsNobodyAndEachLineIsInOneFileOrTheOther) {
  if (::access("/usr/sbin/logrotate", X_OK) != 0) GTEST_SKIP() << "no logrotate on this host";
  Site site(fleet_of({{{"name", "prod-a"}}}));
  site.policy["instances"]["reconcile_interval"] = "1s";
  const std::string path = site.directory.file("dbssd.log");
  site.policy["log"] = {{"format", "json"}, {"file", path}};
  Child child = site.begin({"run"});
  const auto log_of = [&](const std::string& prefix) {
    std::vector<json> all;
    for (const auto& entry : std::filesystem::directory_iterator(site.directory.path()))
      if (entry.path().filename().string().starts_with(prefix))
        for (json& line : parse_log(read_file(entry.path().string()))) all.push_back(std::move(line));
    return all;
  };
  ASSERT_TRUE(eventually([&] { return !events(log_of("dbssd.log"), "instance.seen").empty(); }, kPatience));

  // As it is shipped, but for where and whose the files are.
  std::string rules =
      std::regex_replace(read_file(kMonitoring + "logrotate.conf"), std::regex("\\tsu .*\n"), "");
  rules = std::regex_replace(rules, std::regex("/var/log/dbssd"), site.directory.path());
  write_file(site.directory.file("logrotate.conf"), rules);
  Child rotation({"/usr/sbin/logrotate", "--force", "--state", site.directory.file("rotated"),
                  site.directory.file("logrotate.conf")},
                 {{"PATH", "/usr/bin:/bin"}}, site.directory.file("rotation"),
                 site.directory.file("rotation"));
  ASSERT_EQ(rotation.wait(kPatience), 0) << read_file(site.directory.file("rotation"));
  EXPECT_FALSE(events(log_of("dbssd.log-"), "service.started").empty()) << "nothing was rotated";

  site.cloud.change("prod-a", {{"status", "SHUTOFF"}});
  ASSERT_TRUE(
      eventually([&] { return !events(log_of("dbssd.log"), "instance.changed").empty(); }, kPatience));
  site.cloud.change("prod-a", {{"status", "ACTIVE"}});
  ASSERT_TRUE(eventually([&] { return events(parse_log(read_file(path)), "instance.changed").size() >= 1; },
                         kPatience));
  EXPECT_TRUE(
      eventually([&] { return events(log_of("dbssd.log"), "instance.changed").size() == 2; }, kPatience));
  EXPECT_EQ(events(log_of("dbssd.log"), "service.started").size(), 1U);
}

// What a program says that begins on a terminal.
std::string said_to_a_terminal(Site& site, const std::map<std::string, std::string>& environment) {
  site.policy["log"] = {{"format", "text"}, {"level", "debug"}};
  site.write_policy();
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  EXPECT_TRUE(terminal >= 0 && ::grantpt(terminal) == 0 && ::unlockpt(terminal) == 0);
  std::string said;
  {
    const std::string name = ::ptsname(terminal);
    auto all = site.environment;
    for (const auto& [key, value] : environment) all[key] = value;
    Child child({DBSSD_PROGRAM, "run", "--once", "--policy", site.policy_path()}, all, name,
                site.directory.file("err"));
    const auto read_on = [&] {
      std::array<char, 4096> part{};
      for (ssize_t size = 0; (size = ::read(terminal, part.data(), part.size())) > 0;)
        said.append(part.data(), static_cast<std::size_t>(size));
    };
    EXPECT_TRUE(eventually([&] { return read_on(), !child.runs(); }, kPatience));
    EXPECT_EQ(child.wait(kPatience), 0) << read_file(site.directory.file("err"));
    read_on();
  }
  ::close(terminal);
  site.expect_shows_no_secret(said);
  return said;
}

TEST(Log, LevelsAreColouredOnATerminalThatCanAndWhereNobodyForbidsIt) {
  if (::access("/dev/pts/ptmx", F_OK) != 0) GTEST_SKIP() << "this host has no pseudo terminals";
  Site site(fleet_of({{{"name", "prod-a"}}}));
  const std::string colour = "\x1b[2mDEBUG\x1b[0m   cycle.finished";
  const std::string shown = said_to_a_terminal(site, {{"TERM", "xterm"}});
  EXPECT_NE(shown.find(colour), std::string::npos) << shown;
  for (const std::map<std::string, std::string>& plain :
       {std::map<std::string, std::string>{{"TERM", "xterm"}, {"NO_COLOR", "1"}}, {{"TERM", "dumb"}}, {}}) {
    const std::string said = said_to_a_terminal(site, plain);
    EXPECT_NE(said.find("DEBUG   cycle.finished"), std::string::npos) << said;
    EXPECT_EQ(said.find('\x1b'), std::string::npos) << said;
  }
}

TEST(Log, WhatEachPollBringsAgainIsSaidOnceAndSummedUpAtTheEnd) {
  Site site(fleet_of({{{"name", "prod-a"}}}));
  site.policy["creation_jobs"] = {{"poll_interval", "1s"}, {"resource_ids", {"resource-1"}}};
  site.cloud.fault({{"kind", "status_before"},
                    {"status", 200},
                    {"call", "list_jobs"},
                    {"text", R"({"jobs": [{}], "total": 1})"}});
  Daemon daemon = site.daemon();
  ASSERT_TRUE(eventually([&] { return site.cloud.calls("list_jobs") >= 4; }, kPatience));
  daemon.stop();
  const std::vector<json> said = events(daemon.log(), "cloud.malformed");
  ASSERT_EQ(said.size(), 2U) << daemon.out();
  EXPECT_TRUE(std::regex_search(said[1].value("msg", ""), std::regex("; [0-9]+ times more within [0-9]+s$")))
      << said[1];
}

TEST(Log, TheShippedQueriesAnswerFromARealLog) {
  if (::access("/usr/bin/jq", X_OK) != 0) GTEST_SKIP() << "no jq on this host";
  Site site(fleet_of({{{"name", "prod-a"}, {"status", "SHUTOFF"}}, {{"name", "prod-b"}}},
                     {{"start_seconds", 0}, {"report_seconds", 0}}));
  site.policy["instances"] = {{"reconcile_interval", "1s"}, {"start", {{{"name", "keep-running"}}}}};
  site.policy["reports"] = {minutely()};
  (void)site.run_once();
  site.age_schedules(std::chrono::minutes{5});
  Daemon daemon = site.daemon();
  ASSERT_TRUE(daemon.says("report.finished") && daemon.says("instance.start_confirmed")) << daemon.out();
  daemon.stop();
  std::string log;
  for (const json& line : site.all_logs()) log += line.dump() + '\n';
  // Of each level one, which a log that went well has not.
  log += R"({"ts":"2025-03-09T07:00:00.123Z","level":"warning","event":"report.missed","msg":"x"})"
         "\n";
  write_file(site.directory.file("dbssd.log"), log);

  int asked = 0;
  for (const std::string& line : lines_of(read_file(kMonitoring + "journal-queries.md"))) {
    if (!line.starts_with("jq ")) continue;
    const std::string out = site.directory.file("answer-" + std::to_string(++asked));
    Child query({"/bin/sh", "-c", "cd " + site.directory.path() + " && " + line}, {{"PATH", "/usr/bin:/bin"}},
                out, out + ".err");
    EXPECT_EQ(query.wait(kPatience), 0) << line << '\n' << read_file(out + ".err");
    EXPECT_NE(read_file(out), "") << line << " finds nothing";
  }
  EXPECT_GE(asked, 5);
}

}  // namespace
}  // namespace integration
