// How everything stands by the journal: what status prints, and the status endpoint serves.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "journal/keeper.h"
#include "overview/blind.h"
#include "overview/report_coverage.h"
#include "overview/survey.h"
#include "overview/timeline.h"
#include "policy/policy.h"
#include "schedule/zone.h"

namespace dbssd::overview {

/// One thing worth a line. What it is not about is empty.
struct Standing {
  std::string what = {};  ///< "held", "report", …; of what is wrong see overview/trouble.h
  InstanceId instance = {};
  std::string instance_name = {};
  ResourceId resource = {};
  ReportName report = {};
  std::optional<Instant> scheduled = {};
  std::optional<Instant> since = {};
  std::optional<int> percentum = {};
  std::string reason = {};
};

/// Of one report rule, over all instances of a project.
struct ReportOverview {
  std::size_t waiting = 0;           ///< runs that are due
  std::size_t in_flight = 0;         ///< asked for
  std::size_t overdue = 0;           ///< asked for, and not finished in time
  std::size_t undecided = 0;         ///< instances whose times came due while no daemon looked
  std::size_t gaps = 0;              ///< of the last 31 days
  std::optional<Instant> next = {};  ///< the next scheduled time
  std::optional<Instant> covered_until =
      {};  ///< the end of what is covered last, on the instance that lags most
};

struct ProjectOverview {
  ProjectName name = {};
  std::optional<bool> reachable = {};         ///< empty: it was never asked
  std::optional<Instant> failing_since = {};  ///< it is not reachable, or its instances cannot be listed
  std::string failure = {};                   ///< what the newest failure said
  std::optional<Instant> answered = {};       ///< some minutes ago at the most, where all is well
  std::optional<Instant> listed = {};         ///< its instances were, last
  std::optional<cloud::TokenLife> token = {};
  std::map<std::string, std::size_t> instances = {};  ///< how many of each status, without what vanished
  std::size_t vanished = 0;
  std::size_t blind = 0;                              ///< of those, how many record nothing
  std::map<ReportName, ReportOverview> reports = {};  ///< look() leaves those of the policy
  std::vector<Standing> wrong = {};
  std::vector<Standing> in_flight = {};     ///< reports that were asked for, creations that are followed
  std::vector<Standing> waiting = {};       ///< reports that are due
  std::vector<Standing> not_selected = {};  ///< would be wrong if a rule selected it
};

/// A time at which a report is scheduled next, on one instance or on many.
struct ComingFire {
  Instant at = {};
  ProjectName project;
  ReportName report;
  InstanceId instance;  ///< the first of them
  std::string instance_name;
  std::size_t instances = 1;
};

inline constexpr std::size_t kMostRows = 200;

struct Overview {
  std::string state_path = {};
  std::optional<journal::Keeper> keeper = {};  ///< of the state; empty: nobody has looked, or could
  std::string keeper_error = {};               ///< why nobody could
  std::vector<Standing> wrong = {};            ///< with the service itself
  Instant now = {};
  std::vector<ProjectOverview> projects = {};
  std::vector<ComingFire> next = {};              ///< the soonest
  std::size_t gaps = 0;                           ///< of the last 31 days
  std::optional<SeriesCoverage> newest_gap = {};  ///< the series of the newest one, and that one alone
  std::string newest_gap_name = {};               ///< of its instance
  Blind blind = {};
  std::vector<TimelineRow> timeline = {};     ///< of kMostRows reports at the most
  std::size_t timeline_more = 0;              ///< rows that were left out
  std::vector<ReportCoverage> coverage = {};  ///< likewise
  std::size_t coverage_more = 0;
};

/// True where a daemon keeps the state, nothing is wrong with it or with a project, and there is no gap. What
/// is not known is not well.
[[nodiscard]] bool is_well(const Overview& overview);

/// What the journal says of one project.
[[nodiscard]] ProjectOverview overview_of(const policy::Policy& policy, const ProjectName& project,
                                          const journal::Remembered& remembered, Instant now);

/// Notes who keeps the state, and where nobody does or that cannot be found out, that this is wrong.
void add_keeper(Overview& overview, Expected<journal::Keeper> keeper);

/// Adds the project's next scheduled times to `next`, of which the soonest are kept, and to its overview what
/// came due and was not decided. Fails where the zone data lacks a zone.
[[nodiscard]] Expected<void> look_ahead(const policy::Policy& policy, const journal::Remembered& remembered,
                                        schedule::ZoneDatabase& zones, Instant now, ProjectOverview& project,
                                        std::vector<ComingFire>& next);

/// Reads all of it; who keeps the state is left to the caller. Fails where the journal cannot be read, or the
/// zone data lacks a zone.
[[nodiscard]] Expected<Overview> look(const policy::Policy& policy, journal::Journal& state,
                                      schedule::ZoneDatabase& zones, Instant now);

}  // namespace dbssd::overview
