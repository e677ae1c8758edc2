// The daemon: what `run` does between READY=1 and the signal that ends it.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "cli/policy_file.h"
#include "engine/engine.h"
#include "service/notify.h"
#include "service/signals.h"
#include "telemetry/event.h"

namespace dbssd::cli {

struct PolicyStanding;

/// What a daemon stands on. Owned by the caller; the main thread's.
struct Host {
  service::Signals& signals;
  const Clock& clock;
  schedule::ZoneDatabase& zones;
  telemetry::EventSink& log;
  std::function<Expected<void>(const policy::Log&)> reconfigure_log;
  Streams streams;
  std::string policy_path;
  std::string state_path;  ///< the one that is open
  /// Told on the main thread when the daemon begins and at each reload, before the log is; null: nobody asks.
  std::function<void(const PolicyStanding&)> tell_standing = {};
};

/// What became of the policy file so far, for whoever shows it.
struct PolicyStanding {
  std::string path;
  std::string fingerprint;  ///< of the policy in force
  Instant since{};          ///< it was taken up
  Instant looked_at{};      ///< the file was read last
  std::string refused;      ///< why what stood there then was not taken up; empty: it was
  bool operator==(const PolicyStanding&) const = default;
};

class Daemon {
 public:
  /// Hands a policy that is valid to whoever acts by it.
  using TakeUp = std::function<Expected<void>(const std::shared_ptr<const policy::Policy>&)>;
  struct Progress {
    MonoTime slowest_turn;  ///< the evidence: when the slowest part last advanced
    engine::ProjectStandings projects = {};
  };
  /// A turn of the main loop.
  using Turn = std::function<Progress()>;

  Daemon(Host host, PolicyFile policy);

  /// Says READY=1, then turns at least every 30 s, and after each signal, until told to stop; says
  /// STOPPING=1. Whenever how things stand has changed, STATUS= says it.
  void serve(const Turn& turn, const TakeUp& take_up);

  [[nodiscard]] const std::shared_ptr<const policy::Policy>& policy() const { return policy_; }
  [[nodiscard]] const PolicyStanding& standing() const { return standing_; }

 private:
  void reload(const TakeUp& take_up);
  /// Takes up what is valid and returns its fingerprint; else returns why the old policy goes on.
  [[nodiscard]] Expected<std::string> replace_policy(const TakeUp& take_up);
  void taken_up(std::string fingerprint, const policy::Policy& before);
  void refused(const Error& why);
  void tell_standing() const;
  void say_status(const engine::ProjectStandings& projects);
  void log_changes(const policy::Policy& before, const policy::Policy& after) const;

  Host host_;
  std::shared_ptr<const policy::Policy> policy_;
  PolicyStanding standing_;
  service::Watchdog watchdog_;
  std::string status_;  ///< as the service manager knows it
};

/// An event that is about the service itself.
[[nodiscard]] telemetry::Event service_event(telemetry::EventId id, std::string msg, std::string reason = {});

}  // namespace dbssd::cli
