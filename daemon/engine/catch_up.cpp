#include "engine/catch_up.h"

#include <algorithm>
#include <map>

namespace dbssd::engine {

Expected<void> catch_up(const std::vector<journal::RunKey>& refused, const ProjectName& project,
                        journal::Journal& journal, planner::Memory& memory, journal::Batch& unsaved) {
  std::map<planner::ScheduleKey, Instant> decided;
  for (const journal::RunKey& key : refused) {
    const auto found = journal.runs(project, {.from = key.scheduled,
                                              .to = key.scheduled + Seconds{1},
                                              .report = key.report,
                                              .instance = key.instance});
    if (!found) return fail(found.error());
    if (found->empty()) continue;
    Instant& newest = decided[{key.report, key.instance}];
    newest = std::max(newest, key.scheduled);
  }
  for (const auto& [key, newest] : decided) {
    const auto schedule = memory.schedules.find(key);
    if (schedule == memory.schedules.end() || schedule->second.cursor >= newest) continue;
    schedule->second.cursor = newest;
    unsaved.schedules.push_back(schedule->second);
  }
  return {};
}

}  // namespace dbssd::engine
