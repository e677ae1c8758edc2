// Removes old records from the journal, off the threads that have something better to do.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "base/thread.h"
#include "base/time.h"
#include "journal/journal.h"
#include "telemetry/event.h"

namespace dbssd::engine {

/// Has a thread of its own, from the first wish on, which sleeps until there is something to do. Its methods
/// belong to one thread, and wait for no disk.
class Pruning {
 public:
  /// All must outlive it; where it was left behind (stop()), for as long as the process lives. `watch` may be
  /// null.
  Pruning(journal::Journal& journal, telemetry::EventSink& events, ThreadWatch* watch);
  /// Waits for what is under way; stop() first.
  ~Pruning() = default;
  Pruning(const Pruning&) = delete;
  Pruning& operator=(const Pruning&) = delete;

  /// Removes what was settled longer than `keep` before `now`, and says how much it was. Where it is still at
  /// it the wish replaces the one that waits. False where the host grants no thread: ask again.
  [[nodiscard]] bool begin(Instant now, Seconds keep);

  /// Ends after the piece that is under way, a few milliseconds where the disk answers.
  void stop();
  [[nodiscard]] bool has_ended() const;

 private:
  struct Wish {
    Instant now{};
    Seconds keep{};
  };

  void work(const std::stop_token& stop);
  void prune(const Wish& wish, const std::stop_token& stop);

  journal::Journal& journal_;
  telemetry::EventSink& events_;
  ThreadWatch* const watch_;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::condition_variable_any asked_;
  std::optional<Wish> wish_;
  bool ended_ = false;

  std::jthread thread_;  ///< last: uses all of the above
};

}  // namespace dbssd::engine
