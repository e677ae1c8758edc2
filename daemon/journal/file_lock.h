// Who may write a journal, and how the last one who did has ended: a file beside it that is locked while it
// is written.
#pragma once

#include <string>

#include "base/expected.h"
#include "journal/keeper.h"

namespace dbssd::journal {

/// Owns an exclusive flock, which the kernel takes back when the process ends, however it ends.
class FileLock {
 public:
  /// What the file says of the holder before.
  enum class LastEnd {
    none,     ///< there was none, or it never had a journal
    clean,    ///< it closed the journal
    unclean,  ///< it was killed, or the host went down
    damaged,  ///< it met damage in the journal
  };

  /// Creates the file where it is missing. Fails at once where another process holds it, and says which.
  [[nodiscard]] static Expected<FileLock> acquire(const std::string& path);

  /// Who holds the file, or held it last. Creates and writes nothing, and waits for nobody: what is no
  /// regular file is refused. Only where the last holder did not close the journal is the lock itself tried,
  /// shared, and given back at once.
  [[nodiscard]] static Expected<Keeper> keeper(const std::string& path);

  FileLock() = default;
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

  [[nodiscard]] LastEnd last_end() const { return last_end_; }

  // What the next holder is to read. in_use() is on the disk when it returns, as it must outlive a power cut.
  [[nodiscard]] Expected<void> in_use();
  void damaged();
  void closed();

 private:
  [[nodiscard]] bool write(const char* state);

  std::string path_;
  int descriptor_ = -1;
  LastEnd last_end_ = LastEnd::none;
};

}  // namespace dbssd::journal
