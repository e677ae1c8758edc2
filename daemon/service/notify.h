// What the service manager is told: sd_notify(3). Every call does nothing where no manager listens
// ($NOTIFY_SOCKET unset), and a manager that cannot be reached harms nothing. One thread, the main one.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace dbssd::service {

/// The policy is loaded and the state open. `status` is the line that `systemctl status` shows.
void notify_ready(std::string_view status);
void notify_status(std::string_view status);
void notify_stopping(std::string_view status);

/// Says RELOADING=1 when made and READY=1 when it goes, whatever happened in between: a manager that never
/// hears READY=1 counts the unit as reloading for ever.
class Reloading {
 public:
  Reloading();
  ~Reloading();
  Reloading(const Reloading&) = delete;
  Reloading& operator=(const Reloading&) = delete;

  /// The status line that goes with READY=1.
  void outcome(std::string_view status) { status_ = status; }

 private:
  std::string status_;
};

/// Keeps the manager's watchdog quiet for as long as the work advances, and no longer.
class Watchdog {
 public:
  /// The longest that a healthy lane goes without completing a turn: it sleeps for at most 30 s.
  static constexpr Seconds kLongestTurn{60};

  /// The interval that the manager asked of this process ($WATCHDOG_USEC, $WATCHDOG_PID); none: nothing is
  /// ever sent.
  [[nodiscard]] static std::optional<std::chrono::microseconds> requested();

  explicit Watchdog(std::optional<std::chrono::microseconds> interval) : interval_(interval) {}

  /// How often beat() is to be called: half the interval, and at most `most`.
  [[nodiscard]] Millis period(Millis most) const;

  /// Sends WATCHDOG=1 unless the slowest lane has completed no turn for longer than both the interval and
  /// kLongestTurn. Returns whether it was content.
  bool beat(MonoTime now, MonoTime slowest_turn) const;

 private:
  std::optional<std::chrono::microseconds> interval_;
};

}  // namespace dbssd::service
