// Something that is fetched, used for a while and fetched again: a token, lent keys, a project's id.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/expected.h"
#include "base/time.h"
#include "cloud/patience.h"
#include "cloud/types.h"

namespace dbssd::cloud {

/// Fetches by one caller at a time. Those who come meanwhile go on with what is good still, or wait for what
/// comes of it. After a failed fetch there is none for `hold`. Thread-safe.
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
  using Fetch = std::function<Expected<Fresh>(const Patience&)>;
  /// How long to leave it alone after the n-th failure in a row. Called by the one that fetched; does not
  /// throw.
  using Hold = std::function<Seconds(const Error&, int failures)>;

  /// `clock` outlives it; fetch and hold are called without a lock held.
  Renewal(const Clock& clock, Fetch fetch, Hold hold)
      : clock_(clock), fetch_(std::move(fetch)), hold_(std::move(hold)) {}

  /// Waits while another caller fetches: not_sent where the patience, which the fetch gets too, ends before.
  [[nodiscard]] Expected<Current> get(const Patience& patience) {
    const std::stop_callback wake(patience.cancelled, [this] {
      const std::lock_guard lock(mutex_);
      changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    std::optional<std::uint64_t> joined;  // the attempt that was under way when it came
    for (;;) {
      const MonoTime now = clock_.now().mono;
      if (is_good(now) && (now < held_->renew_at || fetching_ || now < next_fetch_)) return current();
      if (joined && attempts_ != *joined && failure_) return fail(*failure_);
      if (patience.is_cancelled()) return fail(ErrorKind::not_sent, "cancelled");
      if (!fetching_) break;
      if (!joined) joined = attempts_;
      if (patience.is_over(now)) return fail(ErrorKind::not_sent, "no turn in time: another call is asking");
      changed_.wait_for(lock, patience.left(now));
    }
    if (const MonoTime now = clock_.now().mono; now < next_fetch_ && failure_) {
      Error error = *failure_;
      error.retry_after = std::chrono::ceil<Millis>(next_fetch_ - now);
      return fail(std::move(error));
    }
    fetching_ = true;
    lock.unlock();
    Expected<Fresh> fetched = fetch(patience);
    const Seconds hold = fetched ? Seconds{0} : hold_(fetched.error(), failures_ + 1);
    lock.lock();
    return conclude(std::move(fetched), hold);
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
  /// Others wait for the outcome, so that there has to be one.
  [[nodiscard]] Expected<Fresh> fetch(const Patience& patience) try {
    return fetch_(patience);
  } catch (const std::exception& thrown) {
    return fail(ErrorKind::not_sent, thrown.what());
  }

  // With the lock.
  [[nodiscard]] bool is_good(MonoTime now) const { return held_ && now < held_->ends_at; }
  [[nodiscard]] Current current() const { return {held_->value, generation_}; }
  [[nodiscard]] Expected<Current> conclude(Expected<Fresh>&& fetched, Seconds hold) {
    fetching_ = false;
    ++attempts_;
    changed_.notify_all();
    const Now now = clock_.now();
    if (fetched) {
      held_ = *std::move(fetched);
      life_ = {now.second(), now.second() + std::chrono::floor<Seconds>(held_->ends_at - now.mono)};
      ++generation_;
      failures_ = 0;
      failure_.reset();
      return current();
    }
    ++failures_;
    failure_ = std::move(fetched.error());
    next_fetch_ = now.mono + hold;
    if (is_good(now.mono)) return current();
    return fail(*failure_);
  }

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
