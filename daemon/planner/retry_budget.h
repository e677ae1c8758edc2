// How much of what failed may be tried again, all of a project together.
#pragma once

#include "base/time.h"

namespace dbssd::planner {

/// A bucket of tries. Each further try takes one; it fills by a tenth for each first try that succeeds, by
/// two for each further one, and by ten a minute in any case, up to twenty. So in T minutes
///
///   further tries <= 20 + 10 T + first successes / 10 + 2 * further successes
///
/// however many things there are that fail, each with a back-off of its own: nothing succeeds, and it is ten
/// a minute; the service is well again, and what waits doubles its pace with each answer.
class RetryBudget {
 public:
  /// How many may leave now.
  [[nodiscard]] int allowed(MonoTime now) const;
  /// When so many may, if nothing succeeds until then.
  [[nodiscard]] MonoTime when(int tries, MonoTime now) const;
  /// A further try leaves.
  void spend(MonoTime now);
  /// A try succeeded.
  void earn(bool was_further, MonoTime now);

  static constexpr Millis kMost = Seconds{120};  ///< twenty tries, as the time that brings them
  static constexpr Millis kOne = Seconds{6};

 private:
  /// The bucket as the instant at which it will be full; it holds what is missing to kMost.
  MonoTime full_at_{};
};

}  // namespace dbssd::planner
