// The log, as an operator and as a machine read it.
#include <csignal>
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
  const std::regex line(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ +[a-z]+\.[a-z_]+( .*)?)");
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

}  // namespace
}  // namespace integration
