// What the status endpoint shows of the journal.
#pragma once

#include <prometheus/metric_family.h>

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "overview/overview.h"
#include "planner/left_alone.h"
#include "policy/policy.h"
#include "schedule/zone.h"
#include "telemetry/lookout.h"
#include "telemetry/service_state.h"

namespace dbssd::telemetry {

/// What each project's lane decided not to do.
using LeftAlone = std::map<ProjectName, std::shared_ptr<const planner::LeftAloneList>>;

/// Reads all of it, over a reader of its own; ends soon, with nothing, once it is told to stop.
[[nodiscard]] View view_of(const policy::Policy& policy, const std::string& state_path,
                           schedule::ZoneDatabase& zones, const Now& now, const ServiceState& service,
                           const LeftAlone& left_alone, const std::string& version,
                           const std::stop_token& stop);

/// The metrics of what the main thread noted.
[[nodiscard]] std::vector<prometheus::MetricFamily> service_metrics(const ServiceState& service,
                                                                    const std::string& version);
/// Whether all is well; there also where the journal cannot be read, which is not well.
[[nodiscard]] prometheus::MetricFamily well_metric(bool well);
/// The metrics of what the journal says, with well_metric().
[[nodiscard]] std::vector<prometheus::MetricFamily> overview_metrics(const overview::Overview& overview);

}  // namespace dbssd::telemetry
