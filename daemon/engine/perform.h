// One planned call, made.
#pragma once

#include "base/time.h"
#include "cloud/cloud_api.h"
#include "journal/journal.h"
#include "planner/planner.h"

namespace dbssd::engine {

/// Makes the call on the calling thread and says what became of it. Never throws: what a library throws
/// becomes an Error, of unknown outcome where the call changes the cloud.
[[nodiscard]] planner::Answer perform(const planner::Call& call, const ProjectName& project,
                                      cloud::CloudApi& api, journal::Journal& journal, const Clock& clock);

}  // namespace dbssd::engine
