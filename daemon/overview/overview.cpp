#include "overview/overview.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "overview/names.h"
#include "overview/trouble.h"
#include "planner/planner.h"
#include "planner/runs.h"

namespace dbssd::overview {
namespace {

constexpr Seconds kGapsSince = std::chrono::days{31};
/// Starts older than this have been followed by newer ones, or are nobody's concern any more.
constexpr Seconds kStartsSince = std::chrono::days{1};

/// Adds what the runs of one project cover.
class CoverageCount {
 public:
  CoverageCount(const journal::Remembered& remembered, Overview& overview)
      : names_(names_of(remembered.instances)), overview_(overview), project_(overview.projects.back()) {
    for (const journal::InstanceRecord& instance : remembered.instances)
      if (instance.vanished) gone_.insert(instance.id);
    for (const journal::ScheduleRecord& record : remembered.schedules)
      if (!planner::is_ended(record) && !gone_.contains(record.instance))
        alive_.emplace(record.report, record.instance);
  }

  void add(std::vector<SeriesCoverage> found) {
    for (const SeriesCoverage& one : found) count(one);
    for (ReportCoverage& report : by_report(found, names_)) {
      if (overview_.coverage.size() == kMostRows) {
        ++overview_.coverage_more;
      } else {
        overview_.coverage.push_back(std::move(report));
      }
    }
    for (SeriesCoverage& one : found) keep_newest_gap(std::move(one));
  }

 private:
  void count(const SeriesCoverage& one) {
    const auto& [span, covered, gaps, pending] = one.coverage;
    overview_.gaps += gaps.size();
    ReportOverview& report = project_.reports[one.series.report];
    report.gaps += gaps.size();
    if (!alive_.contains({one.series.report, one.series.instance}) || span.begin >= span.end) return;
    const Instant until = covered.empty() ? span.begin : covered.back().end;
    auto& oldest = report.covered_until;
    oldest = std::min(oldest.value_or(until), until);
  }

  void keep_newest_gap(SeriesCoverage&& one) {
    auto& gaps = one.coverage.gaps;
    if (gaps.empty()) return;
    const auto& newest = overview_.newest_gap;
    if (newest && newest->coverage.gaps.back().span.end >= gaps.back().span.end) return;
    gaps.erase(gaps.begin(), std::prev(gaps.end()));
    overview_.newest_gap_name = name_in(names_, one.series.instance);
    overview_.newest_gap = std::move(one);
  }

  const InstanceNames names_;
  Overview& overview_;
  ProjectOverview& project_;
  std::set<InstanceId> gone_;
  std::set<std::pair<ReportName, InstanceId>> alive_;  // schedules that go on
};

void add_rows(Overview& overview, std::vector<TimelineRow> rows) {
  for (TimelineRow& row : rows) {
    if (overview.timeline.size() == kMostRows) {
      ++overview.timeline_more;
    } else {
      overview.timeline.push_back(std::move(row));
    }
  }
}

/// Each rule of the policy has an entry, and no other.
void keep_rules(std::map<ReportName, ReportOverview>& reports, const policy::Policy& policy) {
  std::map<ReportName, ReportOverview> kept;
  for (const policy::ReportRule& rule : policy.reports) kept[rule.name] = reports[rule.name];
  reports = std::move(kept);
}

/// A finished report whose file was given up is evidence that is not where it should be.
void add_unarchived(ProjectOverview& project, const journal::RunRecord& run, const InstanceNames& names) {
  if (run.archive_error.empty() || project.wrong.size() >= kMostRows) return;
  project.wrong.push_back({.what = std::string(trouble::kNotArchived),
                           .instance = run.key.instance,
                           .instance_name = name_in(names, run.key.instance),
                           .report = run.key.report,
                           .scheduled = run.key.scheduled,
                           .since = run.settled_at,
                           .reason = run.archive_error});
}

/// One project's rows at a time are held in memory.
Expected<void> add_project(Overview& overview, const policy::Policy& policy, const ProjectName& project,
                           journal::Journal& state, schedule::ZoneDatabase& zones) {
  const Instant now = overview.now;
  const auto remembered = state.load(project, now - std::max(kStartsSince, planner::start_horizon(policy)));
  if (!remembered) return fail(remembered.error());
  overview.projects.push_back(overview_of(policy, project, *remembered, now));
  overview.projects.back().blind = add_blind(overview.blind, project, *remembered, now);
  const InstanceNames names = names_of(remembered->instances);
  Timeline timeline(now);
  auto looked = look_ahead(policy, *remembered, zones, now, overview.projects.back(), overview.next);
  if (looked) looked = timeline.look_ahead(policy, *remembered, zones);
  if (!looked) return looked;
  auto found = survey(state, {{project}}, {}, now - kGapsSince, now + Seconds{1},
                      [&](const ProjectName&, const journal::RunRecord& run) {
                        timeline.take(run);
                        add_unarchived(overview.projects.back(), run, names);
                      });
  if (!found) return fail(std::move(found.error()));
  CoverageCount(*remembered, overview).add(*std::move(found));
  keep_rules(overview.projects.back().reports, policy);
  add_rows(overview, timeline.rows(project));
  return {};
}

}  // namespace

bool is_well(const Overview& overview) {
  return overview.keeper && overview.keeper->stands == journal::Keeper::Stands::holds &&
         overview.wrong.empty() && overview.gaps == 0 &&
         std::ranges::all_of(overview.projects, [](const auto& project) { return project.wrong.empty(); });
}

Expected<Overview> look(const policy::Policy& policy, journal::Journal& state, schedule::ZoneDatabase& zones,
                        Instant now) {
  Overview overview{.state_path = policy.state.path, .now = now};
  for (const policy::Project& project : policy.projects) {
    auto added = add_project(overview, policy, project.name, state, zones);
    if (!added) return fail(std::move(added.error()));
  }
  return overview;
}

}  // namespace dbssd::overview
