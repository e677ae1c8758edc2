// The overview as a document, for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "overview/overview.h"

namespace dbssd::overview {

/// As format_utc() has it.
[[nodiscard]] nlohmann::ordered_json time_or_null(const std::optional<Instant>& time);

[[nodiscard]] nlohmann::ordered_json to_json(const planner::Uncovered& uncovered);

[[nodiscard]] nlohmann::ordered_json to_json(const BlindInstance& blind, Instant now);
[[nodiscard]] nlohmann::ordered_json to_json(const TimelineRow& row);
[[nodiscard]] nlohmann::ordered_json to_json(const ReportCoverage& report);

/// All of it. Of long lists the beginning, and how many more there are under the same name with "_more".
[[nodiscard]] nlohmann::ordered_json to_json(const Overview& overview);

}  // namespace dbssd::overview
