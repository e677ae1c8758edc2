#include "cloud/throttle.h"

#include <algorithm>
#include <cstdint>
#include <stop_token>

namespace dbssd::cloud {

Throttle::Throttle(const Clock& clock, int per_second, int in_flight)
    : clock_(clock), most_in_flight_(std::max(in_flight, 1)), pace_(per_second) {}

Throttle::Pass::~Pass() {
  if (gate_ != nullptr) gate_->leave();
}

Expected<Throttle::Pass> Throttle::enter(const Patience& patience) {
  Waiter self;
  const std::stop_callback wake(patience.cancelled, [&] {
    const std::lock_guard lock(mutex_);
    self.turn.notify_one();
  });
  std::unique_lock lock(mutex_);
  const Queue::iterator place = queue_.insert(queue_.end(), &self);
  enum class End : std::uint8_t { let_in, cancelled, late } end = End::let_in;
  MonoTime now = clock_.now().mono;
  for (;; now = clock_.now().mono) {
    const MonoTime free = pace_.earliest();
    if (patience.is_cancelled()) {
      end = End::cancelled;
      break;
    }
    if (patience.is_over(now) || free > patience.deadline) {
      end = End::late;
      break;
    }
    const bool first = queue_.front() == &self;
    const bool room = in_flight_ < most_in_flight_;
    if (first && room && free <= now) break;
    self.turn.wait_for(lock, first && room ? free - now : patience.left(now));
  }
  queue_.erase(place);  // before anything that can throw
  if (end == End::let_in) {
    pace_.take(now);
    ++in_flight_;
  }
  wake_first();
  if (end == End::let_in) return Pass(this);
  if (end == End::cancelled) return fail(ErrorKind::not_sent, "cancelled");
  Error error;
  error.kind = ErrorKind::throttled;
  error.message = "no turn in time under the project's rate and in-flight limits";
  error.retry_after =
      std::chrono::ceil<Millis>(std::max<MonoTime::duration>(pace_.earliest() - now, Seconds{1}));
  return fail(std::move(error));
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
