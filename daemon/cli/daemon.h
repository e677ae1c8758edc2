// The daemon: what `run` does between READY=1 and the signal that ends it.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "engine/engine.h"
#include "policy/reader.h"
#include "service/notify.h"
#include "service/signals.h"
#include "telemetry/event.h"
#include "telemetry/service_state.h"

namespace dbssd::cli {

/// What a daemon stands on. Owned by the caller; the main thread's.
struct Host {
  service::Signals& signals;
  const Clock& clock;
  schedule::ZoneDatabase& zones;
  telemetry::EventSink& log;
  telemetry::ServiceBoard& board;
  std::function<Expected<void>(const policy::Log&)> reconfigure_log;
  std::ostream& err;
  std::string policy_path;
  std::string state_path;  ///< the one that is open
};

class Daemon {
 public:
  /// Hands a policy that is valid to whoever acts by it.
  using TakeUp = std::function<Expected<void>(const std::shared_ptr<const policy::Policy>&)>;
  /// A turn of the main loop. Returns the evidence of progress: when the slowest part last advanced.
  using Turn = std::function<MonoTime()>;

  Daemon(Host host, std::shared_ptr<const policy::Policy> policy);

  /// Says READY=1, then turns at least every 30 s, and after each signal, until told to stop; says
  /// STOPPING=1.
  void serve(const Turn& turn, const TakeUp& take_up);

  [[nodiscard]] const std::shared_ptr<const policy::Policy>& policy() const { return policy_; }

 private:
  void reload(const TakeUp& take_up);
  /// Takes up what is valid; else returns why the old policy goes on.
  [[nodiscard]] Expected<void> replace_policy(const TakeUp& take_up);
  void log_changes(const policy::Policy& before, const policy::Policy& after) const;

  Host host_;
  std::shared_ptr<const policy::Policy> policy_;
  service::Watchdog watchdog_;
};

/// An event that is about the service itself.
[[nodiscard]] telemetry::Event service_event(telemetry::EventId id, std::string msg, std::string reason = {});

}  // namespace dbssd::cli
