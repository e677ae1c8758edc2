// The overview as a document, for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "overview/overview.h"

namespace dbssd::overview {

/// As format_utc() has it.
[[nodiscard]] nlohmann::ordered_json time_or_null(const std::optional<Instant>& time);

[[nodiscard]] nlohmann::ordered_json to_json(const planner::Uncovered& uncovered);

/// All of it.
[[nodiscard]] nlohmann::ordered_json to_json(const Overview& overview);

}  // namespace dbssd::overview
