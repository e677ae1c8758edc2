// What the journal answers, on a connection that only reads.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "journal/sqlite.h"

namespace dbssd::journal::sqlite {

/// Thread-safe: one reader at a time. Each answer is of one moment and ends its transaction, so that none
/// holds the write-ahead log back.
class Reader {
 public:
  explicit Reader(Connection connection) : connection_(std::move(connection)) {}

  [[nodiscard]] Expected<Remembered> load(const ProjectName& project, Instant starts_since);
  [[nodiscard]] Expected<std::vector<RunRecord>> archived_runs(const ProjectName& project,
                                                               const ReportName& report, Instant before,
                                                               const std::string& below, std::size_t limit);
  [[nodiscard]] Expected<std::vector<ReportId>> claimed_reports(const ProjectName& project,
                                                                const InstanceId& instance,
                                                                const std::vector<ReportId>& listed);
  [[nodiscard]] Expected<std::vector<ProjectName>> projects();
  [[nodiscard]] Expected<std::vector<RunRecord>> runs(const ProjectName& project, const RunQuery& query);

  /// Nothing is read, and no moment held on to, as long as the lock is held.
  [[nodiscard]] std::unique_lock<std::mutex> pause() { return std::unique_lock(mutex_); }

 private:
  [[nodiscard]] Expected<bool> is_claimed(const ProjectName& project, const InstanceId& instance,
                                          const ReportId& report);

  std::mutex mutex_;
  Connection connection_;
  Statement claimed_;  // prepared at its first use; the others are rare
  bool claimed_prepared_ = false;
};

}  // namespace dbssd::journal::sqlite
