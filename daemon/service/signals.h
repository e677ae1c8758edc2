// The signals that mean something to the daemon, turned into values.
#pragma once

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>

#include "base/time.h"

namespace dbssd::service {

enum class Signal {
  stop,    ///< SIGTERM or SIGINT; once seen, every later wait says so at once
  reload,  ///< SIGHUP; several before the next wait are one
};

/// A peer that hangs up is then an error of that one write, and not the end of the process.
void ignore_broken_pipes();

/// Blocks the signals above and listens on a thread of its own, so that a stop is heard
/// also while the main thread is inside a slow disk or a slow name server. To be made before any other
/// thread: only threads that are made later inherit the blocked signals. One at a time.
class Signals {
 public:
  /// From the first stop on, the process has `grace`; if it is still there then, it leaves by
  /// _exit(late_status). A second stop leaves at once, by _exit(128 + signal); within `echo` of the first it
  /// is the same one, which timeout(1) and sudo(8) deliver twice. Neither loses anything: what must survive
  /// is in the journal.
  Signals(Millis grace, int late_status, Millis echo = Millis{100});
  /// Stops listening, drops what nobody waited for, and gives the signals back their former treatment.
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// The next signal, or nothing after `timeout`. For the main thread.
  [[nodiscard]] std::optional<Signal> wait(Millis timeout);

  /// As a first stop would do it, and a late end is by this status. From any thread; does not wait.
  void stop(int late_status) noexcept;

  /// From any thread.
  [[nodiscard]] bool stop_requested() const noexcept { return stopping_.load(std::memory_order_relaxed); }

 private:
  void listen();

  const Millis grace_;
  std::atomic<int> late_status_;
  const Millis echo_;
  sigset_t former_mask_{};

  std::mutex mutex_;
  std::condition_variable arrived_;
  bool reload_ = false;  ///< guarded by mutex_
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> ended_ = false;
  std::jthread listener_;
};

}  // namespace dbssd::service
