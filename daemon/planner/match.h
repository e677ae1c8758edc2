// Which listed report is which run's. The service gives no id when it takes a report, so ours is recognised
// by what it was asked to be (fit.h) and by being claimed by no other run: one report for one run is it, and
// of several for several, as many runs are served as there are reports.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "planner/memory.h"
#include "planner/planner.h"

namespace dbssd::planner {

struct Match {
  Run* run = nullptr;
  const cloud::Report* report = nullptr;
};

struct Matches {
  std::vector<Match> found;
  /// Of runs that may have no report: why one that is listed and claimed by nobody may be theirs.
  std::map<journal::RunKey, std::string> doubts;
};

/// Beside the list and the runs, what a report is recognised by.
struct KnownBy {
  const std::optional<schedule::Zone>& zone;      ///< of the wire
  const std::vector<cloud::Template>& templates;  ///< of the instance
  MonoTime shown_since{};                         ///< the list shows what was taken before
};

/// Matches runs of one instance that are accepted, unknown, or due and to be looked for. A run that has its
/// report keeps it; what speaks for a report beside its window decides first. Where there are fewer reports
/// than runs, those runs have one that were accepted, and those have none that were never sent, as far as is
/// known; of equals, the older submission has one, and the report that is listed with the smaller id. A
/// doubtful report is only taken for a run that was accepted, once its own would be listed. Contested runs
/// choose later. Pointers are into the arguments.
[[nodiscard]] Matches match_reports(const std::vector<Run*>& runs, const ReportsSeen& seen,
                                    const KnownBy& known);

/// Why a report that was asked for may be there without being recognised; empty where the listing proves that
/// what it does not show was not made.
[[nodiscard]] std::string doubt_about(const ReportsSeen& seen);

/// A call for the same window is under way, so that a report which is listed may be its: until it is
/// answered, a run that may exist is neither found nor given up.
[[nodiscard]] bool is_contested(const Run& run, const std::vector<Run*>& runs);

/// How long after it was sent a lost call may still take effect in the service. A look-up is believed only
/// when it was sent later than that.
[[nodiscard]] Seconds lost_call_horizon(const policy::Project& project);

}  // namespace dbssd::planner
