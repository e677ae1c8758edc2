// How the service itself stands: noted by the main thread, read by whoever serves it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/id.h"
#include "base/time.h"

namespace dbssd::telemetry {

struct ServiceState {
  enum class Phase : std::uint8_t { starting, serving, stopping };

  Phase phase = Phase::starting;
  WallTime started{};
  std::string policy_path = {};
  std::string fingerprint = {};                ///< of the policy in force
  Instant policy_since{};                      ///< it was taken up
  std::string refused = {};                    ///< why the last reload was refused; empty: it was not
  Now turned = {};                             ///< when the main loop last came round
  std::map<ProjectName, MonoTime> lanes = {};  ///< when each lane had last come round by then
};

/// Thread-safe.
class ServiceBoard {
 public:
  ServiceBoard(WallTime started, std::string policy_path)
      : state_{.started = started, .policy_path = std::move(policy_path)} {}

  /// `refused`: why what the file has was not taken up; empty where it was.
  void policy(std::string fingerprint, Instant since, std::string refused) {
    const std::lock_guard lock(mutex_);
    state_.fingerprint = std::move(fingerprint);
    state_.policy_since = since;
    state_.refused = std::move(refused);
  }
  /// The lanes run, and the main loop has come round.
  void turned(const Now& now, std::map<ProjectName, MonoTime> lanes) {
    const std::lock_guard lock(mutex_);
    state_.phase = ServiceState::Phase::serving;
    state_.turned = now;
    state_.lanes = std::move(lanes);
  }
  void stopping() {
    const std::lock_guard lock(mutex_);
    state_.phase = ServiceState::Phase::stopping;
  }

  [[nodiscard]] ServiceState read() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }

 private:
  mutable std::mutex mutex_;
  ServiceState state_;  // guarded by mutex_
};

/// Why the service is not to be counted on: its main loop or a lane hangs. Empty where it is well.
[[nodiscard]] std::string why_unhealthy(const ServiceState& state, MonoTime now);
/// Why it does not do its work now. Empty where it does.
[[nodiscard]] std::string why_not_ready(const ServiceState& state, MonoTime now);

}  // namespace dbssd::telemetry
