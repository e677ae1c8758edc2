// The runs of the journal, in order, and what they cover.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/expected.h"
#include "journal/journal.h"
#include "overview/series.h"
#include "overview/undecided.h"
#include "planner/coverage.h"

namespace dbssd::overview {

/// Whose runs: a project's, or one instance's of it.
struct RunSource {
  ProjectName project;
  std::optional<InstanceId> instance = {};
};

using TakeRun = std::function<void(const ProjectName&, const journal::RunRecord&)>;

/// Hands each run of all sources to `take`: oldest scheduled time first, then by project, report and instance
/// as long as the sources are in the order of their projects. They are read a page at a time. `query` says
/// which; its instance and its page are not looked at.
[[nodiscard]] Expected<void> each_run(journal::Journal& journal, const std::vector<RunSource>& sources,
                                      const journal::RunQuery& query, const TakeRun& take);

struct SeriesCoverage {
  Series series;
  planner::Coverage coverage;
};

/// As each_run, for the runs that were scheduled in [from, to); returns what they cover, in the order of
/// their projects' names. A window that one of them left open, or that nobody decided, is covered also where
/// a run that was scheduled before or after did so.
[[nodiscard]] Expected<std::vector<SeriesCoverage>> survey(journal::Journal& journal,
                                                           const std::vector<RunSource>& sources,
                                                           const std::optional<ReportName>& report,
                                                           Instant from, Instant to, const TakeRun& take,
                                                           const std::vector<Undecided>& undecided = {});

}  // namespace dbssd::overview
