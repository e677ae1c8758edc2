// How long to leave something alone after it failed.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace dbssd::planner {

/// Exponential backoff with full jitter: anywhere in [floor, min(cap, first * 2^(failures-1))], where the
/// place is fixed by (key, failures), so that a plan stays a function and hosts with different keys still
/// spread. failures counts from 1.
[[nodiscard]] Millis backoff(std::string_view key, int failures, Millis first, Millis cap);

/// The same without jitter, for what has its own spread already: min(cap, first * 2^(failures-1)).
[[nodiscard]] Millis backoff_ceiling(int failures, Millis first, Millis cap);

/// What the service asked for, as far as it is believed: an hour at the most.
[[nodiscard]] Millis asked_wait(const Error& error);

}  // namespace dbssd::planner
