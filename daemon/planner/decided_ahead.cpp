#include <algorithm>

#include "planner/planner.h"
#include "planner/runs.h"
#include "planner/words.h"

namespace dbssd::planner {
namespace {

/// Less is what synchronising a clock does.
constexpr Seconds kWorthAWord = std::chrono::minutes{10};

}  // namespace

std::optional<telemetry::Event> decided_ahead(const Scope& scope, const Memory& memory, const Now& now) {
  const journal::ScheduleRecord* farthest = nullptr;
  std::size_t ahead = 0;
  for (const auto& [key, record] : memory.schedules) {
    if (is_ended(record) || record.cursor <= now.second() + kWorthAWord) continue;
    ++ahead;
    if (farthest == nullptr || record.cursor > farthest->cursor) farthest = &record;
  }
  if (farthest == nullptr) return std::nullopt;
  telemetry::Event event =
      event_of(telemetry::EventId::clock_behind, scope,
               std::to_string(ahead) + " schedules are decided beyond the time of this clock");
  event.report = farthest->report;
  event.instance_id = farthest->instance;
  event.reason = "nothing of this report is due before " + format_utc(farthest->cursor) + ", " +
                 format_duration(farthest->cursor - now.second()) + " from now";
  return event;
}

}  // namespace dbssd::planner
