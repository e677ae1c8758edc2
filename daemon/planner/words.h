// How the planner speaks: events that carry the fields of what they are about.
#pragma once

#include <string>

#include "planner/memory.h"
#include "planner/planner.h"
#include "telemetry/event.h"

namespace dbssd::planner {

[[nodiscard]] telemetry::Event event_of(telemetry::EventId id, const Scope& scope, std::string msg);
[[nodiscard]] telemetry::Event instance_event(telemetry::EventId id, const Scope& scope,
                                              const journal::InstanceRecord& instance, std::string msg);
[[nodiscard]] telemetry::Event job_event(telemetry::EventId id, const Scope& scope,
                                         const ResourceId& resource, std::string msg);
/// With the instance's name where Memory knows it.
[[nodiscard]] telemetry::Event run_event(telemetry::EventId id, const Scope& scope, const Memory& memory,
                                         const journal::RunRecord& run, std::string msg);
/// Adds what the service said of a failure.
[[nodiscard]] telemetry::Event with_error(telemetry::Event event, const Error& error);

/// "/srv/reports/….pdf (48213 bytes, SHA-256 9f86…)"
[[nodiscard]] std::string archived_file(const journal::RunRecord& run);

/// "status SHUTOFF, task powering-on"
[[nodiscard]] std::string state_of(const journal::InstanceRecord& instance);

}  // namespace dbssd::planner
