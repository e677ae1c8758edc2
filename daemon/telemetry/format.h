// An event as one line, in each of the forms that a log can have. Times are UTC in all of them, whatever the
// host's zone: lines of several hosts and of several seasons compare.
#pragma once

#include <string>

#include "base/time.h"
#include "telemetry/event.h"

namespace dbssd::telemetry {

// No newline at the end and none inside. Only the fields that are set appear, in a fixed order: project
// instance_id instance_name resource_id report scheduled_time window_begin window_end reason request_id
// error_kind duration_ms attempt.

/// 2025-03-09T07:00:00.123Z INFO report.accepted project=prod report=daily-sox msg="the report was accepted"
[[nodiscard]] std::string format_text(const Event& event, WallTime at);

/// {"ts":"2025-03-09T07:00:00.123Z","level":"info","event":"report.accepted","msg":"…","project":"prod",…}
[[nodiscard]] std::string format_json(const Event& event, WallTime at);

/// The native fields of the systemd journal, one NAME=value a line (so this one has newlines, between the
/// fields): MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, EVENT, and those above in capitals. The journal has its own
/// time stamps.
[[nodiscard]] std::string format_journal(const Event& event);

}  // namespace dbssd::telemetry
