// Compiled time zone files (RFC 8536), read into stretches.
#pragma once

#include <string_view>
#include <vector>

#include "base/expected.h"
#include "schedule/zone.h"

namespace dbssd::schedule {

/// Reads a TZif file of version 1 to 4, "fat" or "slim", and follows its footer's rule to beyond kHorizon.
/// Any bytes may be given: what is no such file, or counts leap seconds, is `malformed`.
[[nodiscard]] Expected<std::vector<Stretch>> read_tzif(std::string_view bytes);

}  // namespace dbssd::schedule
