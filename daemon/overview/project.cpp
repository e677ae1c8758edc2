#include "overview/overview.h"

#include <map>
#include <utility>

#include "overview/names.h"
#include "overview/newest_start.h"
#include "overview/reach.h"
#include "overview/selected.h"
#include "overview/trouble.h"

namespace dbssd::overview {
namespace {

using journal::RunState;
using journal::StartState;

/// A job that failed and a start that was refused are news for so long.
constexpr Seconds kNews = std::chrono::days{1};

void add_instance(ProjectOverview& project, const journal::InstanceRecord& instance, Instant now) {
  if (instance.vanished) {
    ++project.vanished;
    return;
  }
  ++project.instances[std::string(to_string(instance.status))];
  if (instance.held_until && *instance.held_until > now)
    project.wrong.push_back(
        {.what = std::string(trouble::kHeld),
         .instance = instance.id,
         .instance_name = instance.name,
         .since = instance.changed_at,
         .reason = "until " + format_utc(*instance.held_until) + ": something keeps stopping it"});
}

/// Empty where the newest start is none to speak of.
std::string_view trouble_of(const journal::StartRecord& start, Instant now) {
  if (start.state == StartState::overdue) return trouble::kStartOverdue;
  if (start.state == StartState::rejected && start.requested_at > now - kNews) return trouble::kStartRejected;
  return {};
}

void add_starts(ProjectOverview& project, const journal::Remembered& remembered, Instant now) {
  const auto newest = newest_starts(remembered);
  for (const journal::InstanceRecord& instance : remembered.instances) {
    const auto found = newest.find(instance.id);
    if (found == newest.end() || instance.vanished || instance.status == cloud::InstanceStatus::active)
      continue;
    const journal::StartRecord& start = *found->second;
    const std::string_view what = trouble_of(start, now);
    if (what.empty()) continue;
    project.wrong.push_back({.what = std::string(what),
                             .instance = instance.id,
                             .instance_name = instance.name,
                             .since = start.requested_at,
                             .reason = "asked for by rule " + start.rule + ", and still " +
                                       std::string(to_string(instance.status)) +
                                       (start.error.empty() ? "" : ": " + start.error)});
  }
}

void add_job(ProjectOverview& project, const journal::JobRecord& job, Instant now) {
  Standing standing{.what = "creation", .resource = job.resource_id, .since = job.first_seen};
  if (job.id.empty()) {
    if (job.settled) return;
    standing.reason = job.overdue ? "it has not ended within its deadline" : "it is followed";
    if (job.overdue) standing.what = trouble::kCreationOverdue;
    (job.overdue ? project.wrong : project.in_flight).push_back(std::move(standing));
  } else if (job.status == cloud::JobStatus::fail && job.first_seen > now - kNews) {
    standing.what = trouble::kCreationFailed;
    standing.reason = "job " + job.id.str() + (job.detail.empty() ? "" : ": " + job.detail);
    project.wrong.push_back(std::move(standing));
  }
}

void add_run(ProjectOverview& project, const journal::RunRecord& run, const InstanceNames& names) {
  Standing standing{.what = "report",
                    .instance = run.key.instance,
                    .instance_name = name_in(names, run.key.instance),
                    .report = run.key.report,
                    .scheduled = run.key.scheduled,
                    .reason = run.reason};
  if (run.percentum >= 0 && run.state != RunState::settled) standing.percentum = run.percentum;
  ReportOverview& report = project.reports[run.key.report];
  switch (run.state) {
    case RunState::due:
    case RunState::merged:  // none is read one by one
      ++report.waiting;
      standing.since = run.opened_at;
      return project.waiting.push_back(std::move(standing));
    case RunState::settled:
      standing.what = "archive";
      standing.since = run.settled_at;
      standing.reason = "finished, and still to be downloaded";
      return project.waiting.push_back(std::move(standing));
    case RunState::submitting:
    case RunState::unknown:
    case RunState::accepted:
      standing.since = run.accepted_at ? run.accepted_at : run.submitted_at;
      ++(run.overdue ? report.overdue : report.in_flight);
      if (!run.overdue) return project.in_flight.push_back(std::move(standing));
      standing.what = trouble::kReportOverdue;
      standing.reason = "it has not finished within " + format_duration(run.finish_within);
      return project.wrong.push_back(std::move(standing));
  }
}

void add_joined(ProjectOverview& project, const journal::Joined& joined, const InstanceNames& names) {
  project.reports[joined.carrier.report].waiting += static_cast<std::size_t>(joined.runs);
  project.waiting.push_back({.what = "report",
                             .instance = joined.carrier.instance,
                             .instance_name = name_in(names, joined.carrier.instance),
                             .report = joined.carrier.report,
                             .scheduled = joined.carrier.scheduled,
                             .reason = std::to_string(joined.runs) +
                                       " missed times are joined into it, from " + format_utc(joined.begin) +
                                       " on"});
}

}  // namespace

ProjectOverview overview_of(const policy::Policy& policy, const ProjectName& project,
                            const journal::Remembered& remembered, Instant now) {
  ProjectOverview overview{.name = project};
  add_reach(overview, policy, remembered.project, now);
  add_selected(overview, policy, remembered.instances, now);
  for (const journal::InstanceRecord& instance : remembered.instances) add_instance(overview, instance, now);
  add_starts(overview, remembered, now);
  for (const journal::JobRecord& job : remembered.jobs) add_job(overview, job, now);
  const InstanceNames names = names_of(remembered.instances);
  for (const journal::RunRecord& run : remembered.open_runs) add_run(overview, run, names);
  for (const journal::Joined& joined : remembered.joined) add_joined(overview, joined, names);
  return overview;
}

}  // namespace dbssd::overview
