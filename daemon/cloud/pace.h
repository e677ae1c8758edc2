// When the next call may leave: an even pace that gives way to a service that throttles. Pure: time is an
// argument.
#pragma once

#include <optional>

#include "base/time.h"
#include "cloud/answer.h"

namespace dbssd::cloud {

/// A token bucket kept as the one instant at which it would be full. Its rate decreases by a factor and
/// increases by a sum: a refusal halves it, or takes nine tenths of what the service named, and pauses; then
/// it grows evenly, in ten minutes by half of what was refused, and from what was refused on by the
/// configured rate. What the service named holds for ten minutes first. Not thread-safe.
class Pace {
 public:
  explicit Pace(double per_second);

  /// Another rate is configured from now on.
  void allow(double per_second);

  /// When the next call may leave, which can be in the past.
  [[nodiscard]] MonoTime earliest() const;
  /// Whether a refusal still has fewer calls leave, or none, than the configured rate does.
  [[nodiscard]] bool is_slowed(MonoTime now);
  /// One call leaves now.
  void take(MonoTime now);
  /// A call that was let in at `let_in` came back throttled. Calls that were let in before the last refusal
  /// say nothing new.
  void refused(MonoTime let_in, MonoTime now, std::optional<RateLimit> limit,
               std::optional<Millis> retry_after);

  [[nodiscard]] double per_second() const { return rate_; }

 private:
  using Nanos = std::chrono::nanoseconds;
  [[nodiscard]] Nanos interval() const;
  void recover(MonoTime now);

  double configured_;
  double rate_;
  double refused_rate_;  ///< the last that was too much; what is above it is not known to be well
  MonoTime full_{};      ///< when every place that was taken is free again
  MonoTime paused_until_{};
  MonoTime refused_at_{};
  MonoTime recovering_from_{};  ///< the pace has been restored up to here
};

}  // namespace dbssd::cloud
