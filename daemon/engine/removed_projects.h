// What is open of projects that the policy does not have any more: nobody will ever ask for it.
#pragma once

#include "base/expected.h"
#include "journal/journal.h"
#include "policy/policy.h"
#include "telemetry/event.h"

namespace dbssd::engine {

/// Ends their open runs as skipped, and their schedules, and says so once a project. No lane of such a
/// project may be alive. Writes a bounded number of records; returns whether more is left, for another call.
/// On failure nothing of the batch is written.
[[nodiscard]] Expected<bool> end_removed_projects(const policy::Policy& policy, journal::Journal& journal,
                                                  telemetry::EventSink& events, Instant now);

}  // namespace dbssd::engine
