// The two clocks and the words for what they say.
//
// Wall time orders schedules, windows and records; monotonic time measures intervals and time-outs.
// They never mix: each has its own type.
#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace dbssd {

using Seconds = std::chrono::seconds;
using Millis = std::chrono::milliseconds;

/// A point of UTC to the second: scheduled times, window bounds, journal stamps. Leap seconds are ignored, as
/// POSIX does.
using Instant = std::chrono::sys_seconds;
/// A point of UTC as the wall clock read it.
using WallTime = std::chrono::sys_time<Millis>;
/// A point of the monotonic clock; meaningless outside this process.
using MonoTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

/// Half-open [begin, end): the span of audit data that a report covers.
struct Window {
  Instant begin{};
  Instant end{};
  auto operator<=>(const Window&) const = default;
};

/// Both clocks, read together, once per decision.
struct Now {
  WallTime wall{};
  MonoTime mono{};
  /// The wall clock's current second.
  [[nodiscard]] Instant second() const { return std::chrono::floor<Seconds>(wall); }
};

/// The only source of time for everything that decides. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Now now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Now now() const override;
};

/// "2025-03-09T07:00:00Z". Years before 0 or after 9999 are printed with as many digits as they need.
[[nodiscard]] std::string format_utc(Instant t);
/// "2025-03-09T07:00:00.123Z"
[[nodiscard]] std::string format_utc_millis(WallTime t);
/// Reads exactly the form that format_utc writes (RFC 3339 with Z, whole seconds); nothing for anything else.
[[nodiscard]] std::optional<Instant> parse_utc(std::string_view text);

/// "90s", "15m", "6h", "30d", "1h30m": the largest units first, the form that the policy reads.
[[nodiscard]] std::string format_duration(Seconds d);

}  // namespace dbssd
