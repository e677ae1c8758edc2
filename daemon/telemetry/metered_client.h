// A client of the cloud whose calls are counted.
#pragma once

#include <memory>

#include "cloud/cloud_api.h"
#include "telemetry/metrics.h"

namespace dbssd::telemetry {

/// `client`, with each of its calls counted for the project and timed from when it was asked for, so with the
/// wait for its turn. `metrics` and `clock` must outlive it.
[[nodiscard]] std::unique_ptr<cloud::CloudApi> metered(std::unique_ptr<cloud::CloudApi> client,
                                                       const ProjectName& project, Metrics& metrics,
                                                       const Clock& clock);

}  // namespace dbssd::telemetry
