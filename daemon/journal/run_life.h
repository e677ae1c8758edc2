// How a run's state on record may change. What breaks the table would lose a report, or make one twice.
#pragma once

#include <algorithm>
#include <array>

#include "journal/records.h"

namespace dbssd::journal {

struct Transition {
  RunState from;
  RunState to;
  bool operator==(const Transition&) const = default;
};

/// A run begins as due, merged or settled; no time that was decided begins again.
inline constexpr std::array kBeginnings{RunState::due, RunState::merged, RunState::settled};

/// Beside these, a record may always be written again in the state that it has.
inline constexpr std::array kTransitions{
    Transition{RunState::due, RunState::submitting},       // the intent, before the call leaves
    Transition{RunState::due, RunState::accepted},         // the list has it, which the journal did not know
    Transition{RunState::due, RunState::settled},          // expired, skipped, or failed after refusals
    Transition{RunState::submitting, RunState::due},       // the call provably had no effect
    Transition{RunState::submitting, RunState::accepted},  // the service took it
    Transition{RunState::submitting, RunState::unknown},   // refused, its answer lost, or the process killed
    Transition{RunState::unknown, RunState::accepted},     // looked up and found, or taken as made
    Transition{RunState::unknown, RunState::due},          // looked up and proven absent, or assumed so
    Transition{RunState::unknown, RunState::settled},      // failed: it could not be looked up in time
    Transition{RunState::accepted, RunState::settled},     // finished, or failed: it never got to 100 %
    Transition{RunState::merged, RunState::settled},       // as its carrier ended
};

[[nodiscard]] constexpr bool may_begin_as(RunState state) {
  return std::ranges::find(kBeginnings, state) != kBeginnings.end();
}
[[nodiscard]] constexpr bool may_follow(RunState from, RunState to) {
  return from == to || std::ranges::find(kTransitions, Transition{from, to}) != kTransitions.end();
}

}  // namespace dbssd::journal
