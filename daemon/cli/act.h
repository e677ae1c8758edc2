// What `run` does for as long as it runs: the engine, and the status endpoint beside it.
#pragma once

#include "cli/daemon.h"
#include "cli/thread_events.h"
#include "telemetry/repeats.h"
#include "telemetry/status_service.h"

namespace dbssd::cli {

/// What watches the engine at work.
struct Watch {
  telemetry::Metrics& metrics;
  telemetry::ServiceBoard& board;
  telemetry::StatusService& status;
  telemetry::Repeats& repeats;
  const ThreadEvents& threads;
};

/// The projects of the policy are what metrics are counted by.
void count_by_project(telemetry::Metrics& metrics, const policy::Policy& policy);

/// Until told to stop; the exit status. Does not return where a call hangs that may come back to what it was
/// handed: the process ends then.
[[nodiscard]] int act(const engine::Ports& ports, Daemon& daemon, const Host& host, const Watch& watch);

}  // namespace dbssd::cli
