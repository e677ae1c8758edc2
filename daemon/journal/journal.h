// The port to what survives a crash. Several lanes share one journal; each speaks only of its own project.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/expected.h"
#include "journal/records.h"

namespace dbssd::journal {

/// The outcome of a carrier: every run that is merged into it gets it too. They can be a year of minutes, and
/// are not read to be written.
struct Served {
  RunKey carrier;
  Outcome outcome = Outcome::failed;
  std::string reason;
  Instant settled_at{};
  bool operator==(const Served&) const = default;
};

/// Records to write, as one unit. Records are upserts by key.
struct Batch {
  std::optional<ProjectRecord> project = {};
  std::vector<InstanceRecord> instances;
  std::vector<StartRecord> starts;
  std::vector<ScheduleRecord> schedules;
  std::vector<std::pair<ReportName, InstanceId>> ended_schedules;  ///< removed, before `schedules` is written
  std::vector<InstanceId> gone_instances;                          ///< removed, before `instances` is written
  std::vector<RunRecord> runs;
  std::vector<Served> served;  ///< after `runs`
  std::vector<JobRecord> jobs;
  std::vector<SummaryRecord> summaries;

  [[nodiscard]] bool empty() const {
    return !project && instances.empty() && starts.empty() && schedules.empty() && ended_schedules.empty() &&
           gone_instances.empty() && runs.empty() && served.empty() && jobs.empty() && summaries.empty();
  }
  void append(Batch other);

  /// How many there are of each kind.
  using Sizes = std::array<std::size_t, 9>;
  [[nodiscard]] Sizes sizes() const;
  /// Takes away what was appended since there were so many; but `project`, which is newest as it is.
  void cut(const Sizes& sizes);
  /// The same, and hands over what it takes away.
  [[nodiscard]] Batch split(const Sizes& sizes);
};

/// Which runs of a project are asked for. What is left as it is restricts nothing but their number.
struct RunQuery {
  Instant from = Instant::min();  ///< scheduled in [from, to)
  Instant to = Instant::max();
  std::optional<ReportName> report = {};
  std::optional<InstanceId> instance = {};
  Window reached{Instant::min(), Instant::max()};  ///< their windows have a part in it
  std::optional<RunKey> after = {};                ///< the last of the page before: only what follows it
  std::size_t limit = 1000;
};

/// The runs that are merged into one carrier, of which only this much is read: their own records wait for its
/// outcome.
struct Joined {
  RunKey carrier;   ///< still to be opened, where its schedule's cursor is before it
  Instant begin{};  ///< of the earliest of their windows
  std::int64_t runs = 0;
  bool operator==(const Joined&) const = default;
};

/// What a lane starts from.
struct Remembered {
  std::optional<ProjectRecord> project = {};
  std::vector<InstanceRecord> instances;
  std::vector<StartRecord>
      starts;  ///< requested at or after the instant asked for, and all that are not settled
  std::vector<ScheduleRecord> schedules;
  std::vector<RunRecord> open_runs;  ///< without an outcome and not merged, or with archive_pending
  std::vector<Joined> joined;        ///< of all that are merged and have no outcome
  std::vector<JobRecord> jobs;
  std::vector<SummaryRecord> summaries;
};

/// Thread-safe. Calls may block for as long as a disk does.
class Journal {
 public:
  virtual ~Journal() = default;

  [[nodiscard]] virtual Expected<Remembered> load(const ProjectName& project, Instant starts_since) = 0;

  /// All of the batch or nothing of it; durable against a power cut when it returns. Refuses with `rejected`,
  /// and names the record, to change an outcome that is recorded, and to let two runs of a project claim one
  /// report of an instance: the same batch would be refused again. Any other failure is `internal`: the
  /// journal cannot be written now.
  [[nodiscard]] virtual Expected<void> commit(const ProjectName& project, const Batch& batch) = 0;

  /// Runs of the report whose file is still in the archive and whose path begins with `below`, scheduled
  /// before `before`; oldest scheduled time first, at most `limit`.
  [[nodiscard]] virtual Expected<std::vector<RunRecord>> archived_runs(const ProjectName& project,
                                                                       const ReportName& report,
                                                                       Instant before,
                                                                       const std::string& below,
                                                                       std::size_t limit) = 0;

  /// Those of the listed reports of the instance that runs of any state and age have claimed, in the order in
  /// which they are listed.
  [[nodiscard]] virtual Expected<std::vector<ReportId>> claimed_reports(
      const ProjectName& project, const InstanceId& instance, const std::vector<ReportId>& listed) = 0;

  /// Runs of a project, oldest scheduled time first, then by report and instance.
  [[nodiscard]] virtual Expected<std::vector<RunRecord>> runs(const ProjectName& project,
                                                              const RunQuery& query) = 0;

  /// Projects of which a run is open or a schedule has not ended, by name.
  [[nodiscard]] virtual Expected<std::vector<ProjectName>> projects() = 0;

  /// Removes what was settled before `before`, but for runs whose file is still to come or still in the
  /// archive; a little at a time, until there is no more or `stop` is requested. Returns how many records
  /// went.
  [[nodiscard]] virtual Expected<std::size_t> prune(Instant before, const std::stop_token& stop) = 0;
};

}  // namespace dbssd::journal
