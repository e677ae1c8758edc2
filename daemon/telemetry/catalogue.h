// What each event is called, how urgent it is, what it means and what to do about it. docs/events.md says the
// same for people; a test holds the two together.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "telemetry/event.h"

namespace dbssd::telemetry {

/// The operator's duty.
enum class Level : std::uint8_t {
  debug,    ///< a step, for whoever looks for a fault
  info,     ///< a transition: nothing to do
  warning,  ///< look at it this week
  error,    ///< act today
};
[[nodiscard]] std::string_view to_string(Level level);

struct CatalogueEntry {
  EventId id;
  std::string_view name;  ///< stable: "report.outcome_unknown"
  Level level;
  std::string_view meaning;  ///< one or two sentences
  std::string_view remedy;   ///< what to do; "Nothing." where there is nothing to do
  bool repeats = false;  ///< tells of no transition: comes with each poll for as long as its cause is there
};

/// All events, in the order of EventId.
[[nodiscard]] std::span<const CatalogueEntry> catalogue();
[[nodiscard]] const CatalogueEntry& entry_of(EventId id);

}  // namespace dbssd::telemetry
