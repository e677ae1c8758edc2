// How the service itself stands: noted by the main thread, read by whoever serves it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/time.h"

namespace dbssd::telemetry {

struct ServiceState {
  enum class Phase : std::uint8_t { starting, serving, stopping };

  Phase phase = Phase::starting;
  WallTime started{};
  std::string policy_path = {};
  std::string fingerprint = {};                  ///< of the policy in force
  Instant policy_since{};                        ///< it was taken up
  std::string refused = {};                      ///< why the last reload was refused; empty: it was not
  std::optional<Instant> refused_at = {};        ///< since when reloads have been refused
  Now turned = {};                               ///< when the main loop last came round
  std::map<ProjectName, MonoTime> lanes = {};    ///< when each lane had last come round by then
  std::map<ProjectName, std::string> idle = {};  ///< why a project was not worked for by then
};

/// Thread-safe.
class ServiceBoard {
 public:
  ServiceBoard(WallTime started, std::string policy_path)
      : state_{.started = started, .policy_path = std::move(policy_path)} {}

  /// `refused`: why what the file had at `looked_at` was not taken up; empty where it was.
  void policy(std::string fingerprint, Instant since, std::string refused, Instant looked_at) {
    const std::lock_guard lock(mutex_);
    state_.fingerprint = std::move(fingerprint);
    state_.policy_since = since;
    if (refused.empty()) {
      state_.refused_at.reset();
    } else if (!state_.refused_at) {
      state_.refused_at = looked_at;
    }
    state_.refused = std::move(refused);
  }
  /// The lanes run, and the main loop has come round. `idle`: as in ServiceState.
  void turned(const Now& now, std::map<ProjectName, MonoTime> lanes,
              std::map<ProjectName, std::string> idle = {}) {
    const std::lock_guard lock(mutex_);
    state_.phase = ServiceState::Phase::serving;
    state_.turned = now;
    state_.lanes = std::move(lanes);
    state_.idle = std::move(idle);
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

/// Why the service is to be started anew: its main loop or a lane hangs. Empty where neither does, which says
/// nothing of the cloud, the fleet and the evidence.
[[nodiscard]] std::string why_unhealthy(const ServiceState& state, MonoTime now);
/// Why it does not do its work now: it is starting or stopping, it hangs, or it does none for a project.
/// Empty where it does.
[[nodiscard]] std::string why_not_ready(const ServiceState& state, MonoTime now);

}  // namespace dbssd::telemetry
