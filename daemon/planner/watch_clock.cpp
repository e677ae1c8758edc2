#include <utility>

#include "planner/planner.h"
#include "planner/words.h"

namespace dbssd::planner {

using telemetry::Event;
using telemetry::EventId;

namespace {

/// A start that has to wait for its first answer is told of only where that takes long.
bool is_worth_a_word(const ClockTrust& clock, const Now& read) {
  return clock.doubt != ClockDoubt::start || read.mono - clock.doubted_since >= kStartUntold;
}

}  // namespace

Learned watch_clock(const Scope& scope, Memory& memory, const Now& read) {
  Learned learned;
  ClockTrust& clock = memory.clock;
  if (take_reading(clock, read)) {
    distrust(memory, read);
    if (auto event = decided_ahead(scope, memory, read)) learned.events.push_back(*std::move(event));
  }
  if (clock.doubt == clock.told || !is_worth_a_word(clock, read)) return learned;
  clock.told = clock.doubt;
  journal::ProjectRecord& project = memory.project;
  project.clock_hold = describe_hold(clock, read);
  project.noted_at = sure_now(clock, read).second();
  memory.project_on_record = project;
  memory.project_noted = read.mono;
  learned.records.project = project;
  Event event = clock.doubt == ClockDoubt::none
                    ? event_of(EventId::clock_trusted, scope, "decisions go by this host's clock again")
                    : event_of(EventId::clock_held, scope,
                               "this host's clock is in doubt: nothing is decided that could not be undone");
  event.reason = project.clock_hold;
  learned.events.push_back(std::move(event));
  return learned;
}

}  // namespace dbssd::planner
