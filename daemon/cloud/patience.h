// How long a call may wait for whatever it needs before it can leave.
#pragma once

#include <algorithm>
#include <stop_token>
#include <utility>

#include "base/time.h"

namespace dbssd::cloud {

/// Until a deadline, which all waits of one call share, and no longer once its client is cancelled. Who waits
/// for a condition has itself woken then:
///
///   const std::stop_callback wake(patience.cancelled, [this] { …lock, notify… });   // before the lock
///
/// and looks at everything again whenever it wakes.
struct Patience {
  MonoTime deadline{};
  std::stop_token cancelled = {};

  // One that is not cancelled is written as its deadline.
  Patience(MonoTime until, std::stop_token stop = {})  // NOLINT(google-explicit-constructor)
      : deadline(until), cancelled(std::move(stop)) {}

  [[nodiscard]] bool is_cancelled() const { return cancelled.stop_requested(); }
  [[nodiscard]] bool is_over(MonoTime now) const { return now >= deadline; }
  /// For one wait, in a loop; a deadline may be so far away that no clock gets there.
  [[nodiscard]] MonoTime::duration left(MonoTime now) const {
    return std::min<MonoTime::duration>(deadline - now, std::chrono::hours{1});
  }
};

}  // namespace dbssd::cloud
