#include "cloud/probation.h"

#include <algorithm>
#include <stop_token>

namespace dbssd::cloud {

Expected<void> Probation::enter(const Patience& patience) {
  const std::stop_callback wake(patience.cancelled, [this] {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  for (;;) {
    const MonoTime now = clock_.now().mono;
    if (now < held_until_) {
      Error error;
      error.kind = ErrorKind::unauthorized;
      error.message = "the credential was refused and is left alone for " +
                      format_duration(std::chrono::ceil<Seconds>(held_until_ - now));
      error.retry_after = std::chrono::ceil<Millis>(held_until_ - now);
      return fail(std::move(error));
    }
    if (patience.is_cancelled()) return fail(ErrorKind::not_sent, "cancelled");
    const bool is_free = proven_ && !terms_.ever_alone;
    if (is_free || (!on_trial_ && stale_ == 0)) {  // whose outcome is whose could not be told
      on_trial_ |= !is_free;
      ++under_way_;
      return {};
    }
    if (patience.is_over(now))
      return fail(ErrorKind::not_sent, "no turn in time: another call is trying the credential");
    changed_.wait_for(lock, patience.left(now));
  }
}

Seconds Probation::conclude(Outcome outcome) {
  constexpr Seconds kLongest{3600};
  const std::lock_guard lock(mutex_);
  under_way_ = std::max(0, under_way_ - 1);
  const bool is_stale = stale_ > 0;
  if (is_stale) {
    --stale_;
  } else {
    on_trial_ = false;
  }
  changed_.notify_all();
  if (outcome == Outcome::unclear || (is_stale && outcome == Outcome::admitted)) return Seconds{0};
  proven_ = outcome == Outcome::admitted;
  if (proven_) {
    refusals_ = 0;
    holds_ = 0;
    return Seconds{0};
  }
  const MonoTime now = clock_.now().mono;
  if (now < held_until_ || ++refusals_ < terms_.most_refusals) return Seconds{0};
  refusals_ = 0;
  const Seconds hold = std::min(terms_.first_hold * (1 << std::min(holds_++, 10)), kLongest);
  held_until_ = now + hold;
  return hold;
}

void Probation::doubt() {
  const std::lock_guard lock(mutex_);
  proven_ = on_trial_ = false;
  stale_ = under_way_;
  changed_.notify_all();
}

}  // namespace dbssd::cloud
