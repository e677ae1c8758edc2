// Times as the service writes them. Which zone "YYYY-MM-DD hh:mm:ss" is in, the service does not say: the
// project's api_time_zone does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "schedule/zone.h"

namespace dbssd::cloud {

/// "2025-08-20 16:00:00", in that zone: how a create call names a bound of its window.
[[nodiscard]] std::string wire_words(Instant t, const schedule::Zone& zone);

/// A time that the service wrote.
struct WireTime {
  std::string words;  ///< as wire_words() spells it; empty where the text says its zone
  Instant at{};       ///< of words, a repeated reading is its first pass, one inside a gap the gap's end
  bool operator==(const WireTime&) const = default;
};
/// Reads what wire_words() writes, and what may be written in its stead: "T" or slashes between the digits, a
/// fraction, "Z" or an offset behind, milliseconds or seconds since the epoch.
[[nodiscard]] std::optional<WireTime> read_wire_time(std::string_view text, const schedule::Zone& zone);

/// Milliseconds since the epoch; nothing for 0, for negative values and for years after 9999.
[[nodiscard]] std::optional<WallTime> read_epoch_millis(std::optional<std::int64_t> value);

/// IAM's "2020-01-04T09:05:22.701000Z", with any fraction or none.
[[nodiscard]] std::optional<Instant> read_iam_time(std::string_view text);

}  // namespace dbssd::cloud
