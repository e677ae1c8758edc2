#include "planner/match.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace dbssd::planner {

using journal::RunRecord;
using journal::RunState;

namespace {

/// From the service's interface: what a report made by "create report" is listed as.
constexpr std::string_view kMadeOnDemand = "AUDIT_REPORT_REAL_TIME";

bool is_asked_for(const RunRecord& run, const cloud::Report& report) {
  if (report.type != kMadeOnDemand || report.start != run.window.begin || report.end != run.window.end)
    return false;
  // The list says the template's type or its name; where either side does not know, times decide.
  const bool nothing_known = run.template_type.empty() && run.template_name.empty();
  return nothing_known || report.template_type.empty() || report.template_type == run.template_type ||
         report.template_type == run.template_name ||
         (!report.name.empty() && report.name == run.template_name);
}

/// Of its report being there; the lower, the likelier.
int likelihood(RunState state) {
  return state == RunState::accepted ? 0 : state == RunState::unknown ? 1 : 2;
}

}  // namespace

Seconds lost_call_horizon(const policy::Project& project) {
  return std::max(Seconds{60}, 2 * project.limits.timeout);
}

std::string doubt_about(const cloud::ReportListing& listing) {
  if (!listing.doubt.empty()) return listing.doubt;
  const auto timeless = std::ranges::find_if(listing.reports, [](const cloud::Report& report) {
    return report.type == kMadeOnDemand && (!report.start || !report.end);
  });
  if (timeless == listing.reports.end()) return {};
  return "the window of the listed report " + timeless->id.str() + " cannot be read";
}

bool is_contested(const Run& run, const std::vector<Run*>& runs) {
  const bool may_exist = run.record.state == RunState::unknown || run.record.state == RunState::due;
  return may_exist && std::ranges::any_of(runs, [&run](const Run* other) {
           return other->record.state == RunState::submitting && other->record.window == run.record.window;
         });
}

std::vector<Match> match_reports(const std::vector<Run*>& runs, const ReportsSeen& seen) {
  std::set<ReportId> taken(seen.claimed.begin(), seen.claimed.end());
  std::vector<Match> matches;
  std::vector<Run*> searching;
  for (Run* run : runs) {
    const RunState state = run->record.state;
    if (state != RunState::accepted && state != RunState::unknown && state != RunState::due) continue;
    if (run->record.report_id.empty()) {
      if (!is_contested(*run, runs)) searching.push_back(run);
      continue;
    }
    const auto own = std::ranges::find(seen.listing.reports, run->record.report_id, &cloud::Report::id);
    if (own != seen.listing.reports.end()) matches.push_back({run, &*own});
    taken.insert(run->record.report_id);
  }
  std::ranges::sort(searching, {}, [](const Run* run) {
    return std::tuple(likelihood(run->record.state), run->record.submitted_at, run->record.key);
  });
  std::vector<const cloud::Report*> listed;
  for (const cloud::Report& report : seen.listing.reports) listed.push_back(&report);
  std::ranges::sort(listed, {}, [](const cloud::Report* report) { return report->id; });

  for (Run* run : searching) {
    const auto found = std::ranges::find_if(listed, [&](const cloud::Report* report) {
      return !taken.contains(report->id) && is_asked_for(run->record, *report);
    });
    if (found == listed.end()) continue;
    taken.insert((*found)->id);
    matches.push_back({run, *found});
  }
  return matches;
}

}  // namespace dbssd::planner
