// The main life of a report in every dialect that the service may speak: due, taken, its answer lost, the
// daemon killed in between, finished, archived. One daemon serves a project a dialect, each before a cloud of
// its own, and each dialect is a test of what became of it.
#include <signal.h>

#include <algorithm>
#include <map>
#include <memory>
#include <regex>
#include <set>

#include "integration/harness/site.h"
#include "simulator/dialect.h"

namespace integration {
namespace {

const std::string kSoxId = "t8g7LJgBTpKZyZbbeTgS";
const std::string kPciId = "uQg7LJgBTpKZyZbbiDhT";
const std::string kServersId = "wcg7LJgBTpKZyZbbnjhV";
const json kDatabases = {"Xcg7LJgBTpKZyZbbrThW", "YMg7LJgBTpKZyZbbuDhX"};

struct Spoken {
  std::string name;
  json behaviour;
};

// In these dialects nothing that is listed tells the reports of two templates over one window apart: as many
// are made and claimed as are asked for, and which is whose cannot be known.
const std::set<std::string> kAlike = {"mute", "odd", "seen_late"};

json behaviour_of(std::string_view words) {
  dbss_sim::Behaviour behaviour;
  EXPECT_EQ(dbss_sim::speak(words, behaviour), "");
  return json::parse(dbss_sim::spoken(behaviour));
}

// Every value of every axis that is not the default, the dialects that have names, and what only together is
// hard. A region of former times makes no reports: it has its own tests.
std::vector<Spoken> dialects() {
  std::vector<Spoken> all;
  for (const dbss_sim::Axis& axis : dbss_sim::axes()) {
    for (const std::string_view value : axis.values) {
      if (value == axis.values.front() || value == "legacy") continue;
      const std::string words = std::string(axis.name) + "=" + std::string(value);
      all.push_back({std::string(axis.name) + "_" + std::string(value), behaviour_of(words)});
    }
  }
  for (const dbss_sim::NamedDialect& named : dbss_sim::named_dialects()) {
    if (named.name != "regional") all.push_back({std::string(named.name), behaviour_of(named.name)});
  }
  const auto together = [&all](const std::string& name, std::string_view words, const json& more) {
    all.push_back({name, behaviour_of(words)});
    all.back().behaviour.update(more);
  };
  const json small{{"max_report_page", 3}};
  together("small_pages", "", small);
  together("small_pages_from_0", "page_base=0", small);
  together("small_pages_from_either", "page_base=both", small);
  together("small_pages_that_move", "report_drift=deleted,report_order=newest", small);
  together("small_pages_without_total", "total=absent", small);
  together("seen_late", "template_type=odd,report_name=odd", {{"report_visible_after", 2}});
  return all;
}

// A rule selects instances of some projects; by its template's type, where that can be found out.
json rule(const std::string& name, const json& of_template, const json& projects, const json& more) {
  json made = minutely({{"name", name}, {"missed", "all"}, {"deadline", "1d"}});
  made["template"] = of_template;
  made["select"] = {{"project", projects}};
  made.update(more);
  return made;
}

// One daemon before all of them. Each has two instances that others had reports of, and three rules: two for
// the same windows, one of them by its template's id, and one for named databases.
class World {
 public:
  World() : site(fleet_of({{{"name", "elsewhere"}}})), spoken(dialects()) {
    json by_type = json::array(), by_id = json::array();
    site.policy["instances"]["reconcile_interval"] = "1s";
    const json project = site.policy["projects"][0];
    site.policy["projects"] = json::array();
    for (std::size_t i = 0; i < spoken.size(); ++i) {
      const std::string name = spoken[i].name;
      const std::string number = std::to_string(1000 + i);
      json fleet = fleet_of({instance("a"), instance("b")}, {{"report_seconds", 1}});
      fleet["behaviour"].update(spoken[i].behaviour);
      fleet["projects"][0]["project_id"] = std::string(28, '0') + number;
      clouds.push_back(std::make_unique<Cloud>(fleet));
      json mine = project;
      mine["name"] = name;
      mine["project_id"] = fleet["projects"][0]["project_id"];
      mine["endpoints"] = {{"dbss", clouds.back()->url()}, {"iam", clouds.back()->url()}};
      mine["limits"] = {{"requests_per_second", 1000}, {"in_flight", 16}, {"timeout", "5s"}};
      if (spoken[i].behaviour.value("report_zone", "utc") == "instance")
        mine["api_time_zone"] = "Asia/Shanghai";
      site.policy["projects"].push_back(mine);
      (spoken[i].behaviour.value("templates", "whole") == "unlisted" ? by_id : by_type).push_back(name);
    }
    const json archive{{"archive", {{"directory", site.directory.file("archive")}}}};
    site.policy["reports"] = {
        rule("sox", {{"id", kSoxId}}, {"*"}, archive), rule("pci", {{"type", "PCI"}}, by_type, archive),
        rule("servers", {{"type", "DB_ANALYSIS"}}, by_type, {{"databases", kDatabases}})};
    // No name at all would be every project's.
    if (!by_id.empty()) site.policy["reports"].push_back(rule("pci-by-id", {{"id", kPciId}}, by_id, archive));
  }

