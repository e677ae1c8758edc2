// Does the service write its times in the zone that the policy names? No page of it says which one it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace dbssd::planner {

/// A report whose finish_time is known, and between which times it was finished.
struct FinishedReport {
  Instant asked{};        ///< its call left then, or later
  Instant seen{};         ///< it was listed at 100 % then
  Instant finished{};     ///< finish_time, as api_time_zone reads it
  Seconds wire_offset{};  ///< of api_time_zone from UTC, then
};

/// The offset from UTC by which finish_time fits, a multiple of a quarter of an hour. Nothing where it fits
/// as it is read, or where no offset, or more than one, would do: a report that took long is no evidence.
[[nodiscard]] std::optional<Seconds> offset_that_fits(const FinishedReport& report);

/// The least offset from UTC by which something that is over was not finished after `now`; nothing where it
/// fits as it is read.
[[nodiscard]] std::optional<Seconds> least_offset_that_fits(Instant finished, Seconds wire_offset,
                                                            Instant now);

/// The offset that "+0800", "UTC+8", "GMT+08:00" or a number of minutes says; nothing for anything else, a
/// zone's name among it.
[[nodiscard]] std::optional<Seconds> offset_of(std::string_view text);

/// "UTC+08:00"
[[nodiscard]] std::string describe_offset(Seconds offset);
/// What to type: "set api_time_zone: Etc/GMT-8", or to name a zone of that offset where no such name exists.
[[nodiscard]] std::string remedy_for(Seconds offset);

}  // namespace dbssd::planner
