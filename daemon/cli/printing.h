// How the commands print what is not theirs.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/time.h"

namespace dbssd::cli {

/// Without control characters: a name that the cloud gave must not move a terminal's cursor or begin a second
/// line.
[[nodiscard]] std::string one_line(std::string_view text);

/// "3d4h", "2h10m", "45s": its two largest units. "0s" of what is negative.
[[nodiscard]] std::string rough_duration(Seconds duration);

/// "06:00Z" of the day of `now` in UTC, else "2025-03-09 06:00Z"; with seconds where there are any.
[[nodiscard]] std::string short_utc(Instant time, Instant now);

/// With blanks at its end; longer ones are left as they are.
[[nodiscard]] std::string padded(std::string text, std::size_t width);

using InstancesByStatus = std::map<std::string, std::size_t>;
[[nodiscard]] std::size_t total_of(const InstancesByStatus& instances);
/// ": 2 ACTIVE, 1 SHUTOFF", to follow their number; nothing of none.
[[nodiscard]] std::string by_status(const InstancesByStatus& instances);
/// "3 instances: 2 ACTIVE, 1 SHUTOFF", "no instances"
[[nodiscard]] std::string census(const InstancesByStatus& instances);

/// The document, indented, with a line break at its end. Bytes that are no UTF-8 are replaced.
[[nodiscard]] std::string print_json(const nlohmann::ordered_json& document);

}  // namespace dbssd::cli
