// Finished reports on this host.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/expected.h"
#include "journal/records.h"

namespace dbssd::engine {

/// DIRECTORY/PROJECT/REPORT/20250309T070000Z_INSTANCE-ID, without the extension. What the file system or a
/// shell could take for more than a name is replaced.
[[nodiscard]] std::string archive_path(const std::string& directory, const ProjectName& project,
                                       const journal::RunKey& run);

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
  /// Durable under its final name (.pdf, .zip or .bin, by its first bytes), which it returns. Replaces a file
  /// of that name.
  [[nodiscard]] Expected<std::string> commit();

 private:
  ArchiveFile(std::string stem, int descriptor);
  [[nodiscard]] Error failure(const std::string& what, int code) const;

  std::string stem_;
  int descriptor_ = -1;
  std::string head_;  ///< the first bytes, which tell PDF from ZIP
  int error_ = 0;
};

}  // namespace dbssd::engine
