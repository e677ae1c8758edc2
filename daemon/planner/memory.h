// What a lane knows: the journal's records in memory, and what is worth knowing only while the process lives.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/on_demand.h"
#include "base/time.h"
#include "cloud/types.h"
#include "journal/journal.h"
#include "planner/health.h"
#include "planner/plan.h"
#include "planner/retry_budget.h"
#include "policy/policy.h"
#include "schedule/cron.h"
#include "schedule/zone.h"

namespace dbssd::planner {

/// A question that is asked again and again.
struct Look {
  bool in_flight = false;
  MonoTime not_before{};             ///< earliest next time; the epoch means now
  std::optional<MonoTime> answered;  ///< when it last succeeded, by the time it was sent
  int failures = 0;                  ///< in a row
  int quiet = 0;                     ///< answers since something new was to be expected
  int undecided = 0;                 ///< refusals and answers in doubt, since one that proved something
  std::string last_error;            ///< of the streak of failures, for people
  bool told = false;                 ///< of the streak of failures, that it is refused
};

/// What is known of an instance for the sake of its reports: nothing, where it has had none in this process.
struct Reporting {
  std::vector<cloud::Template> templates;
  Look template_look;
  Look report_look;
};

/// What was done to have an instance run: nothing, as far back as any flap rule reaches.
struct Starting {
  std::vector<journal::StartRecord> starts;  ///< oldest first
  MonoTime watched{};                        ///< the newest of them was asked for, by this process's clock
};

/// The listing as this process has seen it. There are many: what few of them have is OnDemand.
struct Instance {
  journal::InstanceRecord record;
  bool listed = false;                      ///< by this process, in the newest listing
  std::optional<std::uint32_t> start_rule;  ///< index into Policy::instances.start
  OnDemand<Starting> starting;
  OnDemand<Reporting> reporting;
};

/// A run without an outcome, or one whose finished report is still to be downloaded.
struct Run {
  journal::RunRecord record;
  MonoTime retry_at{};  ///< no create call and no download before
  std::optional<MonoTime>
      unknown_since;  ///< by this process's clock: how long a lost call may still take effect
  /// Since when it is accepted or unknown, by this process's clock; of a remembered run as far back as the
  /// wall clock says, but so that it is watched for a while before it is given up.
  MonoTime watched_since{};
  bool looked_for = false;  ///< before it was sent, where that is needed: is_to_be_looked_for()
  bool download_in_flight = false;
  int download_failures = 0;
};

struct Job {
  journal::JobRecord follow;  ///< the resource itself (empty job id)
  std::map<JobId, journal::JobRecord> jobs;
  int absences = 0;  ///< answers without a job that was seen before
  Look look;
};

/// A file in the archive that has been there for longer than its rule keeps it.
struct ExpiredArchive {
  journal::RunRecord record;
  MonoTime retry_at{};  ///< its removal is not tried before
  bool in_flight = false;
  int failures = 0;
};

struct Summary {
  std::optional<journal::SummaryRecord> record;
  Look look;
};

/// What a schedule was before the policy changed it: its past is decided by this.
struct Former {
  schedule::Cron cron;
  schedule::Zone zone;
  schedule::WindowRule window;
};

/// One report rule on one instance, compiled: H resolved, zone loaded.
struct Binding {
  std::size_t rule = 0;  ///< index into Policy::reports
  InstanceId instance;
  schedule::Cron cron;
  schedule::Zone zone;
  std::optional<Former> former;  ///< the schedule changed, and the change is not yet recorded
  bool next_known = false;
  std::optional<Instant> next;
};

/// Runs in the order of their instances, so that those of one instance stand together.
struct ByInstance {
  using is_transparent = void;
  bool operator()(const journal::RunKey& a, const journal::RunKey& b) const {
    if (const auto order = a.instance <=> b.instance; order != 0) return order < 0;
    return a < b;
  }
  bool operator()(const journal::RunKey& a, const InstanceId& b) const { return a.instance < b; }
  bool operator()(const InstanceId& a, const journal::RunKey& b) const { return a < b.instance; }
};

using ScheduleKey = std::pair<ReportName, InstanceId>;

/// Owned by one lane and changed by its thread alone.
struct Memory {
  // As in the journal.
  journal::ProjectRecord project;
  std::map<InstanceId, Instance> instances;
  std::map<ScheduleKey, journal::ScheduleRecord> schedules;
  std::map<journal::RunKey, Run, ByInstance> runs;
  std::map<ResourceId, Job> jobs;
  std::map<cloud::BusiType, Summary> summaries;
  std::map<InstanceId, Instance>
      lost_instances;  ///< a damaged journal has their starts, and not their record

  // Of this process.
  Instant began{};
  Look listing;
  std::optional<MonoTime> cycle_began;           ///< a cycle lasts for a reconcile interval, however often
                                                 ///< the list is read meanwhile
  std::map<std::string, int> starts_this_cycle;  ///< by start rule
  std::set<std::string> capped_this_cycle;       ///< start rules whose cap was already said
  std::string listing_problems;                  ///< as last said
  Health health;
  journal::ProjectRecord project_on_record;  ///< `project` as newest written
  MonoTime project_noted{};                  ///< when that was
  RetryBudget retries;
  Look archive_look;
  std::map<journal::RunKey, ExpiredArchive> expired_archives;  ///< as the newest look found them
  MonoTime archives_rest_until{};                              ///< the clocks jumped: none is removed before
  int in_flight = 0;
  std::uint64_t calls_sent = 0;

  // From bind().
  std::vector<Binding> bindings;
  std::unordered_map<ReportName, std::size_t> rules;  ///< index into Policy::reports
  std::vector<ScheduleKey> unbound;  ///< schedules to be ended: nobody asks for them any more
  bool bindings_stale = true;        ///< the fleet changed since bind()
};

}  // namespace dbssd::planner
