// The life of a Look: sent, answered, failed.
#pragma once

#include <string_view>

#include "base/error.h"
#include "planner/memory.h"

namespace dbssd::planner {

/// After something that the list is to show soon.
inline constexpr Millis kLookSoon = Seconds{2};

[[nodiscard]] constexpr bool is_being_created(cloud::InstanceStatus status) {
  return status == cloud::InstanceStatus::build || status == cloud::InstanceStatus::hawait;
}

/// The newest start was asked for, and only the list can tell what came of it.
[[nodiscard]] inline bool awaits_confirmation(const Instance& instance) {
  if (instance.starting->starts.empty()) return false;
  const journal::StartState state = instance.starting->starts.back().state;
  return state == journal::StartState::accepted || state == journal::StartState::unknown;
}

[[nodiscard]] inline bool is_due(const Look& look, const Now& now) {
  return !look.in_flight && look.not_before <= now.mono;
}

/// It succeeded; ask again after `interval`.
inline void succeeded(Look& look, MonoTime sent_at, const Now& now, Millis interval) {
  look.in_flight = false;
  look.answered = sent_at;
  look.failures = 0;
  look.last_error.clear();
  look.told = false;
  look.not_before = now.mono + interval;
}

/// It failed; ask again after a backoff that starts at a second and ends at `cap`, or when the service asked
/// us to.
void failed(Look& look, const Error& error, std::string_view key, const Now& now, Millis cap);

/// How often what this call asks for has failed in a row; above 0 it is a further try, and the project's
/// budget pays for it. Of the instance list always 0: it is one question, which everything else rests on, and
/// keeps to its own back-off.
[[nodiscard]] int failures_before(const Memory& memory, const Call& call);

}  // namespace dbssd::planner
