// One thing of those that a lane knows: an instance, a run, a creation job, a summary task.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/on_demand.h"
#include "base/time.h"
#include "cloud/types.h"
#include "journal/records.h"

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
  std::string templates_doubt;  ///< why there may be templates that were not listed
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
  /// When the newest look for it left that showed no report of it, or was of no use: is_to_be_looked_for().
  std::optional<MonoTime> looked_for_at;
  /// When a call for the same window may last have had its effect: what a list showed before that of reports
  /// may be the other's, and what it did not show may be its own.
  std::optional<MonoTime> contested_at;
  bool download_in_flight = false;
  int download_failures = 0;                       ///< in a row
  std::optional<MonoTime> download_failing_since;  ///< the first of them, in this process
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
  bool told_off = false;  ///< that it is switched off while reports wait for it
};

}  // namespace dbssd::planner
