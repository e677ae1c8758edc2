// What must survive a crash, one plain record a thing. Each is written whole; its key is named in its comment
// and the project is the lane's. Texts are what the cloud or the policy said; instants are UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "cloud/types.h"

namespace dbssd::journal {

/// No key: one of each project. How the cloud answers it, and how long what lets its calls in is good.
struct ProjectRecord {
  Instant noted_at{};                    ///< when this was written
  std::optional<Instant> answered_at;    ///< the newest answer of the cloud
  std::optional<Instant> failing_since;  ///< empty: it answers, as far as is known
  std::string failure;                   ///< what the newest failure said; empty: as above
  std::optional<Instant> token_issued;
  std::optional<Instant> token_expires;
  std::optional<Instant> listed_at;  ///< its instances were listed last, as far as was written
  std::string clock_hold;  ///< why nothing is decided beyond the time that is sure; empty: nothing is held
  bool operator==(const ProjectRecord&) const = default;
};

/// Key: id. The fleet as last seen, so that a restart announces nothing twice.
struct InstanceRecord {
  InstanceId id;
  ResourceId resource_id;
  std::string name;
  cloud::InstanceStatus status = cloud::InstanceStatus::unknown;
  cloud::InstanceTask task = cloud::InstanceTask::none;
  std::optional<int> effect;
  Instant first_seen{};
  Instant changed_at{};                ///< when status, task or name last changed
  int absences = 0;                    ///< consecutive listings without it
  bool vanished = false;               ///< reported as gone; a later listing may bring it back
  std::optional<Instant> held_until;   ///< no starts before: something keeps stopping it
  std::optional<Instant> vanished_at;  ///< when it was reported as gone; empty while it is listed
  bool operator==(const InstanceRecord&) const = default;
};

enum class StartState : std::uint8_t { requested, accepted, rejected, unknown, confirmed, overdue };

/// Key: instance, requested_at. One start that was asked for.
struct StartRecord {
  InstanceId instance;
  Instant requested_at{};
  StartState state = StartState::requested;
  std::string rule;
  std::string error;
  std::optional<Instant> settled_at;
  bool operator==(const StartRecord&) const = default;
};

/// Key: report, instance. How far a schedule has been decided: everything at or before `cursor` has a run.
struct ScheduleRecord {
  ReportName report;
  InstanceId instance;
  std::string expression;  ///< as of when the cursor was written: a change of these three is another schedule
  std::string zone;
  std::string window;
  Instant since{};  ///< its life began; nothing before that is missed
  Instant cursor{};
  std::optional<Instant> last_scheduled;  ///< where a since_previous window begins
  std::optional<Instant> covered_until;   ///< end of the newest window that a run was opened for
  bool operator==(const ScheduleRecord&) const = default;
};

/// Where a run stands until it has an outcome.
enum class RunState : std::uint8_t {
  due,         ///< recorded, not sent (again); `reason` says what it waits for
  submitting,  ///< the intent is durable, the call may be under way
  unknown,     ///< the call may have had its effect: to be looked up
  accepted,    ///< the service took it, or it was found there: followed to 100 %
  merged,      ///< served by a later run, and ends as that one does
  settled,     ///< has its outcome
};

enum class Outcome : std::uint8_t { finished, failed, missed, expired, skipped };

[[nodiscard]] std::string_view to_string(StartState state);
[[nodiscard]] std::string_view to_string(RunState state);
[[nodiscard]] std::string_view to_string(Outcome outcome);

/// Names a run for ever: the scheduled time is part of it, which makes a second one impossible.
struct RunKey {
  ReportName report;
  InstanceId instance;
  Instant scheduled{};
  auto operator<=>(const RunKey&) const = default;
};

/// Key: RunKey. One scheduled time of one report on one instance. What the rule said when it was opened is
/// frozen here: a reload does not move it.
struct RunRecord {
  RunKey key;
  Window window;
  RunState state = RunState::due;
  std::optional<Outcome> outcome;    ///< set exactly once, together with state settled
  std::optional<Instant> served_by;  ///< merged: the scheduled time of the run that carries the joined window
  std::string reason;                ///< why it stands where it stands, for people
  Instant opened_at{};
  Instant not_before{};  ///< scheduled time plus spread
  Instant expires_at{};  ///< scheduled time plus deadline
  Seconds finish_within{};
  std::optional<Instant> submitted_at;  ///< newest intent
  std::optional<Instant> accepted_at;
  std::optional<Instant> settled_at;
  TemplateId template_id;     ///< as sent; empty until resolved
  std::string template_type;  ///< of that template, to recognise our report in the list; empty when not known
  std::string template_name;
  std::vector<std::string> databases;
  ReportId report_id;                          ///< claimed from the list; no two runs claim the same one
  int percentum = -1;                          ///< -1: not listed yet
  int attempts = 0;                            ///< create calls made
  int refusals = 0;                            ///< of them, refused by the service
  bool overdue = false;                        ///< said so already
  std::string archived;                        ///< path of the downloaded file; empty while there is none
  bool archive_pending = false;                ///< finished, and still to be downloaded
  std::optional<std::int64_t> archived_bytes;  ///< size of the file; empty of one from before schema 2
  std::string archived_sha256;  ///< of the file as it was written, in hexadecimal; empty likewise
  std::optional<Instant> archive_removed_at;  ///< the file was removed, or found to be gone; the rest stays
  std::string sent_begin;  ///< the window as the newest create call spelt it, in the zone of the wire as it
  std::string sent_end;    ///< was then: "2025-08-20 16:00:00"; empty of a run that was never sent
  std::string archive_error;  ///< why its file was never archived and will not be; empty otherwise
  bool operator==(const RunRecord&) const = default;
};

/// Key: resource_id, job_id. job_id is empty for the resource itself, followed before any job is listed.
struct JobRecord {
  ResourceId resource_id;
  JobId id;
  cloud::JobStatus status = cloud::JobStatus::unknown;
  std::string detail;  ///< error code and reason of a failure
  Instant first_seen{};
  bool settled = false;  ///< nothing more is expected of it
  bool overdue = false;  ///< said so already
  bool operator==(const JobRecord&) const = default;
};

/// Key: busi_type. The summary task as last logged.
struct SummaryRecord {
  cloud::BusiType busi_type = cloud::BusiType::audit;
  std::string id;
  cloud::TaskStatus status = cloud::TaskStatus::unknown;
  std::optional<Instant> query_begin;
  std::optional<Instant> query_end;
  std::optional<Instant> succeeded_until;  ///< newest query_end of a task that succeeded
  std::optional<Instant> succeeded_from;   ///< from here to there, without a gap, tasks have succeeded
  std::string task_switch;                 ///< "on" or "off", as the service spells it; empty when not said
  bool operator==(const SummaryRecord&) const = default;
};

}  // namespace dbssd::journal
