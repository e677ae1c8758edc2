// Schedules whose cursor is behind what the journal has of their runs.
#pragma once

#include <vector>

#include "base/expected.h"
#include "journal/journal.h"
#include "planner/memory.h"

namespace dbssd::engine {

/// A damaged journal can lose a schedule and keep its runs; a clock that is behind then has the schedule
/// decide once more what is decided, which is refused for ever. Of these times, those that are on record move
/// the cursor of their schedule behind them, in Memory and in the batch. On failure both are as they were.
[[nodiscard]] Expected<void> catch_up(const std::vector<journal::RunKey>& refused, const ProjectName& project,
                                      journal::Journal& journal, planner::Memory& memory,
                                      journal::Batch& unsaved);

}  // namespace dbssd::engine
