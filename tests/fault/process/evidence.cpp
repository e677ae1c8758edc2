#include "fault/process/evidence.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <stdexcept>
#include <utility>

#include "integration/harness/database.h"

namespace integration {
namespace {

namespace fs = std::filesystem;

// The same text for a run as for a report of the cloud.
constexpr const char* kIntents =
    "SELECT instance.name, template_type, datetime(window_begin, 'unixepoch'), datetime(window_end, "
    "'unixepoch')"
    " FROM run JOIN instance ON instance.id = run.instance AND instance.project = run.project"
    " WHERE submitted_at IS NOT NULL";

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::ranges::sort(texts);
  return texts;
}

// Those of `all`, as often as they are there, that are not among `others`. Both are sorted.
std::vector<std::string> without(const std::vector<std::string>& all,
                                 const std::vector<std::string>& others) {
  std::vector<std::string> rest;
  std::ranges::set_difference(all, others, std::back_inserter(rest));
  return rest;
}

void expect_equal(const std::vector<std::string>& found, const std::vector<std::string>& expected,
                  const std::string& what) {
  EXPECT_EQ(without(expected, found), std::vector<std::string>()) << what << " lacks these";
  EXPECT_EQ(without(found, expected), std::vector<std::string>()) << what << " has these too many";
}

std::string joined(const json& object, const std::vector<const char*>& members) {
  std::string text;
  for (const char* member : members) text += (text.empty() ? "" : " ") + object.at(member).get<std::string>();
  return text;
}

std::vector<std::string> reports_of(Cloud& cloud, const std::vector<const char*>& members) {
  std::vector<std::string> all;
  for (const json& report : cloud.requested_reports()) all.push_back(joined(report, members));
  return sorted(std::move(all));
}

constexpr const char* kWindowBegin = "window_begin";
constexpr const char* kWindowEnd = "window_end";

// As the cloud writes it.
void rewrite_time(json& time) {
  auto text = time.get<std::string>();
  std::ranges::replace(text, 'T', ' ');
  text.erase(text.find('Z'));
  time = text;
}

// The runs of the journal as `dbssd history` shows them, ordered by instance, rule and scheduled time.
std::vector<json> history_of(Site& site) {
  const Ended history = site.command({"history", "--output", "json"});
  EXPECT_EQ(history.status, 0) << "not without a gap: " << history.err;
  std::vector<json> runs = json::parse(history.out).at("runs");
  for (json& run : runs)
    for (const char* time : {kWindowBegin, kWindowEnd}) rewrite_time(run.at(time));
  std::ranges::sort(runs, {}, [](const json& run) {
    return joined(run, {"instance_name", "report", "scheduled_time"});
  });
  return runs;
}

void expect_tiling(const std::vector<json>& runs) {
  const json* former = nullptr;
  for (const json& run : runs) {
    const bool follows = former != nullptr && former->at("instance_id") == run.at("instance_id") &&
                         former->at("report") == run.at("report");
    if (follows) {
      EXPECT_EQ(run.at(kWindowBegin), former->at(kWindowEnd)) << *former << '\n' << run;
    }
    former = &run;
  }
}

}  // namespace

std::vector<std::string> instance_names(Cloud& cloud) {
  std::vector<std::string> names;
  for (const json& instance : cloud.truth("instances")) names.push_back(instance.at("name"));
  return names;
}

Progress progress_of(const Site& site) {
  try {
    return {std::stoi(site.query("SELECT count(*) FROM run").at(0)),
            std::stoi(site.query("SELECT count(outcome) FROM run").at(0))};
  } catch (const std::runtime_error&) {
    return {};
  }
}

std::vector<std::string> query_as_left(const Site& site, const std::string& sql) {
  const std::string copy = site.directory.file("as-left.db");
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(copy + suffix);
  for (const char* suffix : {"", "-wal"})
    if (fs::exists(site.state_path() + suffix)) fs::copy_file(site.state_path() + suffix, copy + suffix);
  return query(copy, sql);
}

void expect_each_once(Site& site, const std::vector<std::string>& expected) {
  const std::vector<std::string> wanted = sorted(expected);
  EXPECT_TRUE(events(site.all_logs(), "state.recovered").empty());
  EXPECT_EQ(site.cloud.truth("counts")["duplicates"], 0);
  expect_equal(reports_of(site.cloud, {"instance_name", "template_type", "start_time", "end_time"}), wanted,
               "the cloud");
  const std::vector<json> runs = history_of(site);
  std::vector<std::string> recorded;
  for (const json& run : runs) {
    EXPECT_EQ(run.at("outcome"), "finished") << run;
    recorded.push_back(joined(run, {"instance_name", "report", kWindowBegin, kWindowEnd, "report_id"}));
  }
  expect_equal(sorted(std::move(recorded)),
               reports_of(site.cloud, {"instance_name", "template_type", "start_time", "end_time", "id"}),
               "the journal");
  expect_tiling(runs);
}

void expect_all_written_down(Site& site) {
  const auto asked = reports_of(site.cloud, {"instance_name", "template_type", "start_time", "end_time"});
  EXPECT_EQ(without(asked, sorted(query_as_left(site, kIntents))), std::vector<std::string>())
      << "asked for, and not written down";
}

}  // namespace integration
