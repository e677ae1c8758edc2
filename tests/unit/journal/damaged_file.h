// A journal with a known content, and ways to damage its file.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "journal/sqlite_journal.h"

namespace dbssd::journal {

inline const ProjectName kProject("prod");

/// A batch of one record.
[[nodiscard]] Batch batch_of(RunRecord run);
[[nodiscard]] Batch batch_of(InstanceRecord instance);

/// A journal of some 40 pages, closed in order.
void write_sample(const std::string& path);
[[nodiscard]] std::vector<RunRecord> sample_runs();

[[nodiscard]] std::string bytes_of(const std::string& path);
void put_bytes(const std::string& path, const std::string& bytes);

/// Every run that the journal has.
[[nodiscard]] std::vector<RunRecord> all_runs(Journal& journal);

/// Names in the file's directory that begin as it does and go on with `suffix`, without -wal and -shm.
[[nodiscard]] std::vector<std::string> siblings(const std::string& path, const std::string& suffix);

/// Opens to write, and fails the test where that fails.
[[nodiscard]] Opened open_or_fail(const std::string& path);

}  // namespace dbssd::journal
