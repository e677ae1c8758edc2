// The journal in memory: the same answers and the same refusals as the one on disk, held to it by the
// contract test.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "journal/journal.h"

namespace dbssd::fakes {

/// Survives the lanes that use it, as a disk does: a test restarts an engine by building another one over it.
class MemoryJournal : public journal::Journal {
  using RunOrder = std::tuple<Instant, ReportName, InstanceId>;
  struct Shelf {
    std::optional<journal::ProjectRecord> project;
    std::map<InstanceId, journal::InstanceRecord> instances;
    std::map<std::pair<Instant, InstanceId>, journal::StartRecord> starts;
    std::map<std::pair<ReportName, InstanceId>, journal::ScheduleRecord> schedules;
    std::map<RunOrder, journal::RunRecord> runs;
    std::map<std::pair<ResourceId, JobId>, journal::JobRecord> jobs;
    std::map<cloud::BusiType, journal::SummaryRecord> summaries;
  };

 public:
  MemoryJournal();
  ~MemoryJournal() override;

  [[nodiscard]] Expected<journal::Remembered> load(const ProjectName& project, Instant starts_since) override;

  [[nodiscard]] Expected<void> commit(const ProjectName& project, const journal::Batch& batch) override;

  [[nodiscard]] Expected<std::vector<journal::RunRecord>> archived_runs(const ProjectName& project,
                                                                        const ReportName& report,
                                                                        Instant before,
                                                                        const std::string& below,
                                                                        std::size_t limit) override;

  [[nodiscard]] Expected<std::vector<ReportId>> claimed_reports(const ProjectName& project,
                                                                const InstanceId& instance,
                                                                const std::vector<ReportId>& listed) override;

  [[nodiscard]] Expected<std::vector<ProjectName>> projects() override;

  [[nodiscard]] Expected<std::vector<journal::RunRecord>> runs(const ProjectName& project,
                                                               const journal::RunQuery& query) override;

  [[nodiscard]] Expected<std::size_t> prune(Instant before, const std::stop_token& stop) override;

  // What a test asks of it.

  /// The next `times` commits and prunes fail with the error, and record nothing.
  void fail_commits(std::size_t times, Error error = {ErrorKind::internal, "disk is full", {}, {}, 0});
  void fail_reads(std::size_t times, Error error = {ErrorKind::internal, "disk cannot be read", {}, {}, 0});
  /// Every batch that was committed, oldest first.
  [[nodiscard]] std::vector<std::pair<ProjectName, journal::Batch>> batches() const;
  /// What is on record, to be put back later.
  using Backup = std::map<ProjectName, Shelf>;
  [[nodiscard]] Backup backup() const;
  void put_back(Backup backup);
  /// All runs of a project, oldest scheduled time first.
  [[nodiscard]] std::vector<journal::RunRecord> all_runs(const ProjectName& project) const;

 private:
  static bool open(const journal::RunRecord& r);
  static bool in_archive(const journal::RunRecord& r);
  static RunOrder order(const journal::RunKey& key);

  static bool is_asked_for(const journal::RunRecord& r, const journal::RunQuery& query);

  static std::optional<Error> refusal(std::deque<Error>& failures);

  /// By a schedule, or by what is not settled.
  static bool mentioned(const Shelf& shelf, const InstanceId& id);

  static void serve(Shelf& shelf, const journal::Served& served);

  /// Whether the runs of the batch may be written, one after the other, over what is there.
  static Expected<void> allow(const Shelf& shelf, const journal::Batch& batch);

  mutable std::mutex mutex_;
  std::map<ProjectName, Shelf> shelves_;
  std::vector<std::pair<ProjectName, journal::Batch>> batches_;
  std::deque<Error> failing_commits_;
  std::deque<Error> failing_reads_;
};

}  // namespace dbssd::fakes
