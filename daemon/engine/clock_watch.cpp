#include "engine/clock_watch.h"

namespace dbssd::engine {

std::optional<Millis> ClockWatch::step(const Now& now) {
  const Millis wall = now.wall - last_.wall;
  const Millis mono = std::chrono::floor<Millis>(now.mono - last_.mono);
  last_ = now;
  const Millis jump = wall - mono;
  if (std::chrono::abs(jump) <= kTolerance) return std::nullopt;
  return jump;
}

}  // namespace dbssd::engine
