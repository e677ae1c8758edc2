// Something that is fetched, used for a while and fetched again: a token, lent keys, a project's id.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "base/expected.h"
#include "base/time.h"
#include "cloud/types.h"

namespace dbssd::cloud {

/// Fetches by one caller at a time: those who come meanwhile share its outcome, or go on with what there is
/// as long as it is good. After a failed fetch there is none for `hold`. Thread-safe.
template <class T>
class Renewal {
 public:
  struct Fresh {
    T value;
    MonoTime renew_at{};  ///< from then on it is fetched again while the old one still serves
    MonoTime ends_at{};
  };
  struct Current {
    T value;
    std::uint64_t generation = 0;
  };
  using Fetch = std::function<Expected<Fresh>(MonoTime deadline)>;
  /// How long to leave it alone after the n-th failure in a row. Called by the one that fetched.
  using Hold = std::function<Seconds(const Error&, int failures)>;

  /// `clock` outlives it; fetch and hold are called without a lock held.
  Renewal(const Clock& clock, Fetch fetch, Hold hold)
      : clock_(clock), fetch_(std::move(fetch)), hold_(std::move(hold)) {}

  [[nodiscard]] Expected<Current> get(MonoTime deadline) {
    std::unique_lock lock(mutex_);
    const MonoTime now = clock_.now().mono;
    const bool good = held_ && now < held_->ends_at;
    if (good && (now < held_->renew_at || fetching_ || now < next_fetch_))
      return Current{held_->value, generation_};
    if (fetching_) {
      const std::uint64_t before = attempts_;
      changed_.wait(lock,
                    [&] { return attempts_ != before; });  // the one that fetches keeps to its own deadline
      if (failure_) return fail(*failure_);
      return Current{held_->value, generation_};
    }
    if (now < next_fetch_ && failure_) {
      Error error = *failure_;
      error.retry_after = std::chrono::ceil<Millis>(next_fetch_ - now);
      return fail(std::move(error));
    }

    fetching_ = true;
    lock.unlock();
    Expected<Fresh> fetched = fetch_(deadline);
    const Seconds hold = fetched ? Seconds{0} : hold_(fetched.error(), failures_ + 1);
    lock.lock();
    fetching_ = false;
    ++attempts_;
    changed_.notify_all();
    if (fetched) {
      held_ = *std::move(fetched);
      const Now at = clock_.now();
      life_ = {at.second(), at.second() + std::chrono::floor<Seconds>(held_->ends_at - at.mono)};
      ++generation_;
      failures_ = 0;
      failure_.reset();
      return Current{held_->value, generation_};
    }
    ++failures_;
    failure_ = fetched.error();
    next_fetch_ = clock_.now().mono + hold;
    if (held_ && clock_.now().mono < held_->ends_at) return Current{held_->value, generation_};
    return fail(*failure_);
  }

  /// What there is now, good or not.
  [[nodiscard]] std::optional<T> peek() const {
    const std::lock_guard lock(mutex_);
    return held_ ? std::optional<T>(held_->value) : std::nullopt;
  }

  /// By the wall clock as it was when that was fetched.
  [[nodiscard]] std::optional<TokenLife> life() const {
    const std::lock_guard lock(mutex_);
    return held_ ? std::optional(life_) : std::nullopt;
  }

  /// Throws away what get() gave, unless it has been renewed since; then the next get() fetches. False where
  /// that has been done three times lately: a service that refuses what is fresh is not helped by more of it.
  [[nodiscard]] bool discard(std::uint64_t generation) {
    constexpr Seconds kOneMore{60};
    constexpr int kMost = 3;
    const std::lock_guard lock(mutex_);
    if (generation != generation_ || !held_) return true;
    const MonoTime now = clock_.now().mono;
    const MonoTime floor = now - kOneMore * kMost;
    if (std::max(discards_until_, floor) + kOneMore > now) return false;
    discards_until_ = std::max(discards_until_, floor) + kOneMore;
    held_.reset();
    return true;
  }

 private:
  const Clock& clock_;
  const Fetch fetch_;
  const Hold hold_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::optional<Fresh> held_;
  TokenLife life_;  ///< of held_
  std::uint64_t generation_ = 0;
  std::uint64_t attempts_ = 0;
  bool fetching_ = false;
  int failures_ = 0;  ///< in a row; written by the one that fetches only
  std::optional<Error> failure_;
  MonoTime next_fetch_{};
  MonoTime discards_until_ = MonoTime::min();
};

}  // namespace dbssd::cloud
