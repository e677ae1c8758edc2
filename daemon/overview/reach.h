// Whether the cloud answers a project, and how old what is known of its instances is.
#pragma once

#include <optional>

#include "overview/overview.h"

namespace dbssd::overview {

/// Of a list that is older than so many reconcile intervals nobody knows whether it still holds.
inline constexpr int kListsMissed = 3;

/// Notes how the project answers, and what of that is wrong: that it fails, that it was never asked or
/// listed, or that its list is older than kListsMissed intervals of a minute at the least.
void add_reach(ProjectOverview& project, const policy::Policy& policy,
               const std::optional<journal::ProjectRecord>& record, Instant now);

}  // namespace dbssd::overview
