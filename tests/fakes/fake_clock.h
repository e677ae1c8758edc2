// A clock that a test moves: nothing sleeps.
#pragma once

#include <mutex>

#include "base/time.h"

namespace dbssd::fakes {

/// The host's two clocks, and the time that really passed, which is what the cloud lives by. Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Instant start) : wall_(start) {}

  [[nodiscard]] Now now() const override {
    const std::scoped_lock lock(mutex_);
    return {wall_, mono_};
  }
  /// How much time really passed since the clock was made.
  [[nodiscard]] Millis elapsed() const {
    const std::scoped_lock lock(mutex_);
    return elapsed_;
  }

  /// Time passes.
  void advance(Millis by) {
    const std::scoped_lock lock(mutex_);
    wall_ += by;
    mono_ += by;
    elapsed_ += by;
  }
  /// The host sleeps: its monotonic clock stands still.
  void suspend(Millis by) {
    const std::scoped_lock lock(mutex_);
    wall_ += by;
    elapsed_ += by;
  }
  /// Somebody sets the wall clock.
  void step(Millis by) {
    const std::scoped_lock lock(mutex_);
    wall_ += by;
  }
  /// The host starts again: its monotonic clock begins anew.
  void reboot() {
    const std::scoped_lock lock(mutex_);
    mono_ = kJustBooted;
  }

 private:
  static constexpr MonoTime kJustBooted{Seconds{5}};

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  WallTime wall_;
  MonoTime mono_ = kJustBooted;
  Millis elapsed_{};
};

}  // namespace dbssd::fakes
