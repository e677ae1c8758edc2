// What is wrong with the instances that a rule selects, and that no start of ours can mend.
#pragma once

#include "overview/overview.h"

namespace dbssd::overview {

/// How long an instance that is no longer listed is news; gaps are for as long.
inline constexpr Seconds kVanishedSince = std::chrono::days{31};

/// Those that are frozen, in error, deleted, of a status that is not known, or no longer listed: what is
/// selected by a start rule or a report is wrong; what no rule selects is only noted, where it is there.
void add_selected(ProjectOverview& project, const policy::Policy& policy,
                  const std::vector<journal::InstanceRecord>& instances, Instant now);

}  // namespace dbssd::overview