  static json instance(const std::string& name) {
    json there = json::array();
    for (const char* day : {"11", "12", "13", "14"}) {
      there.push_back({{"start_time", std::string("2025-08-") + day + " 00:00:00"},
                       {"end_time", "2025-08-20 00:00:00"},
                       {"type", day == std::string("12") ? "AUDIT_REPORT_REAL_TIME" : "AUDIT_REPORT_DAY"}});
    }
    return {{"name", name}, {"reports", there}};
  }

  // From the first sight of the instances to the last report in the archive.
  void live() {
    EXPECT_EQ(site.run_once().status, 0);
    site.age_schedules(std::chrono::minutes{2});
    open_what_is_due();
    lose_answers_and_be_killed();
    Daemon daemon = site.daemon();
    // What is not done by then, the tests name.
    (void)settles([this] { return count("outcome IS NULL OR archive_pending = 1"); });
    daemon.stop();
  }

  int count(const std::string& where) const {
    return std::stoi(site.query("SELECT count(*) FROM run WHERE " + where).at(0));
  }
  int requested() {
    int all = 0;
    for (const auto& cloud : clouds) all += cloud->truth("counts")["reports"].get<int>();
    return all;
  }

  Site site;
  std::vector<Spoken> spoken;
  std::vector<std::unique_ptr<Cloud>> clouds;  // of each that is spoken

 private:
  // The times are opened, and nothing is sent: no project can be asked.
  void open_what_is_due() {
    const json projects = site.policy["projects"];
    for (json& project : site.policy["projects"])
      project["endpoints"] = {{"dbss", "http://127.0.0.1:1"}, {"iam", "http://127.0.0.1:1"}};
    EXPECT_EQ(site.run_once().status, 3);
    site.policy["projects"] = projects;
    site.retire_schedules();
  }

  // Waits until `left` is 0, or has not become less for a while.
  template <class Left>
  static bool settles(const Left& left) {
    int before = left();
    while (before != 0) {
      int now = before;
      if (!eventually([&] { return (now = left()) < before; }, kSlowness * seconds{90})) return false;
      before = now;
    }
    return true;
  }

  // Every report is made; of two calls a project the answer is a proxy's, and of three none has come when the
  // daemon dies.
  void lose_answers_and_be_killed() {
    for (const auto& cloud : clouds) {
      cloud->fault({{"kind", "status_after"}, {"status", 502}, {"call", "create_report"}, {"times", 2}});
      cloud->fault({{"kind", "slow"}, {"seconds", 60}, {"call", "create_report"}, {"times", 3}});
    }
    const int wanted = count("1");
    Child child = site.begin({"run"});
    (void)settles([&] { return wanted - requested(); });
    child.signal(SIGKILL);
    EXPECT_EQ(child.wait(kPatience), 128 + SIGKILL);
    for (const auto& cloud : clouds) cloud->remove_faults();
  }
};

class InDialect : public testing::TestWithParam<Spoken> {
 protected:
  static void SetUpTestSuite() {
    world = std::make_unique<World>();
    world->live();
  }
  static void TearDownTestSuite() { world.reset(); }

