#include "overview/overview.h"

#include <map>
#include <utility>

#include "overview/names.h"
#include "overview/newest_start.h"

namespace dbssd::overview {
namespace {

using journal::RunState;
using journal::StartState;

/// A job that failed is news for so long.
constexpr Seconds kNews = std::chrono::days{1};

void add_reachability(ProjectOverview& project, const journal::ProjectRecord& record) {
  if (record.failing_since || record.answered_at) project.reachable = !record.failing_since;
  project.failing_since = record.failing_since;
  project.failure = record.failure;
  project.answered = record.answered_at;
  if (!record.clock_hold.empty())
    project.wrong.push_back({.what = "clock held", .reason = record.clock_hold});
  if (record.token_issued && record.token_expires)
    project.token = cloud::TokenLife{*record.token_issued, *record.token_expires};
}

void add_instance(ProjectOverview& project, const journal::InstanceRecord& instance, Instant now) {
  if (instance.vanished) {
    ++project.vanished;
    return;
  }
  ++project.instances[std::string(to_string(instance.status))];
  if (instance.held_until && *instance.held_until > now)
    project.wrong.push_back(
        {.what = "held",
         .instance = instance.id,
         .instance_name = instance.name,
         .reason = "until " + format_utc(*instance.held_until) + ": something keeps stopping it"});
}

void add_starts(ProjectOverview& project, const journal::Remembered& remembered) {
  const auto newest = newest_starts(remembered);
  for (const journal::InstanceRecord& instance : remembered.instances) {
    const auto found = newest.find(instance.id);
    if (found == newest.end() || found->second->state != StartState::overdue || instance.vanished ||
        instance.status == cloud::InstanceStatus::active)
      continue;
    const journal::StartRecord& start = *found->second;
    project.wrong.push_back({.what = "start overdue",
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
    if (job.overdue) standing.what = "creation overdue";
    (job.overdue ? project.wrong : project.in_flight).push_back(std::move(standing));
  } else if (job.status == cloud::JobStatus::fail && job.first_seen > now - kNews) {
    standing.what = "creation failed";
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
    case RunState::merged:
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
      standing.what = "report overdue";
      standing.reason = "it has not finished within " + format_duration(run.finish_within);
      return project.wrong.push_back(std::move(standing));
  }
}

}  // namespace

ProjectOverview overview_of(const ProjectName& project, const journal::Remembered& remembered, Instant now) {
  ProjectOverview overview{.name = project};
  if (remembered.project) add_reachability(overview, *remembered.project);
  for (const journal::InstanceRecord& instance : remembered.instances) add_instance(overview, instance, now);
  add_starts(overview, remembered);
  for (const journal::JobRecord& job : remembered.jobs) add_job(overview, job, now);
  const InstanceNames names = names_of(remembered.instances);
  for (const journal::RunRecord& run : remembered.open_runs) add_run(overview, run, names);
  return overview;
}

}  // namespace dbssd::overview
