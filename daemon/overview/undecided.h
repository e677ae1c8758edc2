// Scheduled times that came due and that no daemon has decided: what nobody was there for leaves no run.
#pragma once

#include <string>
#include <vector>

#include "base/expected.h"
#include "journal/journal.h"
#include "overview/series.h"
#include "schedule/zone.h"

namespace dbssd::overview {

/// What came due is decided within seconds of it.
inline constexpr Seconds kDecidedWithin = std::chrono::minutes{2};

/// Times of one schedule whose windows touch.
struct Undecided {
  Series series;
  Instant scheduled{};  ///< the last of them
  Window window{};      ///< of all of them
  std::string reason;
};

/// By the schedules as they are on record, of instances that are still there: what was scheduled in [from,
/// to) and came due more than kDecidedWithin before `now`. Fails where the zone data lacks a zone.
[[nodiscard]] Expected<std::vector<Undecided>> undecided_times(const ProjectName& project,
                                                               const journal::Remembered& remembered,
                                                               schedule::ZoneDatabase& zones, Instant from,
                                                               Instant to, Instant now);

}  // namespace dbssd::overview
