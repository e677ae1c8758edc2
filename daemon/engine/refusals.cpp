#include "engine/refusals.h"

#include "planner/backoff.h"

namespace dbssd::engine {

Millis Refusals::refused(MonoTime now) {
  if (newest_ && now - *newest_ >= kForgiven) count_ = 0;
  newest_ = now;
  if (++count_ <= kBorne) return Millis::zero();
  return planner::backoff_ceiling(count_ - kBorne, kFirstRest, kLongestRest);
}

}  // namespace dbssd::engine
