// Keeps the write-ahead log short, whoever reads meanwhile.
#pragma once

#include <functional>
#include <mutex>

#include "journal/sqlite.h"

namespace dbssd::journal::sqlite {

/// Copies the log into the file as it grows. SQLite would do so inside the commit, with the lanes waiting,
/// and a log that somebody always reads would never begin anew.
class Checkpoint {
 public:
  /// Keeps our own readers out as long as it is held.
  using Pause = std::function<std::unique_lock<std::mutex>()>;

  /// `connection` must outlive it.
  Checkpoint(Connection& connection, Pause pause);
  ~Checkpoint();
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;

  /// To be called between transactions, by the thread that has the connection. What fails is tried again
  /// later: all that was committed is safe in the log.
  void after_commit();

 private:
  Connection& connection_;
  Pause pause_;
  int pages_ = 0;  // in the log, after the last commit
  int next_;       // when there are so many, act
};

}  // namespace dbssd::journal::sqlite
