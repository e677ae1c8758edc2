#include "model/year/checks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "model/year/expectation.h"
#include "planner/runs.h"

namespace dbssd::faults {

using journal::Outcome;
using journal::RunRecord;
using journal::RunState;

namespace {

std::string text(Instant scheduled, const Window& window, std::optional<Outcome> outcome,
                 std::optional<Instant> served_by) {
  return format_utc(scheduled) + " about " + format_utc(window.begin) + ".." + format_utc(window.end) + ' ' +
         (outcome ? std::string(to_string(*outcome)) : "open") +
         (served_by ? " by " + format_utc(*served_by) : "");
}

std::string text(const RunRecord& run) {
  return text(run.key.scheduled, run.window, run.outcome, run.served_by);
}

/// The first few of `these` that `those` lack.
std::string lacking(const std::vector<std::string>& these, const std::vector<std::string>& those) {
  std::vector<std::string> missing;
  std::ranges::set_difference(these, those, std::back_inserter(missing));
  std::string all;
  for (std::size_t i = 0; i < std::min<std::size_t>(missing.size(), 5); ++i) all += "\n  " + missing[i];
  return all;
}

}  // namespace

std::vector<RunRecord> select(const std::vector<RunRecord>& runs, const Habit& habit, const char* instance,
                              Instant end) {
  std::vector<RunRecord> selected;
  std::ranges::copy_if(runs, std::back_inserter(selected), [&](const RunRecord& run) {
    return run.key.report.str() == habit.name && run.key.instance.str() == instance &&
           run.key.scheduled <= end;
  });
  std::ranges::sort(selected, {}, &RunRecord::key);
  return selected;
}

void check_runs(const std::vector<RunRecord>& runs, const std::vector<Habit>& habits,
                const std::vector<Waking>& wakings, Instant end) {
  Expectation expectation(wakings, end);
  std::size_t checked = 0;
  for (const Habit& habit : habits) {
    const policy::ReportRule rule = rule_of(habit);
    for (const char* instance : Host::kInstances) {
      if (!habit.instance.empty() && habit.instance != instance) continue;
      const Seconds spread = planner::spread_offset(rule, InstanceId(instance));
      std::vector<std::string> expected;
      for (const Expected& run : expectation.runs(habit, spread))
        expected.push_back(text(run.scheduled, run.window, run.outcome, run.served_by));
      std::vector<std::string> found;
      for (const RunRecord& run : select(runs, habit, instance, end)) {
        found.push_back(text(run));
        EXPECT_EQ(run.not_before, run.key.scheduled + spread) << habit.name << " at " << text(run);
        EXPECT_EQ(run.expires_at, run.key.scheduled + habit.deadline) << habit.name << " at " << text(run);
      }
      checked += found.size();
      EXPECT_FALSE(expected.empty()) << habit.name << " is never scheduled";
      EXPECT_EQ(lacking(expected, found), "") << "expected of " << habit.name << " on " << instance;
      EXPECT_EQ(lacking(found, expected), "") << "not expected of " << habit.name << " on " << instance;
    }
  }
  EXPECT_EQ(checked, static_cast<std::size_t>(std::ranges::count_if(
                         runs, [end](const RunRecord& run) { return run.key.scheduled <= end; })))
      << "there are runs of no rule";
}

void check_reports(const std::vector<RunRecord>& runs, const fakes::FakeCloud& cloud) {
  std::map<ReportId, const RunRecord*> owners;
  for (const RunRecord& run : runs) {
    const bool has_its_own = run.outcome == Outcome::finished && !run.served_by;
    EXPECT_EQ(run.report_id.empty(), !has_its_own) << run.key.report.str() << " at " << text(run);
    if (!has_its_own) continue;
    EXPECT_EQ(run.attempts, 1) << run.key.report.str() << " at " << text(run);
    EXPECT_TRUE(owners.emplace(run.report_id, &run).second) << "two runs have " << run.report_id.str();
  }
  std::set<std::tuple<InstanceId, TemplateId, Window>> made;
  for (const auto& report : cloud.reports) {
    const Window window{*report.report.start, *report.report.end};
    EXPECT_TRUE(made.emplace(report.instance, report.template_id, window).second)
        << "made twice: " << report.template_id.str() << " for " << format_utc(window.begin);
    const auto owner = owners.find(report.report.id);
    if (owner == owners.end()) {
      ADD_FAILURE() << "nobody's report: " << report.template_id.str() << " for " << format_utc(window.begin);
      continue;
    }
    EXPECT_EQ(owner->second->key.instance, report.instance);
    EXPECT_EQ("t-" + owner->second->key.report.str(), report.template_id.str());
    EXPECT_EQ(owner->second->window, window) << text(*owner->second);
  }
  EXPECT_EQ(owners.size(), cloud.reports.size()) << "a finished run has no report";
}

void check_tiling(const std::vector<RunRecord>& runs, const std::vector<Habit>& habits, Instant end) {
  for (const Habit& habit : habits) {
    if (!habit.tiles) continue;
    for (const char* instance : Host::kInstances) {
      std::optional<Instant> covered;
      for (const RunRecord& run : select(runs, habit, instance, end)) {
        if (run.served_by) continue;  // covered by the joined window
        EXPECT_EQ(run.window.begin, covered.value_or(run.window.begin)) << habit.name << " at " << text(run);
        EXPECT_LT(run.window.begin, run.window.end) << habit.name << " at " << text(run);
        covered = run.window.end;
      }
    }
  }
}

void check(Host& host, const std::vector<Habit>& habits) {
  Instant end{};
  for (const Waking& waking : host.wakings()) end = std::max(end, waking.end);
  host.live_for(std::chrono::hours{1});
  // What came due in that hour may still be open.
  std::vector<RunRecord> runs = host.runs();
  check_runs(runs, habits, host.wakings(), end);
  check_tiling(runs, habits, end);
  check_reports(runs, host.world().cloud);
}

}  // namespace dbssd::faults
