// Times as the service writes them. Which zone "YYYY-MM-DD hh:mm:ss" is in, the service does not say: the
// project's api_time_zone does, and only here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "schedule/zone.h"

namespace dbssd::cloud {

/// "2025-08-20 16:00:00", in that zone.
[[nodiscard]] std::string write_wire_time(Instant t, const schedule::Zone& zone);
/// Reads what write_wire_time writes; a repeated reading is its first pass, one inside a gap the gap's end.
[[nodiscard]] std::optional<Instant> read_wire_time(std::string_view text, const schedule::Zone& zone);

/// Milliseconds since the epoch; nothing for 0, for negative values and for years after 9999.
[[nodiscard]] std::optional<WallTime> read_epoch_millis(std::optional<std::int64_t> value);

/// IAM's "2020-01-04T09:05:22.701000Z", with any fraction or none.
[[nodiscard]] std::optional<Instant> read_iam_time(std::string_view text);

}  // namespace dbssd::cloud
