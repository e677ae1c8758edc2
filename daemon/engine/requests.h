// What operators ask of the daemon by hand: a file each, in a directory beside the state, until the journal
// has it. So the journal keeps its one writer, and a wish outlives a daemon that is not running.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/expected.h"
#include "base/id.h"
#include "journal/journal.h"
#include "planner/planner.h"
#include "telemetry/event.h"

namespace dbssd::engine {

struct Request {
  ProjectName project;
  planner::Asked asked;
};

/// "/var/lib/dbssd/state.db.requests"
[[nodiscard]] std::string requests_directory(const std::string& state_path);

/// Leaves it to be found: durable when this returns, and never seen in part. What root leaves belongs to the
/// owner of the state's directory, who cannot have it written anywhere else (engine/guarded_directory.h).
[[nodiscard]] Expected<void> leave_request(const std::string& directory, const Request& request);

/// Whether the journal has a run of that name.
[[nodiscard]] Expected<bool> is_on_record(journal::Journal& journal, const Request& request);

/// Looks at each that was left: what the journal has goes, what cannot be understood or is refused is set
/// aside and said, and the rest is handed to `take`, which returns why it refuses, or nothing. To be called
/// again and again; `take` must bear to be handed a request more than once.
void serve_requests(const std::string& directory, journal::Journal& journal, telemetry::EventSink& events,
                    const std::function<std::string(const Request&)>& take);

}  // namespace dbssd::engine
