#include "telemetry/service_state.h"

namespace dbssd::telemetry {
namespace {

/// Both sleep for 30 s at most; what takes longer than twice that hangs.
constexpr Seconds kLongestTurn{60};

std::string late(const std::string& who, MonoTime last, MonoTime now) {
  if (now - last <= kLongestTurn) return {};
  return who + " has not come round for " + format_duration(std::chrono::floor<Seconds>(now - last));
}

}  // namespace

std::string why_unhealthy(const ServiceState& state, MonoTime now) {
  if (state.phase != ServiceState::Phase::serving) return {};
  if (std::string reason = late("the main loop", state.turned.mono, now); !reason.empty()) return reason;
  for (const auto& [project, last] : state.lanes) {
    // As the main loop saw it: it looks often enough, or is late itself.
    std::string reason = late("the lane of project " + project.str(), last, state.turned.mono);
    if (!reason.empty()) return reason;
  }
  return {};
}

std::string why_not_ready(const ServiceState& state, MonoTime now) {
  switch (state.phase) {
    case ServiceState::Phase::starting:
      return "starting";
    case ServiceState::Phase::stopping:
      return "stopping";
    case ServiceState::Phase::serving:
      if (std::string reason = why_unhealthy(state, now); !reason.empty()) return reason;
      if (!state.idle.empty())
        return "project " + state.idle.begin()->first.str() + ": " + state.idle.begin()->second;
      return {};
  }
  return {};
}

}  // namespace dbssd::telemetry
