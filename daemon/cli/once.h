// Single cycles: what `run --once` and `run --dry-run` do.
#pragma once

#include <memory>

#include "cli/daemon.h"
#include "telemetry/repeats.h"

namespace dbssd::cli {

/// One cycle, and what it came to as an exit status.
[[nodiscard]] int run_once(const engine::Ports& ports, const std::shared_ptr<const policy::Policy>& policy,
                           engine::Mode mode, const Host& host);

/// A cycle that changes nothing, every reconcile_interval, until told to stop.
void rehearse(const engine::Ports& ports, Daemon& daemon, const Host& host, telemetry::Repeats& repeats);

}  // namespace dbssd::cli
