#include "cloud/pace.h"

#include <algorithm>

namespace dbssd::cloud {
namespace {

constexpr double kSlowest = 1.0 / 60;  ///< a call a minute
constexpr double kBelowNamed = 0.9;    ///< even calls arrive unevenly, and others count too
constexpr Seconds kNamedHolds{600};
constexpr double kGrowthSeconds = 600;
constexpr Seconds kLongestPause{60};

}  // namespace

Pace::Pace(double per_second)
    : configured_(std::max(per_second, 1.0)), rate_(configured_), refused_rate_(configured_) {}

void Pace::allow(double per_second) {
  const bool was_full = rate_ >= configured_;
  configured_ = std::max(per_second, 1.0);
  rate_ = was_full ? configured_ : std::min(rate_, configured_);
  refused_rate_ = was_full ? configured_ : std::min(refused_rate_, configured_);
}

bool Pace::is_slowed(MonoTime now) {
  recover(now);
  return rate_ < configured_ || now < paused_until_;
}

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

void Pace::refused(MonoTime let_in, MonoTime now, std::optional<RateLimit> limit,
                   std::optional<Millis> retry_after) {
  const bool is_news = let_in >= refused_at_;
  if (is_news) {
    recover(now);
    refused_rate_ = limit ? std::min(rate_, limit->per_second()) : rate_;
    rate_ = std::max(kSlowest, std::min(rate_ / 2, limit ? limit->per_second() * kBelowNamed : rate_));
    refused_at_ = now;
  }
  const Nanos pause = retry_after ? Nanos{*retry_after} : std::max<Nanos>(Seconds{1}, interval());
  paused_until_ = std::max(
      paused_until_, now + std::min<Nanos>(pause, retry_after ? Nanos{*retry_after} : Nanos{kLongestPause}));
  if (is_news) recovering_from_ = now + (limit ? kNamedHolds : Seconds{0});
  // Only calls that are let through could have shown that more is possible.
  recovering_from_ = std::max(recovering_from_, paused_until_);
}

void Pace::recover(MonoTime now) {
  if (rate_ >= configured_ || now <= recovering_from_) return;
  double seconds = std::chrono::duration<double>(now - recovering_from_).count();
  recovering_from_ = now;
  if (rate_ < refused_rate_) {
    // Slowly where it is close to what was too much: each refusal then buys many calls without one.
    const double slope = refused_rate_ / 2 / kGrowthSeconds;
    const double to_go = (refused_rate_ - rate_) / slope;
    rate_ = seconds < to_go ? rate_ + slope * seconds : refused_rate_;
    seconds = std::max(0.0, seconds - to_go);
  }
  rate_ = std::min(configured_, rate_ + configured_ / kGrowthSeconds * seconds);
}

}  // namespace dbssd::cloud
