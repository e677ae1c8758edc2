// Reports that are due: which are asked for, with what, and when.
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>

#include "integration/harness/site.h"

namespace integration {
namespace {

const std::string kSox = "t8g7LJgBTpKZyZbbeTgS";
const std::string kPci = "uQg7LJgBTpKZyZbbiDhT";
const std::string kGeneral = "vMg7LJgBTpKZyZbbkzhU";
const std::string kServers = "wcg7LJgBTpKZyZbbnjhV";

// Every schedule has come due since the run before: a run, and an hour that passes as far as the journal
// knows. Nothing more comes due afterwards, so that no minute that ends meanwhile changes a count.
Ended run_when_due(Site& site, seconds after = std::chrono::hours{1}) {
  EXPECT_EQ(site.run_once().status, 0);
  site.age_schedules(after);
  Ended ended = site.run_once();
  site.retire_schedules();
  return ended;
}

// As coreutils have it.
std::string sha256sum(const std::string& path) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(("sha256sum " + path).c_str(), "r"), ::pclose);
  std::array<char, 64> digest{};
  const std::size_t size = pipe ? std::fread(digest.data(), 1, digest.size(), pipe.get()) : 0;
  EXPECT_EQ(size, digest.size()) << path;
  return {digest.data(), size};
}

class Reports : public testing::Test {
 protected:
  Reports() : site(fleet_of({{{"name", "prod-a"}}, {{"name", "prod-b"}}})) {}
  Site site;
};

TEST_F(Reports, ATemplateIsFoundByItsTypeItsNameOrItsId) {
  site.policy["reports"] = {
      minutely({{"name", "sox"}, {"template", {{"type", "SOX"}}}}),
      minutely({{"name", "pci"}, {"template", {{"type", "PCI"}}}}),
      minutely({{"name", "general"},
                {"template", {{"type", nullptr}, {"name", "Database security general report"}}}}),
      minutely({{"name", "servers"}, {"template", {{"type", nullptr}, {"id", kServers}}}})};
  const Ended ended = run_when_due(site);
  EXPECT_EQ(ended.status, 0) << ended.err;
  std::set<std::string> asked_for;
  for (const json& report : site.cloud.requested_reports("prod-a")) asked_for.insert(report["template_id"]);
  EXPECT_EQ(asked_for, (std::set<std::string>{kSox, kPci, kGeneral, kServers}));
  EXPECT_EQ(site.cloud.requested_reports().size(), 8U);
}

TEST_F(Reports, AReportIsFinishedWhenItIsListedAtAHundredPercentAndNotBefore) {
  site.policy["reports"] = {minutely({{"select", {{"name", {"prod-a"}}}}})};
  const Ended due = run_when_due(site);
  EXPECT_EQ(events(due.log(), "report.accepted").size(), 1U);
  EXPECT_TRUE(events(due.log(), "report.finished").empty());
  site.cloud.advance(10);
  EXPECT_TRUE(events(site.run_once().log(), "report.finished").empty());
  site.cloud.advance(60);
  EXPECT_EQ(events(site.run_once().log(), "report.finished").size(), 1U);
  EXPECT_EQ(site.query("SELECT DISTINCT outcome FROM run WHERE state = 'settled' AND attempts > 0"),
            std::vector<std::string>{"finished"});
}

TEST_F(Reports, OnlySelectedInstancesAreReportedOnAndOnlyTheirNamedDatabases) {
  site.policy["reports"] = {minutely(
      {{"select", {{"name", {"*-b"}}}}, {"databases", {"Xcg7LJgBTpKZyZbbrThW", "YMg7LJgBTpKZyZbbuDhX"}}})};
  (void)run_when_due(site);
  EXPECT_TRUE(site.cloud.requested_reports("prod-a").empty());
  const json reports = site.cloud.requested_reports("prod-b");
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0]["db_ids"], "Xcg7LJgBTpKZyZbbrThW,YMg7LJgBTpKZyZbbuDhX");
}

TEST_F(Reports, TheWindowIsTheDayBeforeInTheSchedulesZone) {
  site.policy["reports"] = {minutely({{"name", "daily"},
                                      {"select", {{"name", {"prod-a"}}}},
                                      {"schedule", "0 6 * * *"},
                                      {"time_zone", "Asia/Shanghai"},
                                      {"window", "previous_day"},
                                      {"deadline", "2d"}})};
  (void)run_when_due(site, std::chrono::hours{24});
  const json reports = site.cloud.requested_reports();
  ASSERT_EQ(reports.size(), 1U);
  // 00:00 in Shanghai, in the UTC of the wire.
  EXPECT_EQ(reports[0]["start_time"].get<std::string>().substr(10), " 16:00:00");
  EXPECT_EQ(reports[0]["end_time"].get<std::string>().substr(10), " 16:00:00");
  EXPECT_LT(reports[0]["start_time"], reports[0]["end_time"]);
}

