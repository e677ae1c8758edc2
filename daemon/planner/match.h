// Which listed report is which run's. The service gives no id when it takes a report, so ours is recognised
// by what it was asked to be: made on demand, over the same window, from the same template, and claimed by no
// other run.
#pragma once

#include <string>
#include <vector>

#include "planner/memory.h"
#include "planner/planner.h"

namespace dbssd::planner {

struct Match {
  Run* run = nullptr;
  const cloud::Report* report = nullptr;
};

/// Matches runs of one instance that are accepted, unknown, or due and to be looked for. A run that has its
/// report keeps it; those that were accepted choose first, and those that were never sent, as far as is
/// known, last; the older submission takes the report that is listed with the smaller id. Contested runs
/// choose later. Pointers are into the arguments.
[[nodiscard]] std::vector<Match> match_reports(const std::vector<Run*>& runs, const ReportsSeen& seen);

/// Why a report that was asked for may be there without being recognised; empty where the listing proves that
/// what it does not show was not made.
[[nodiscard]] std::string doubt_about(const cloud::ReportListing& listing);

/// A call for the same window is under way, so that a report which is listed may be its: until it is
/// answered, a run that may exist is neither found nor given up.
[[nodiscard]] bool is_contested(const Run& run, const std::vector<Run*>& runs);

/// How long after it was sent a lost call may still take effect in the service. A look-up is believed only
/// when it was sent later than that.
[[nodiscard]] Seconds lost_call_horizon(const policy::Project& project);

}  // namespace dbssd::planner
