#include "cloud/throttle.h"

#include <algorithm>
#include <stop_token>

namespace dbssd::cloud {

Throttle::Throttle(const Clock& clock, int per_second, int in_flight)
    : clock_(clock), most_in_flight_(std::max(in_flight, 1)), pace_(per_second) {}

Throttle::Pass::~Pass() {
  if (gate_ != nullptr) gate_->leave();
}

Expected<Throttle::Pass> Throttle::enter(const Patience& patience) {
  const MonoTime deadline = patience.deadline;
  Waiter self;
  const std::stop_callback wake(patience.cancelled, [&] {
    const std::lock_guard lock(mutex_);
    self.turn.notify_one();
  });
  std::unique_lock lock(mutex_);
  const Queue::iterator place = queue_.insert(queue_.end(), &self);
  std::optional<Error> failure;
  for (;;) {
    const MonoTime now = clock_.now().mono;
    const MonoTime free = pace_.earliest();
    if (patience.is_cancelled()) {
      failure = Error{ErrorKind::not_sent, "cancelled", {}, {}, 0};
      break;
    }
    if (now >= deadline || free > deadline) {
      failure = Error{
          ErrorKind::throttled, "no turn in time under the project's rate and in-flight limits", {}, {}, 0};
      failure->retry_after =
          std::chrono::ceil<Millis>(std::max(free - now, std::chrono::nanoseconds{Seconds{1}}));
      break;
    }
    const bool first = queue_.front() == &self;
    const bool room = in_flight_ < most_in_flight_;
    if (first && room && free <= now) break;
    self.turn.wait_for(lock, first && room ? free - now : patience.left(now));
  }
  queue_.erase(place);
  if (!failure) {
    pace_.take(clock_.now().mono);
    ++in_flight_;
  }
  wake_first();
  if (failure) return fail(*std::move(failure));
  return Pass(this, clock_.now().mono);
}

void Throttle::refused(const Pass& pass, const Error& error) {
  const std::lock_guard lock(mutex_);
  pace_.refused(pass.left_, clock_.now().mono, parse_rate_limit(error.message), error.retry_after);
}

void Throttle::leave() {
  const std::lock_guard lock(mutex_);
  --in_flight_;
  wake_first();
}

void Throttle::wake_first() {
  if (!queue_.empty()) queue_.front()->turn.notify_one();
}

}  // namespace dbssd::cloud
