#include "cli/status_line.h"

#include <vector>

#include "base/text.h"
#include "cli/policy_file.h"

namespace dbssd::cli {
namespace {

using engine::ProjectStandings;

/// The one that has failed for longest stands for the others.
std::string failing(const ProjectStandings& projects) {
  std::size_t others = 0;
  const ProjectStandings::value_type* oldest = nullptr;
  for (const auto& each : projects) {
    if (!each.second.failing_since) continue;
    if (oldest != nullptr) ++others;
    if (oldest == nullptr || *each.second.failing_since < *oldest->second.failing_since) oldest = &each;
  }
  if (oldest == nullptr) return "";
  const auto& [name, standing] = *oldest;
  return "; " + name.str() + (others > 0 ? " and " + counted(others, "other") + " have" : " has") +
         " failed since " + format_utc(*standing.failing_since) + ": " + standing.failure;
}

}  // namespace

std::string status_line(const policy::Policy& policy, const ProjectStandings& projects, bool refused) {
  std::size_t instances = 0;
  std::size_t open_runs = 0;
  std::size_t unlisted = 0;
  for (const auto& [name, standing] : projects) {
    instances += standing.instances;
    open_runs += standing.open_runs;
    unlisted += standing.listed ? 0 : 1;
  }
  std::string line = size_of(policy);
  if (unlisted < projects.size()) line += "; " + counted(instances, "instance");
  if (open_runs > 0) line += "; " + counted(open_runs, "report") + " under way";
  if (unlisted > 0) line += "; " + counted(unlisted, "project") + " not listed yet";
  if (refused) line += "; the policy file is refused";
  return line + failing(projects);
}

}  // namespace dbssd::cli
