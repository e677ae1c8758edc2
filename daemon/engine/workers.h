// A bounded pool of threads that make plain blocking calls.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/thread.h"
#include "base/time.h"

namespace dbssd::engine {

/// Threads come into being as there is work for them, never more than `most`, and leave when there was none
/// for a while: each holds memory. Where the host grants no further one, those that there are do the work;
/// where there are none, it waits, until one of
/// whoever else has the same watch ends for it. Thread-safe.
class Workers {
 public:
  static constexpr Millis kStay = Seconds{10};
  /// How long a host that granted no thread is not asked for another one.
  static constexpr Millis kAskAgain = Seconds{1};

  struct Terms {
    std::string purpose = "a worker";  ///< as the watch is told
    ThreadWatch* watch = nullptr;
    Millis stay = kStay;
  };
  explicit Workers(std::size_t most) : Workers(most, Terms()) {}
  Workers(std::size_t most, Terms terms);
  /// Drops what has not begun and waits for what has.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Runs the job on some thread, in order of submission. What a job throws ends its thread, and is for the
  /// watch. A job is destroyed, with all that it holds, as soon as it has run, and without a lock.
  void submit(std::function<void()> job);

  /// For jobs that are submitted from now on. Threads that are there already stay.
  void allow(std::size_t most);

  /// Asks for a thread that is still wanted. To be called now and then while jobs wait, and at least every
  /// kAskAgain where is_stranded().
  void ask_for_threads();
  /// There are jobs, and no thread to run them.
  [[nodiscard]] bool is_stranded() const;
  /// Runs one of them on the calling thread. False where there is a thread after all, or no job.
  bool run_stranded();

  [[nodiscard]] std::size_t threads() const;

 private:
  using Threads = std::vector<std::jthread>;

  [[nodiscard]] std::error_code add_thread_where_wanted();
  void work(const std::stop_token& stop);
  [[nodiscard]] Threads leave();

  const Terms terms_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::size_t most_;
  std::condition_variable_any arrived_;
  std::deque<std::function<void()>> jobs_;
  std::size_t idle_ = 0;
  MonoTime ask_again_{};  ///< after a refusal
  bool wants_one_ = false;
  Threads threads_;
  Threads left_;  ///< those that have ended or are about to, and whose stacks are still there
};

}  // namespace dbssd::engine
