#include "cloud/probation.h"

namespace dbssd::cloud {

Probation::Probation(const Clock& clock, NoticeSink notices, int most_refusals)
    : clock_(clock), notices_(std::move(notices)), most_refusals_(most_refusals) {}

Expected<void> Probation::enter(MonoTime deadline) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const MonoTime now = clock_.now().mono;
    if (now < held_until_) {
      Error error;
      error.kind = ErrorKind::unauthorized;
      error.message = "held back after refusals of the credential";
      error.retry_after = std::chrono::ceil<Millis>(held_until_ - now);
      return fail(std::move(error));
    }
    if (proven_) return {};
    if (!on_trial_) {
      on_trial_ = true;
      return {};
    }
    if (now >= deadline)
      return fail(ErrorKind::not_sent, "no turn in time: another call is trying the credential");
    changed_.wait_for(lock, deadline - now);
  }
}

bool Probation::conclude(Credentials::Outcome outcome, const std::string& why) {
  Seconds hold{};
  {
    const std::lock_guard lock(mutex_);
    on_trial_ = false;
    changed_.notify_all();
    if (outcome == Credentials::Outcome::unclear) return false;
    proven_ = outcome == Credentials::Outcome::admitted;
    refusals_ = proven_ ? 0 : refusals_ + 1;
    if (proven_) holds_ = 0;
    if (proven_ || refusals_ < most_refusals_) return !proven_;
    refusals_ = 0;
    // Longer than the five minutes for which a service locks a key.
    hold = Seconds{240} + hold_after_refusal(++holds_);
    held_until_ = clock_.now().mono + hold;
  }
  if (notices_) {
    notices_({Notice::Kind::auth_failed, why, {}, {}});
    notices_({Notice::Kind::auth_held, "no further try for " + format_duration(hold), {}, hold});
  }
  return false;
}

}  // namespace dbssd::cloud
