#include "service/notify.h"

#include <systemd/sd-daemon.h>
#include <time.h>

#include <algorithm>

namespace dbssd::service {
namespace {

/// One assignment a line: a line break inside a value would be read as a further assignment.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return line;
}

void send(std::string state, std::string_view status = {}) {
  if (!status.empty()) state += "\nSTATUS=" + one_line(status);
  sd_notify(/*unset_environment=*/0, state.c_str());
}

/// CLOCK_MONOTONIC in microseconds, as systemd compares it with its own reading.
std::string monotonic_usec() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::to_string(now.tv_sec * 1'000'000 + now.tv_nsec / 1'000);
}

}  // namespace

void notify_ready(std::string_view status) { send("READY=1", status); }

void notify_status(std::string_view status) { send("STATUS=" + one_line(status)); }

void notify_stopping(std::string_view status) { send("STOPPING=1", status); }

Reloading::Reloading() { send("RELOADING=1\nMONOTONIC_USEC=" + monotonic_usec()); }

Reloading::~Reloading() { send("READY=1", status_); }

std::optional<std::chrono::microseconds> Watchdog::requested() {
  std::uint64_t usec = 0;
  if (sd_watchdog_enabled(/*unset_environment=*/0, &usec) <= 0) return std::nullopt;
  return std::chrono::microseconds(usec);
}

Millis Watchdog::period(Millis most) const {
  if (!interval_) return most;
  return std::min(most, std::chrono::floor<Millis>(*interval_ / 2));
}

bool Watchdog::beat(MonoTime now, MonoTime slowest_turn) const {
  const auto allowed =
      std::max<std::chrono::nanoseconds>(interval_.value_or(std::chrono::microseconds{}), kLongestTurn);
  if (now - slowest_turn > allowed) return false;
  if (interval_) send("WATCHDOG=1");
  return true;
}

}  // namespace dbssd::service
