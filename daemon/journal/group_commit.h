// One transaction for whoever waits: a commit costs one wait for the disk, however many lanes ask at the same
// moment.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "journal/sqlite.h"

namespace dbssd::journal::sqlite {

/// Thread-safe; the only user of its connection. The first thread that finds no transaction under way leads:
/// it does the work of all that wait by then, each in a savepoint of its own, commits, and hands every thread
/// its result.
class GroupCommit {
 public:
  /// What one thread wants done inside the transaction. May run on another thread's stack while its own one
  /// waits.
  using Work = std::function<Expected<void>()>;

  /// `connection` must outlive it. `afterwards` runs between transactions, when those that waited have their
  /// answer; what it throws is dropped.
  [[nodiscard]] static Expected<std::unique_ptr<GroupCommit>> on(
      Connection& connection, std::function<void()> afterwards = [] {});

  /// All of the work or nothing of it, durable when this returns. Work that fails with `rejected` is undone
  /// alone; any other failure is the file's, and undoes the whole transaction.
  [[nodiscard]] Expected<void> run(const Work& work);

  /// Threads whose work will be in the next transaction.
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Waiting {
    const Work& work;
    Expected<void> result;
    bool done = false;
  };

  GroupCommit(Connection& connection, std::function<void()> afterwards)
      : connection_(connection), afterwards_(std::move(afterwards)) {}
  void lead(std::unique_lock<std::mutex>& lock);
  void perform(std::span<Waiting* const> group);
  [[nodiscard]] Expected<void> perform_each(std::span<Waiting* const> group);
  [[nodiscard]] Expected<void> perform_one(Waiting& waiting);

  Connection& connection_;
  std::function<void()> afterwards_;
  Statement begin_, commit_, savepoint_, release_, undo_;  // the leader's

  mutable std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  std::vector<Waiting*> queue_;
  bool leading_ = false;
};

}  // namespace dbssd::journal::sqlite
