// What a policy means to the cloud that it names: all is asked, nothing is changed.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "cloud/cloud_api.h"
#include "policy/policy.h"
#include "schedule/zone.h"

namespace dbssd::cli {

/// What one project answered.
struct Asked {
  ProjectName name;
  std::string error;                             ///< empty: it answered
  std::map<std::string, std::size_t> instances;  ///< how many of each status
  std::vector<std::string> problems;             ///< entries of the list that cannot be read
  std::optional<Seconds> clock_ahead;            ///< the service's clock, of this host's
  std::vector<std::size_t> started_by;           ///< how many instances obey each start rule
  std::vector<std::size_t> reported_by;          ///< how many instances each report rule selects
  std::vector<std::string> findings;             ///< what will not work
  std::vector<std::string> warnings;
};

/// Asks one project for everything that the policy will want to read of it: its instances, summaries, and of
/// each instance that a report rule selects the templates and the service's own schedules of them.
[[nodiscard]] Asked ask(const policy::Policy& policy, const policy::Project& project, cloud::CloudApi& client,
                        schedule::ZoneDatabase& zones);

/// The rules that select no instance of any project; none where one did not answer.
[[nodiscard]] std::vector<std::string> idle_rules(const policy::Policy& policy,
                                                  const std::vector<Asked>& projects);

void print(const Asked& asked, const policy::Policy& policy, std::ostream& out, std::ostream& err);
[[nodiscard]] nlohmann::ordered_json to_json(const Asked& asked, const policy::Policy& policy);

}  // namespace dbssd::cli
