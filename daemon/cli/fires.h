// The coming fires of schedules, as next and check show them.
#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/expected.h"
#include "base/id.h"
#include "policy/report_rule.h"
#include "schedule/window.h"

namespace dbssd::cli {

/// A schedule where and for whom it fires.
struct Schedule {
  ReportName report;  ///< empty for one that belongs to no report
  schedule::Cron written;
  schedule::Cron drawn;  ///< `written` with its H drawn
  schedule::Zone zone;
  std::optional<schedule::WindowRule> window;
};

/// Of a rule, with H drawn for `instance`. Fails where the zone is unknown.
[[nodiscard]] Expected<Schedule> schedule_of(const policy::ReportRule& rule, const InstanceId& instance,
                                             schedule::ZoneDatabase& zones);

struct FireRow {
  schedule::Fire fire;
  schedule::Local local{};
  Seconds offset{};
  std::optional<Window> window;
};

/// The first `count` fires later than `from`; fewer where there are no more.
[[nodiscard]] std::vector<FireRow> fires_of(const Schedule& schedule, Instant from, int count);

/// "Sun 2025-03-09 03:00:00 -04:00"
[[nodiscard]] std::string format_local(const FireRow& row);
/// One line: UTC, local time, what a change of the clocks did, the window.
void print_text(const FireRow& row, std::ostream& out);
[[nodiscard]] nlohmann::ordered_json to_json(const Schedule& schedule, const std::vector<FireRow>& rows);

}  // namespace dbssd::cli
