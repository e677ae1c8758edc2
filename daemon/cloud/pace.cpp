#include "cloud/pace.h"

#include <algorithm>
#include <cmath>

namespace dbssd::cloud {
namespace {

constexpr double kSlowest = 1.0 / 60;  ///< a call a minute
constexpr Seconds kNamedHolds{600};
constexpr double kDoublingSeconds = 60;
constexpr Seconds kLongestPause{60};

}  // namespace

Pace::Pace(int per_second) : configured_(std::max(per_second, 1)), rate_(configured_) {}

Pace::Nanos Pace::interval() const {
  return std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(1 / rate_));
}

MonoTime Pace::earliest() const {
  // A tenth of a second's worth may leave at once, so that a burst overshoots the rate by a tenth at most.
  const double burst = std::max(1.0, rate_ / 10);
  const Nanos room = std::chrono::duration_cast<Nanos>((burst - 1) * interval());
  return std::max(paused_until_, full_ - room);
}

void Pace::take(MonoTime now) {
  recover(now);
  full_ = std::max(full_, now) + interval();
}

void Pace::refused(MonoTime left, MonoTime now, std::optional<RateLimit> limit,
                   std::optional<Millis> retry_after) {
  if (left >= refused_at_) {
    rate_ = std::max(kSlowest, std::min(rate_ / 2, limit ? limit->per_second() : rate_));
    refused_at_ = now;
    recovering_from_ = now + (limit ? kNamedHolds : Seconds{0});
  }
  const Nanos pause = retry_after ? Nanos{*retry_after} : std::max<Nanos>(Seconds{1}, interval());
  paused_until_ = std::max(
      paused_until_, now + std::min<Nanos>(pause, retry_after ? Nanos{*retry_after} : Nanos{kLongestPause}));
}

void Pace::recover(MonoTime now) {
  if (rate_ >= configured_ || now <= recovering_from_) return;
  const double seconds = std::chrono::duration<double>(now - recovering_from_).count();
  rate_ = std::min(configured_, rate_ * std::exp2(std::min(seconds / kDoublingSeconds, 60.0)));
  recovering_from_ = now;
}

}  // namespace dbssd::cloud
