// What the cloud says, decoded: only what dbssd decides by. Unknown keys are dropped, loose scalars
// normalised.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace dbssd::cloud {

enum class InstanceStatus : std::uint8_t {
  shutoff,
  active,
  build,
  hawait,
  upgrading,
  frozen,
  error,
  deleting,
  deleted,
  unknown
};
enum class InstanceTask : std::uint8_t { none, powering_on, powering_off, rebooting, delete_wait, unknown };

[[nodiscard]] std::string_view to_string(InstanceStatus status);  ///< the cloud's own spelling: "SHUTOFF"
[[nodiscard]] std::string_view to_string(InstanceTask task);      ///< "powering-on"; "NO_TASK" for none
[[nodiscard]] InstanceStatus instance_status(
    std::string_view text);                                       ///< without case; unknown for anything else
[[nodiscard]] InstanceTask instance_task(std::string_view text);  ///< "", null and NO_TASK are none

struct Instance {
  InstanceId id;
  ResourceId resource_id;
  std::string name;
  InstanceStatus status = InstanceStatus::unknown;
  InstanceTask task = InstanceTask::none;
  std::optional<int> effect;  ///< 1..3: frozen in one way or another; anything else means nothing
  std::string timezone = {};  ///< the instance's own, as the cloud wrote it, in a form that is not stated
};

/// Of a token, or of keys that are lent: when it was issued and when it ends, by this host's clock.
struct TokenLife {
  Instant issued{};
  Instant expires{};
  bool operator==(const TokenLife&) const = default;
};

/// What an answer of the service was dated, and between which points of this process's clock that was.
struct ServiceDate {
  Instant date{};
  MonoTime sent{};
  MonoTime received{};
  bool operator==(const ServiceDate&) const = default;
};

/// One whole listing, all pages. The set can change between pages: entries are unique by id, and an instance
/// that is absent from one listing may still exist.
struct InstanceListing {
  std::vector<Instance> instances;
  std::vector<std::string>
      problems;  ///< entries that did not decode, one line each; they harm no other entry
  std::optional<Seconds> clock_ahead = {};  ///< the service's clock, of this host's, where it tells
};

/// "this host's clock is 2m behind the service's", where the service's is `ahead` of it.
[[nodiscard]] std::string describe_clock(Seconds ahead);

enum class JobStatus : std::uint8_t { init, ready, running, success, fail, unknown };
[[nodiscard]] std::string_view to_string(JobStatus status);

struct Job {
  JobId id;
  ResourceId resource_id;
  JobStatus status = JobStatus::unknown;
  std::string server_name;
  std::string type;  ///< job_type, empty when null
  std::optional<WallTime> begin;
  std::optional<WallTime> end;
  std::string error_code;
  std::string fail_reason;
};

enum class BusiType : std::uint8_t { audit, risk };
enum class TaskStatus : std::uint8_t { ready, running, success, failed, unknown };
[[nodiscard]] std::string_view to_string(BusiType type);
[[nodiscard]] std::string_view to_string(TaskStatus status);

struct SummaryTask {
  std::string id;
  BusiType busi_type = BusiType::audit;
  TaskStatus status = TaskStatus::unknown;
  std::string task_switch;  ///< "on", "off", or empty
  std::optional<std::int64_t> total;
  std::optional<std::int64_t> completed;
  std::optional<WallTime> begin;
  std::optional<WallTime> end;
  std::optional<WallTime> query_begin;  ///< the span of audit data that the task summed up
  std::optional<WallTime> query_end;
};

struct Template {
  TemplateId id;
  std::string name;
  std::string type;
};

/// By which the service itself makes reports of a template.
struct NativeSchedule {
  bool on = false;
  std::string frequency;  ///< DAY, WEEK, MONTH, as the service says
};

/// When a report was finished. The list says no zone: which instant it means is not certain.
struct Finish {
  Instant likely{};  ///< the later of what it means in UTC and in the project's api_time_zone
  Instant latest{};  ///< what it means in no zone is later than this
};

struct Report {
  ReportId id;
  std::string name;           ///< anything; often the template's
  std::string type;           ///< AUDIT_REPORT_REAL_TIME for one made on demand
  std::string template_type;  ///< PDF or ZIP, as documented; or the template's type
  /// Bounds of its window, in the form in which a create call writes them, "2025-08-20 16:00:00"; empty where
  /// the list names an instant, and where it cannot be read.
  std::string begin_words;
  std::string end_words;
  std::optional<Instant> start;  ///< UTC; words are read in the project's api_time_zone
  std::optional<Instant> end;
  std::vector<std::string> databases;       ///< ids, or names in their stead; empty: all, or not said
  std::string finish_time;                  ///< as the cloud wrote it; its zone is not stated
  std::optional<Finish> finish;             ///< what that may mean; nothing where it cannot be read
  std::optional<Instant> finished = {};     ///< the same, read in the project's api_time_zone
  std::optional<Seconds> wire_offset = {};  ///< of that zone from UTC; nothing where finish_time names one
  int percentum = 0;                        ///< 0..100
};

struct ReportListing {
  std::vector<Report> reports;
  std::string doubt;        ///< why the service may have a report that is not among them; empty: it has not
  bool ends_early = false;  ///< all that was wanted is among them, and the rest was not read
};

/// An instance's templates, as far as they were listed.
struct TemplateListing {
  std::vector<Template> templates;
  std::string doubt;  ///< why the instance may have templates that are not among them; empty: it has not
};

struct Database {
  std::string id;
  std::string name;
  std::string type;
};

struct CreateReport {
  TemplateId template_id;
  std::string begin_words;  ///< of the window, sent as they are: "2025-08-20 16:00:00"
  std::string end_words;
  std::vector<std::string> databases;  ///< empty is all
};

}  // namespace dbssd::cloud
