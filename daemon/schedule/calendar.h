// Words for time as a wall in some place shows it.
#pragma once

#include <chrono>

#include "base/time.h"

namespace dbssd::schedule {

/// A reading of a local clock, to the second. It is no Instant: only a Zone turns one into the other.
using Local = std::chrono::local_seconds;

/// Zone rules and schedules are exact from kDawn to kHorizon; nothing fires outside.
inline constexpr Instant kDawn = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
inline constexpr Instant kHorizon = std::chrono::sys_days{std::chrono::year{2300} / 1 / 1};

}  // namespace dbssd::schedule
