// One thing that an operator is told. The catalogue (telemetry/catalogue.h) gives each id its
// level and meaning.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/id.h"
#include "base/time.h"

namespace dbssd::telemetry {

/// Stable: the spelling in the log is `group.name`, made of these by the catalogue. Order is the catalogue's.
// clang-format off
enum class EventId : std::uint8_t {
  service_started, service_ready, service_reloaded, service_reload_failed, service_stopping,
  service_short_of_threads, service_failed,
  service_time_zone_suspect,
  status_listening, status_closed, status_failed,
  cycle_finished, cycle_planned,
  instance_seen, instance_changed, instance_start_requested, instance_start_accepted, instance_start_rejected,
  instance_start_confirmed, instance_start_overdue, instance_start_held, instance_start_capped, instance_vanished,
  instance_forgotten,
  job_seen, job_changed, job_succeeded, job_failed, job_overdue, job_vanished,
  summary_changed, summary_switched_off,
  report_due, report_waiting, report_submitted, report_accepted, report_rejected, report_outcome_unknown,
  report_adopted, report_assumed, report_request_refused, report_progress, report_finished, report_failed,
  report_overdue, report_missed, report_expired, report_skipped, report_gap, report_archived, report_archive_failed,
  report_archive_removed,
  cloud_throttled, cloud_unreachable, cloud_refused, cloud_recovered, cloud_malformed,
  cloud_legacy_paths, cloud_current_paths,
  auth_renewed, auth_failed, auth_held,
  clock_jumped, clock_behind, clock_skewed, clock_agreed, clock_held, clock_trusted,
  state_recovered, state_pruned, state_failed, state_refused,
  policy_changed,  // one per field, after service_reloaded
};
// clang-format on

/// The fields that apply are set, the others left empty; sinks print only what is set.
struct Event {
  EventId id = EventId::service_started;
  std::string msg;  ///< one sentence, without the values that have fields of their own where that reads well
  ProjectName project;
  InstanceId instance_id;
  std::string instance_name;
  ResourceId resource_id;
  ReportName report;
  std::optional<Instant> scheduled_time;
  std::optional<Window> window;
  std::string reason;
  std::string request_id;
  std::optional<ErrorKind> error_kind;
  std::optional<Millis> duration;
  std::optional<int> attempt;  ///< of a report: the how manieth call that asks for it
};

/// Where events go. Thread-safe; never throws, never blocks on anything but the log's own descriptor.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void emit(const Event& event) = 0;
};

}  // namespace dbssd::telemetry
