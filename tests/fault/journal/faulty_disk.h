// A disk that fails, or loses its power, at a moment of the test's choice. It stands between SQLite and the
// real files.
#pragma once

#include <sqlite3.h>

#include <functional>
#include <map>
#include <string>

namespace dbssd::fakes {

/// While it lives, every database that is opened goes through it. One at a time, and one thread.
class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  /// The step after the next `steps` writes, syncs and truncations fails with the code, and so do all that
  /// follow, until repair().
  void fail_after(int steps, int code);
  void repair();
  [[nodiscard]] bool failed() const { return failed_; }

  /// Called before each such step.
  void on_step(std::function<void()> call) { call_ = std::move(call); }

  /// What a power cut now would leave of each file: what was synced, and no more. By path.
  [[nodiscard]] const std::map<std::string, std::string>& durable() const { return durable_; }

  // For the file methods.
  [[nodiscard]] int step();
  void synced(const std::string& path);
  void removed(const std::string& path) { durable_.erase(path); }
  [[nodiscard]] sqlite3_vfs* real() const { return real_; }

 private:
  sqlite3_vfs* real_;
  sqlite3_vfs faulty_;
  int steps_left_ = -1;  // negative: healthy
  int code_ = SQLITE_OK;
  bool failed_ = false;
  std::function<void()> call_;
  std::map<std::string, std::string> durable_;
};

}  // namespace dbssd::fakes