TEST_F(Reports, TheWireHasTheZoneThatThePolicySays) {
  site.policy["projects"][0]["api_time_zone"] = "Asia/Shanghai";
  site.policy["reports"] = {minutely({{"name", "daily"},
                                      {"schedule", "0 6 * * *"},
                                      {"time_zone", "Asia/Shanghai"},
                                      {"window", "previous_day"},
                                      {"deadline", "2d"}})};
  (void)run_when_due(site, std::chrono::hours{24});
  for (const json& report : site.cloud.requested_reports())
    EXPECT_EQ(report["start_time"].get<std::string>().substr(10), " 00:00:00");
}

TEST_F(Reports, AnInactiveInstanceIsWaitedForOrSkippedAsTheRuleSays) {
  site.cloud.change("prod-a", {{"status", "SHUTOFF"}});
  site.cloud.change("prod-b", {{"status", "SHUTOFF"}});
  site.policy["reports"] = {
      minutely({{"name", "patient"}, {"select", {{"name", {"prod-a"}}}}, {"when_inactive", "wait"}}),
      minutely({{"name", "hasty"}, {"select", {{"name", {"prod-b"}}}}, {"when_inactive", "skip"}})};
  const std::vector<json> log = run_when_due(site).log();
  EXPECT_EQ(events(log, "report.waiting", {{"report", "patient"}}).size(), 1U);
  EXPECT_EQ(events(log, "report.skipped", {{"report", "hasty"}}).size(), 1U);
  EXPECT_EQ(site.cloud.calls("create_report"), 0);

  site.cloud.change("prod-a", {{"status", "ACTIVE"}});
  site.cloud.change("prod-b", {{"status", "ACTIVE"}});
  (void)site.run_once();
  EXPECT_EQ(site.cloud.requested_reports("prod-a").size(), 1U);
  EXPECT_TRUE(site.cloud.requested_reports("prod-b").empty());
}

TEST_F(Reports, ARuleCanWaitForTheSummaryOfItsWindow) {
  site.policy["summary"] = {{"busi_types", {"audit"}}};
  site.policy["reports"] = {minutely({{"select", {{"name", {"prod-a"}}}}, {"after_summary", "audit"}})};
  site.cloud.control("POST", "/summary", {{"busi_type", "audit"}, {"task_status", 1}});
  const std::vector<json> log = run_when_due(site).log();
  EXPECT_EQ(events(log, "report.waiting").size(), 1U);
  EXPECT_EQ(site.cloud.calls("create_report"), 0);

  const auto now = std::chrono::system_clock::now().time_since_epoch();
  site.cloud.control("POST", "/summary",
                     {{"busi_type", "audit"},
                      {"task_status", 2},
                      {"query_end_time", std::chrono::duration_cast<milliseconds>(now).count()}});
  (void)site.run_once();
  EXPECT_GE(site.cloud.requested_reports("prod-a").size(), 1U);
}

TEST_F(Reports, WhatIsFinishedIsArchivedWhole) {
  site.policy["reports"] = {
      minutely({{"name", "sox"}, {"archive", {{"directory", site.directory.file("archive")}}}}),
      minutely({{"name", "servers"},
                {"template", {{"type", "DB_ANALYSIS"}}},
                {"archive", {{"directory", site.directory.file("archive")}}}})};
  (void)run_when_due(site);
  site.cloud.advance(60);
  const std::vector<json> archived = events(site.run_once().log(), "report.archived");
  ASSERT_EQ(archived.size(), 4U);
  for (const json& line : archived) {
    const std::string said = line["reason"];
    const std::string path = said.substr(0, said.find(" ("));
    const bool zip = line["report"] == "servers";
    EXPECT_TRUE(path.ends_with(zip ? ".zip" : ".pdf")) << path;
    EXPECT_TRUE(read_file(path).starts_with(zip ? "PK" : "%PDF")) << path;
    const std::string size_and_digest = std::to_string(read_file(path).size()) + " " + sha256sum(path);
    EXPECT_EQ(site.query("SELECT archived_bytes, archived_sha256 FROM run WHERE archived = '" + path + "'"),
              std::vector<std::string>{size_and_digest});
    EXPECT_NE(said.find("SHA-256 " + sha256sum(path)), std::string::npos) << said;
  }
  const int downloads = site.cloud.calls("download_report");
  EXPECT_EQ(downloads, 4);
  (void)site.run_once();
  EXPECT_EQ(site.cloud.calls("download_report"), downloads);
}

