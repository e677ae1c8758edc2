#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/clock.h"

// The textual forms of an instant that the cloud uses. UTC, where nothing else is said.
namespace dbss_sim {

std::string date_time_text(Instant at);   // 2025-08-20 16:00:00
std::string iso_micros_text(Instant at);  // 2020-01-04T09:05:22.701000Z
std::string http_date_text(Instant at);   // Sun, 06 Nov 1994 08:49:37 GMT
// Of a place that is so far before UTC: 2025-08-21T00:00:00.000+08:00, and Z for none.
std::string iso_offset_text(Instant at, std::chrono::minutes offset);
inline std::int64_t epoch_millis(Instant at) { return at.time_since_epoch().count(); }
inline std::int64_t epoch_seconds(Instant at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

// Exactly `YYYY-MM-DD hh:mm:ss` and a day that exists; nothing for any other text.
std::optional<Instant> parse_date_time(std::string_view text);
// Exactly `GMT+hh:mm` or `GMT-hh:mm`, as a day has them.
std::optional<std::chrono::minutes> parse_utc_offset(std::string_view text);
// Exactly `YYYYMMDDThhmmssZ`, the form of X-Sdk-Date.
std::optional<Instant> parse_sdk_date(std::string_view text);

}  // namespace dbss_sim
