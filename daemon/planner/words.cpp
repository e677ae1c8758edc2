#include "planner/words.h"

#include <utility>

namespace dbssd::planner {

using telemetry::Event;
using telemetry::EventId;

Event event_of(EventId id, const Scope& scope, std::string msg) {
  Event event;
  event.id = id;
  event.msg = std::move(msg);
  event.project = scope.project.name;
  return event;
}

Event instance_event(EventId id, const Scope& scope, const journal::InstanceRecord& instance,
                     std::string msg) {
  Event event = event_of(id, scope, std::move(msg));
  event.instance_id = instance.id;
  event.instance_name = instance.name;
  event.resource_id = instance.resource_id;
  return event;
}

Event job_event(EventId id, const Scope& scope, const ResourceId& resource, std::string msg) {
  Event event = event_of(id, scope, std::move(msg));
  event.resource_id = resource;
  return event;
}

Event run_event(EventId id, const Scope& scope, const Memory& memory, const journal::RunRecord& run,
                std::string msg) {
  Event event = event_of(id, scope, std::move(msg));
  event.instance_id = run.key.instance;
  if (const auto it = memory.instances.find(run.key.instance); it != memory.instances.end())
    event.instance_name = it->second.record.name;
  event.report = run.key.report;
  event.scheduled_time = run.key.scheduled;
  event.window = run.window;
  return event;
}

Event with_error(Event event, const Error& error) {
  event.error_kind = error.kind;
  event.request_id = error.request_id;
  event.reason = error.message;
  return event;
}

std::string archived_file(const journal::RunRecord& run) {
  if (!run.archived_bytes) return run.archived;
  return run.archived + " (" + std::to_string(*run.archived_bytes) + " bytes, SHA-256 " +
         run.archived_sha256 + ")";
}

std::string state_of(const journal::InstanceRecord& instance) {
  std::string text = "status " + std::string(cloud::to_string(instance.status));
  if (instance.task != cloud::InstanceTask::none)
    text += ", task " + std::string(cloud::to_string(instance.task));
  return text;
}

}  // namespace dbssd::planner
