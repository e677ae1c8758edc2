// Finished reports on this host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/expected.h"
#include "engine/sha256.h"
#include "journal/records.h"

namespace dbssd::engine {

/// DIRECTORY/PROJECT/INSTANCE-ID/REPORT/20250309T070000Z, without the extension. What a file system or a
/// shell could take for more than a name is replaced, and what is too long is cut; such a name gets `~` and a
/// hash of the original at its end, so that no two names become one.
[[nodiscard]] std::string archive_path(const std::string& directory, const ProjectName& project,
                                       const journal::RunKey& run);

/// What lies in the archive once a report was committed.
struct Archived {
  std::string path;
  std::int64_t bytes = 0;
  std::string sha256;  ///< of these bytes, as they were written; hexadecimal
};

/// One report being written: under a temporary name until commit(), so that a file with its final name is
/// whole. Not thread-safe. Without commit() the temporary file goes with the object.
class ArchiveFile {
 public:
  /// Creates the directories that are missing (mode 0750) and the temporary file (0640).
  [[nodiscard]] static Expected<ArchiveFile> create(const std::string& path_without_extension);
  ArchiveFile(ArchiveFile&& other) noexcept;
  ArchiveFile& operator=(ArchiveFile&&) = delete;
  ~ArchiveFile();

  /// False after a failure, which error() and commit() report.
  bool write(std::span<const char> bytes);
  [[nodiscard]] std::optional<Error> error() const;
  /// Durable under its final name (.pdf, .zip or .bin, by its first bytes). Replaces a file of that name.
  [[nodiscard]] Expected<Archived> commit();

 private:
  ArchiveFile(std::string stem, int descriptor);
  [[nodiscard]] Error failure(const std::string& what, int code) const;

  std::string stem_;
  int descriptor_ = -1;
  std::string head_;  ///< the first bytes, which tell PDF from ZIP
  std::int64_t bytes_ = 0;
  Sha256 sha256_;
  int error_ = 0;
};

}  // namespace dbssd::engine
