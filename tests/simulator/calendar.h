#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "simulator/clock.h"

// The textual forms of an instant that the cloud uses. All of them are UTC.
namespace dbss_sim {

std::string date_time_text(Instant at);   // 2025-08-20 16:00:00
std::string iso_micros_text(Instant at);  // 2020-01-04T09:05:22.701000Z
std::string http_date_text(Instant at);   // Sun, 06 Nov 1994 08:49:37 GMT
inline std::int64_t epoch_millis(Instant at) { return at.time_since_epoch().count(); }

// Exactly `YYYY-MM-DD hh:mm:ss` and a day that exists; nothing for any other text.
std::optional<Instant> parse_date_time(std::string_view text);
// Exactly `YYYYMMDDThhmmssZ`, the form of X-Sdk-Date.
std::optional<Instant> parse_sdk_date(std::string_view text);

}  // namespace dbss_sim