  static std::unique_ptr<World> world;
};
std::unique_ptr<World> InDialect::world;
INSTANTIATE_TEST_SUITE_P(Of, InDialect, testing::ValuesIn(dialects()),
                         [](const auto& row) { return row.param.name; });

TEST_P(InDialect, EachWindowHasOneReportAndEachRunIsFinished) {
  const World& all = *world;
  const std::string name = GetParam().name;
  const auto at = std::find_if(all.spoken.begin(), all.spoken.end(),
                               [&](const Spoken& spoken) { return spoken.name == name; });
  Cloud& cloud = *all.clouds[static_cast<std::size_t>(at - all.spoken.begin())];
  const std::vector<std::string> open = all.site.query(
      "SELECT report, state, reason FROM run WHERE outcome IS NOT 'finished' AND project = '" + name + "'");
  EXPECT_EQ(open, std::vector<std::string>{});

  std::multiset<std::string> made;
  for (const json& window : cloud.truth("windows")) {
    EXPECT_EQ(window["reports"], 1) << window;
    EXPECT_EQ(window["finished"], 1) << window;
    made.insert(window["instance_id"].get<std::string>() + ' ' + window["begin"].dump() + ' ' +
                window["end"].dump() + ' ' + window["template_id"].get<std::string>());
  }
  EXPECT_GE(made.size(), 8U);
  const std::vector<std::string> asked_for = all.site.query(
      "SELECT instance, window_begin, window_end, template_id FROM run WHERE project = '" + name + "'");
  EXPECT_EQ(made, std::multiset<std::string>(asked_for.begin(), asked_for.end()));

  if (kAlike.contains(name)) return;
  for (const std::string& path :
       all.site.query("SELECT archived FROM run WHERE report <> 'servers' AND project = '" + name + "'")) {
    EXPECT_TRUE(read_file(path).starts_with("%PDF")) << path;
  }
}

class FormerRegion : public testing::Test {
 protected:
  FormerRegion()
      : site(fleet_of({{{"name", "prod-a"}}, {{"name", "prod-off"}, {"status", "SHUTOFF"}}},
                      {{"paths", "legacy"}})) {
    site.policy["instances"]["start"] = {{{"name", "keep-running"}}};
    site.policy["summary"]["busi_types"] = {"audit"};
    site.policy["reports"] = {minutely({{"name", "by-type"}, {"select", {{"name", {"prod-a"}}}}}),
                              minutely({{"name", "by-id"},
                                        {"template", {{"type", nullptr}, {"id", kSoxId}}},
                                        {"select", {{"name", {"prod-a"}}}}})};
  }
  Site site;
};

TEST_F(FormerRegion, HasItsInstancesStartedAndSaysWhatItCannotDo) {
  (void)site.run_once();
  site.cloud.advance(60);
  site.age_schedules(std::chrono::minutes{5});
  (void)site.run_once();
  site.retire_schedules();
  const std::vector<json> log = site.all_logs();
  EXPECT_EQ(events(log, "instance.start_confirmed").size(), 1U);
  EXPECT_EQ(events(log, "cloud.legacy_paths").size(), 2U) << "once a process";
  EXPECT_EQ(site.cloud.calls("create_report"), 0);
  const std::vector<std::string> reasons =
      site.query("SELECT DISTINCT reason FROM run WHERE report = 'by-type' AND outcome IS NULL");
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_NE(reasons[0].find("reports cannot be made by dbssd in this region"), std::string::npos)
      << reasons[0];
}

TEST_F(FormerRegion, IsAskedOnceForPathsThatItHasNotAndAReloadDoesNotAskAgain) {
  site.policy["instances"]["reconcile_interval"] = "1s";
  Daemon daemon = site.daemon();
  EXPECT_TRUE(daemon.says("cloud.legacy_paths"));
  const auto by_current_paths = [this]() -> int {
    return site.cloud.truth("calls")["total"]["list_instances"]["status"].value("404", 0);
  };
  EXPECT_TRUE(daemon.says("cycle.finished", {}, 2));
  const int before = by_current_paths();
  site.policy["projects"][0]["limits"]["in_flight"] = 4;
  site.write_policy();
  daemon.child.signal(SIGHUP);
  EXPECT_TRUE(daemon.says("service.reloaded"));
  const std::size_t cycles = events(daemon.log(), "cycle.finished").size();
  EXPECT_TRUE(daemon.says("cycle.finished", {}, cycles + 2));
  EXPECT_GE(before, 1);
  EXPECT_EQ(by_current_paths(), before);
  EXPECT_EQ(events(daemon.log(), "cloud.legacy_paths").size(), 1U);
  daemon.stop();
}

TEST_F(FormerRegion, IsFoundByCheckOnline) {
  const Ended ended = site.command({"check", "--online"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.out.find("project prod: 2 instances"), std::string::npos) << ended.out;
  EXPECT_NE(ended.err.find("reports cannot be made by dbssd in this region"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("the summary task audit cannot be read"), std::string::npos) << ended.err;
}

TEST(UserAgent, OfEveryRequestIsTheProgramsOwn) {
  Site site(fleet_of({{{"name", "prod-a"}}}));
  EXPECT_EQ(site.run_once().status, 0);
  std::set<std::string> agents;
  const json log = site.cloud.control("GET", "/requests?last=1000")["requests"];
  for (const json& request : log) agents.insert(request["user_agent"]);
  ASSERT_EQ(agents.size(), 1U);
  EXPECT_TRUE(std::regex_match(*agents.begin(), std::regex("dbssd/[0-9]+\\.[0-9]+\\.[0-9]+")))
      << *agents.begin();
}

}  // namespace
}  // namespace integration
