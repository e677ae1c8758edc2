// Opening the journal's file: the checks before it is trusted, and what is done where it cannot be.
#pragma once

#include <string>

#include "base/expected.h"
#include "journal/file_lock.h"
#include "journal/sqlite.h"

namespace dbssd::journal::sqlite {

/// The file with its links resolved, so that two names of one file are one journal. Fails where its directory
/// is missing or it is not a regular file.
[[nodiscard]] Expected<std::string> resolved(const std::string& path);

/// The file beside a journal that who writes it holds.
[[nodiscard]] inline std::string lock_of(const std::string& path) { return path + ".lock"; }

/// For writing: takes the file's lock, recovers where needed, migrates.
struct WritableFile {
  FileLock lock;
  Connection connection;
  std::string recovered;  ///< as Opened::recovered
};
[[nodiscard]] Expected<WritableFile> open_to_write(const std::string& path);

/// For reading, beside a writer or not. A file that is not there, or still empty, reads as an empty journal;
/// one that may be there, and cannot be looked at, does not.
[[nodiscard]] Expected<Connection> open_to_read(const std::string& path);

}  // namespace dbssd::journal::sqlite
