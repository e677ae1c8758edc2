// The gate that every call of a project passes: at most so many a second, at most so many at once, first come
// first served. These are the operator's limits; what the service refuses is for ApiPaces.
#pragma once

#include <condition_variable>
#include <list>
#include <mutex>

#include "base/expected.h"
#include "cloud/pace.h"
#include "cloud/patience.h"

namespace dbssd::cloud {

/// Thread-safe.
class Throttle {
 public:
  /// A place among the calls in flight, given back when it goes. Must not outlive its Throttle.
  class Pass {
   public:
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass();

   private:
    friend class Throttle;
    explicit Pass(Throttle* gate) : gate_(gate) {}
    Throttle* gate_;
  };

  /// `clock` outlives it.
  Throttle(const Clock& clock, int per_second, int in_flight);

  /// Waits for a turn. throttled, at once, where none can come before the deadline; not_sent where the call
  /// is cancelled.
  [[nodiscard]] Expected<Pass> enter(const Patience& patience);

 private:
  struct Waiter {
    std::condition_variable turn;
  };
  using Queue = std::list<Waiter*>;
  void leave();
  void wake_first();

  const Clock& clock_;
  const int most_in_flight_;
  std::mutex mutex_;
  // Guarded by mutex_.
  Pace pace_;
  Queue queue_;
  int in_flight_ = 0;
};

}  // namespace dbssd::cloud
