#pragma once

#include <chrono>

namespace dbss_sim {

using Span = std::chrono::milliseconds;
using Instant = std::chrono::sys_time<Span>;

// The simulator's only clock: the host's time of day at construction, carried on by the steady clock, plus
// what a test has advanced it by. It never steps back. The time factor does not bend it: it shortens the
// spans of the life cycles, so that the timestamps a client sees stay close to the client's own. The rate
// does: it is for a client whose own clocks are as fast.
class Clock {
 public:
  explicit Clock(double factor = 1.0, double rate = 1.0) : factor_(factor), rate_(rate) {}

  Instant now() const {
    return begin_ + advanced_ +
           std::chrono::duration_cast<Span>(rate_ * (std::chrono::steady_clock::now() - steady_begin_));
  }
  // How long something takes that the fleet says takes so many seconds.
  Span span(double seconds) const { return milliseconds(seconds / factor_); }
  void advance(double seconds) { advanced_ += milliseconds(seconds); }

  static Span milliseconds(double seconds) { return Span(static_cast<Span::rep>(seconds * 1000.0)); }

 private:
  double factor_;
  double rate_;
  Instant begin_ = std::chrono::time_point_cast<Span>(std::chrono::system_clock::now());
  std::chrono::steady_clock::time_point steady_begin_ = std::chrono::steady_clock::now();
  Span advanced_{0};
};

}  // namespace dbss_sim
