#include "overview/overview.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "overview/names.h"
#include "planner/planner.h"

namespace dbssd::overview {
namespace {

constexpr Seconds kGapsSince = std::chrono::days{31};
/// Starts older than this have been followed by newer ones, or are nobody's concern any more.
constexpr Seconds kStartsSince = std::chrono::days{1};

void count_gaps(Overview& overview, std::vector<SeriesCoverage> found,
                const std::map<ProjectName, InstanceNames>& names) {
  for (SeriesCoverage& one : found) {
    auto& gaps = one.coverage.gaps;
    if (gaps.empty()) continue;
    overview.gaps += gaps.size();
    const auto& newest = overview.newest_gap;
    if (newest && newest->coverage.gaps.back().span.end >= gaps.back().span.end) continue;
    gaps.erase(gaps.begin(), std::prev(gaps.end()));
    overview.newest_gap_name = name_in(names.at(one.series.project), one.series.instance);
    overview.newest_gap = std::move(one);
  }
}

}  // namespace

bool is_well(const Overview& overview) {
  return overview.gaps == 0 && std::ranges::all_of(overview.projects, [](const auto& project) {
           return project.wrong.empty() && project.reachable.value_or(true);
         });
}

Expected<Overview> look(const policy::Policy& policy, journal::Journal& state, schedule::ZoneDatabase& zones,
                        Instant now) {
  Overview overview{.state_path = policy.state.path, .now = now};
  std::vector<RunSource> sources;
  std::map<ProjectName, InstanceNames> names;
  const Seconds starts_since = std::max(kStartsSince, planner::start_horizon(policy));
  for (const policy::Project& project : policy.projects) {
    const auto remembered = state.load(project.name, now - starts_since);
    if (!remembered) return fail(remembered.error());
    names[project.name] = names_of(remembered->instances);
    sources.push_back({project.name});
    overview.projects.push_back(overview_of(project.name, *remembered, now));
    auto looked = look_ahead(policy, *remembered, zones, now, overview.projects.back(), overview.next);
    if (!looked) return fail(std::move(looked.error()));
  }
  auto coverage = survey(state, sources, {}, now - kGapsSince, now + Seconds{1},
                         [](const ProjectName&, const journal::RunRecord&) {});
  if (!coverage) return fail(std::move(coverage.error()));
  count_gaps(overview, *std::move(coverage), names);
  return overview;
}

}  // namespace dbssd::overview
