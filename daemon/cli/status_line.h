// What `systemctl status` shows of the daemon while it runs.
#pragma once

#include <string>

#include "engine/project_standing.h"
#include "policy/policy.h"

namespace dbssd::cli {

/// One line: what is kept, and who does not answer, since when and why. `refused`: the policy file holds what
/// was not taken up.
[[nodiscard]] std::string status_line(const policy::Policy& policy, const engine::ProjectStandings& projects,
                                      bool refused);

}  // namespace dbssd::cli
