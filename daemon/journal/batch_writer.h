// Writes the records of a batch, and removes old ones, on the writer's connection.
#pragma once

#include <cstddef>
#include <tuple>

#include "journal/journal.h"
#include "journal/rows.h"

namespace dbssd::journal::sqlite {

/// Its statements are prepared once. Runs inside a transaction that the caller has begun and ends.
class BatchWriter {
 public:
  /// `connection` must outlive the writer.
  [[nodiscard]] static Expected<BatchWriter> on(Connection& connection);

  /// Stops at the first record that is refused and names it; the caller rolls back. A refusal is `rejected`.
  [[nodiscard]] Expected<void> write(const ProjectName& project, const Batch& batch);

  template <class Record>
  [[nodiscard]] Expected<void> write_one(const std::string& project, const Record& record) {
    return std::get<Upsert<Record>>(upserts_).write(project, record);
  }

 private:
  template <class Records>
  [[nodiscard]] Expected<void> write_all(const std::string& project, const Records& records);
  [[nodiscard]] Expected<void> end_schedules(const std::string& project, const Batch& batch);
  [[nodiscard]] Expected<void> forget_instances(const std::string& project, const Batch& batch);
  [[nodiscard]] Expected<void> serve(const std::string& project, const Batch& batch);

  std::tuple<Upsert<ProjectRecord>, Upsert<InstanceRecord>, Upsert<StartRecord>, Upsert<ScheduleRecord>,
             Upsert<RunRecord>, Upsert<JobRecord>, Upsert<SummaryRecord>>
      upserts_;
  Statement end_schedule_, forget_instance_, serve_;
};

}  // namespace dbssd::journal::sqlite
