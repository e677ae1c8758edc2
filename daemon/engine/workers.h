// A bounded pool of threads that make plain blocking calls.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/time.h"

namespace dbssd::engine {

/// Threads come into being as there is work for them, never more than `most`, and leave when there was none
/// for a while: each holds memory. Where the host grants no further one, those that there are do the work.
/// Thread-safe.
class Workers {
 public:
  static constexpr Millis kStay = Seconds{10};

  explicit Workers(std::size_t most, Millis stay = kStay);
  /// Drops what has not begun and waits for what has.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Runs the job on some thread, in order of submission. The job must not throw. Throws std::system_error
  /// where there is not even one thread.
  void submit(std::function<void()> job);

  /// For jobs that are submitted from now on. Threads that are there already stay.
  void allow(std::size_t most);

  [[nodiscard]] std::size_t threads() const;

 private:
  using Threads = std::vector<std::jthread>;

  void add_thread();
  void work(const std::stop_token& stop);
  [[nodiscard]] Threads leave();

  const Millis stay_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::size_t most_;
  std::condition_variable_any arrived_;
  std::deque<std::function<void()>> jobs_;
  std::size_t idle_ = 0;
  Threads threads_;
  Threads left_;  ///< those that have ended or are about to, and whose stacks are still there
};

}  // namespace dbssd::engine
