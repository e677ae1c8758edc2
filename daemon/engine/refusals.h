// How long a lane rests after the journal has refused what it wrote. Pure: time is an argument.
#pragma once

#include <optional>

#include "base/time.h"

namespace dbssd::engine {

/// A lane that is refused reads again what is on record, and goes on. Where that does not mend it, it would
/// do so for ever: so a few refusals are borne at once, each further one costs a longer rest, and a day
/// without one forgives them all.
class Refusals {
 public:
  static constexpr int kBorne = 3;
  static constexpr Millis kFirstRest = std::chrono::minutes{1};
  static constexpr Millis kLongestRest = std::chrono::hours{1};
  static constexpr Millis kForgiven = std::chrono::hours{24};

  /// It was refused now. Returns for how long it is to write nothing.
  [[nodiscard]] Millis refused(MonoTime now);

 private:
  int count_ = 0;
  std::optional<MonoTime> newest_;
};

}  // namespace dbssd::engine