TEST_F(Reports, WhatHasBeenArchivedForLongEnoughIsRemovedAndItsRecordStays) {
  const std::string archive = site.directory.file("archive");
  site.policy["reports"] = {
      minutely({{"select", {{"name", {"prod-a"}}}}, {"archive", {{"directory", archive}, {"keep", "30d"}}}})};
  (void)run_when_due(site);
  site.cloud.advance(60);
  (void)site.run_once();
  site.retire_schedules();
  const std::vector<std::string> paths = site.query("SELECT archived FROM run WHERE archived <> ''");
  ASSERT_GE(paths.size(), 1U);
  write_file(archive + "/prod/notes.txt", "whatever else is there");
  EXPECT_TRUE(events(site.run_once().log(), "report.archive_removed").empty());

  (void)site.query("UPDATE run SET scheduled = scheduled - 31 * 86400");
  const Ended plan = site.command({"plan"});
  EXPECT_NE(plan.out.find("remove the archived report " + paths[0]), std::string::npos) << plan.out;
  EXPECT_NE(plan.out.find("archive.keep is 30d"), std::string::npos) << plan.out;
  EXPECT_TRUE(events(site.command({"run", "--once", "--dry-run"}).log(), "report.archive_removed").empty());
  for (const std::string& path : paths) EXPECT_FALSE(read_file(path).empty()) << path;

  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(events(ended.log(), "report.archive_removed").size(), paths.size());
  for (const std::string& path : paths) EXPECT_FALSE(std::filesystem::exists(path)) << path;
  EXPECT_EQ(read_file(archive + "/prod/notes.txt"), "whatever else is there");
  EXPECT_EQ(
      site.query("SELECT count(*) FROM run WHERE archive_removed_at > 0 AND length(archived_sha256) = 64"),
      std::vector<std::string>{std::to_string(paths.size())});
  EXPECT_TRUE(events(site.run_once().log(), "report.archive_removed").empty());
}

TEST_F(Reports, AnArchiveThatCannotBeWrittenLosesNoReport) {
  write_file(site.directory.file("archive"), "a file where a directory is to be");
  site.policy["reports"] = {minutely(
      {{"select", {{"name", {"prod-a"}}}}, {"archive", {{"directory", site.directory.file("archive")}}}})};
  (void)run_when_due(site);
  site.cloud.advance(60);
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(events(ended.log(), "report.finished").size(), 1U);
  EXPECT_EQ(events(ended.log(), "report.archive_failed").size(), 1U);

  std::remove(site.directory.file("archive").c_str());
  EXPECT_EQ(events(site.run_once().log(), "report.archived").size(), 1U);
}

TEST_F(Reports, ALostAnswerIsLookedUpAndAdopted) {
  site.policy["reports"] = {minutely({{"select", {{"name", {"prod-a"}}}}})};
  site.cloud.fault({{"kind", "drop_after"}, {"call", "create_report"}, {"times", 1}});
  const Ended ended = run_when_due(site);
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(events(ended.log(), "report.outcome_unknown").size(), 1U);

  site.retire_schedules();  // a minute may pass meanwhile
  (void)site.run_once();
  EXPECT_EQ(events(site.all_logs(), "report.adopted").size(), 1U);
  EXPECT_EQ(site.cloud.calls("create_report"), 1);
  EXPECT_EQ(site.cloud.truth("counts")["duplicates"], 0);
  site.cloud.advance(60);
  EXPECT_EQ(events(site.run_once().log(), "report.finished").size(), 1U);
}

TEST_F(Reports, ARefusedReportIsLookedUpBeforeAnythingElse) {
  site.cloud.change("prod-a", {{"report", {{"outcome", "failed"}}}});
  site.policy["reports"] = {minutely({{"select", {{"name", {"prod-a"}}}}})};
  const Ended ended = run_when_due(site);
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(events(ended.log(), "report.rejected").size(), 1U);
  const int asked = site.cloud.calls("create_report");
  (void)site.run_once();
  EXPECT_GE(site.cloud.calls("list_reports"), 1);
  EXPECT_EQ(site.cloud.calls("create_report"), asked);
}

TEST_F(Reports, AReportThatNeverFinishesIsReported) {
  site.cloud.change("prod-a", {{"report", {{"outcome", "stalls"}}}});
  site.policy["reports"] = {minutely({{"select", {{"name", {"prod-a"}}}}, {"finish_within", "1s"}})};
  EXPECT_EQ(site.run_once().status, 0);
  site.age_schedules(seconds{120});
  Daemon daemon = site.daemon();
  EXPECT_TRUE(daemon.says("report.overdue"));
}

}  // namespace
}  // namespace integration
