// What must hold of a journal, a cloud and an expectation.
#pragma once

#include <vector>

#include "journal/records.h"
#include "model/year/habit.h"
#include "model/year/host.h"

namespace dbssd::faults {

/// Of one rule on one instance, ascending, up to `end`.
[[nodiscard]] std::vector<journal::RunRecord> select(const std::vector<journal::RunRecord>& runs,
                                                     const Habit& habit, const char* instance, Instant end);

/// Each scheduled time has its one run, with the window and the outcome that are expected, and no other has.
void check_runs(const std::vector<journal::RunRecord>& runs, const std::vector<Habit>& habits,
                const std::vector<Waking>& wakings, Instant end);

/// Each finished run has one report, with just its window; no report was made for anything else, or twice.
void check_reports(const std::vector<journal::RunRecord>& runs, const fakes::FakeCloud& cloud);

/// No gap and no overlap in what the runs of a rule that tiles are about.
void check_tiling(const std::vector<journal::RunRecord>& runs, const std::vector<Habit>& habits, Instant end);

/// All of them, once what is open at `end` has had its time.
void check(Host& host, const std::vector<Habit>& habits);

}  // namespace dbssd::faults
