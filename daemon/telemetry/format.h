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

/// Of the level, where a terminal shows it; info has none.
enum class Colour : bool { off, on };

/// 2025-03-09T07:00:00.123Z INFO    report.accepted          msg="the report was accepted" project=prod …
[[nodiscard]] std::string format_text(const Event& event, WallTime at, Colour colour = Colour::off);

/// {"ts":"2025-03-09T07:00:00.123Z","level":"info","event":"report.accepted","msg":"…","project":"prod",…}
[[nodiscard]] std::string format_json(const Event& event, WallTime at);

/// The native fields of the systemd journal, one NAME=value a line (so this one has newlines, between the
/// fields): MESSAGE, which says all of it to who reads nothing else, PRIORITY, SYSLOG_IDENTIFIER, and then,
/// as DBSSD_EVENT, DBSSD_PROJECT, …, the event and those above. The journal has its own time stamps.
[[nodiscard]] std::string format_journal(const Event& event);

}  // namespace dbssd::telemetry
