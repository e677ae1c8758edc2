#include "cli/daemon.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "cli/policy_file.h"
#include "cli/printing.h"
#include "policy/difference.h"

namespace dbssd::cli {
namespace {

using telemetry::Event;
using telemetry::EventId;
using Phase = telemetry::ServiceState::Phase;

/// The clock, the zone data and the lanes are looked at no less often.
constexpr Millis kLongestSleep = std::chrono::seconds{30};

/// The first error stands for all in the log; standard error has them all.
Error refused(const std::vector<policy::Finding>& findings, const std::string& path) {
  const auto is_error = [](const policy::Finding& f) {
    return f.severity == policy::Finding::Severity::error;
  };
  const auto errors = std::count_if(findings.begin(), findings.end(), is_error);
  const auto first = std::find_if(findings.begin(), findings.end(), is_error);
  Error error;
  error.kind = ErrorKind::malformed;
  error.message = first == findings.end() ? path + ": refused" : policy::format(*first, path);
  if (errors > 1)
    error.message += " (and " + counted(static_cast<std::size_t>(errors) - 1, "further error") + ")";
  return error;
}

}  // namespace

Event service_event(EventId id, std::string msg, std::string reason) {
  Event event;
  event.id = id;
  event.msg = std::move(msg);
  event.reason = std::move(reason);
  return event;
}

Daemon::Daemon(Host host, std::shared_ptr<const policy::Policy> policy)
    : host_(std::move(host)), policy_(std::move(policy)), watchdog_(service::Watchdog::requested()) {
  host_.board.policy_taken_up({}, host_.clock.now().second());
}

void Daemon::serve(const Turn& turn, const TakeUp& take_up) {
  host_.board.enter(Phase::serving, host_.clock.now());
  host_.log.emit(service_event(EventId::service_ready, size_of(*policy_)));
  service::notify_ready(size_of(*policy_));
  std::optional<service::Signal> signal;
  while (signal != service::Signal::stop) {
    if (signal == service::Signal::reload) reload(take_up);
    const MonoTime slowest = turn();
    watchdog_.beat(host_.clock.now().mono, slowest);
    signal = host_.signals.wait(watchdog_.period(kLongestSleep));
  }
  host_.board.enter(Phase::stopping, host_.clock.now());
  service::notify_stopping("finishing what is under way");
  host_.log.emit(service_event(EventId::service_stopping, "told to stop"));
}

void Daemon::reload(const TakeUp& take_up) {
  service::Reloading reloading;
  const auto before = policy_;
  if (const auto replaced = replace_policy(take_up); !replaced) {
    host_.board.reload_refused(replaced.error().message);
    host_.log.emit(service_event(EventId::service_reload_failed,
                                 "the policy is refused, the former one goes on", replaced.error().message));
    reloading.outcome(size_of(*policy_) + "; the policy file is refused");
    return;
  }
  host_.log.emit(service_event(EventId::service_reloaded, size_of(*policy_)));
  log_changes(*before, *policy_);
  reloading.outcome(size_of(*policy_));
}

Expected<void> Daemon::replace_policy(const TakeUp& take_up) {
  const auto now = host_.clock.now().second();
  auto read = read_policy_file(host_.policy_path, host_.zones, Secrets::required, now);
  if (!read) return fail(read.error());
  print_findings(read->findings, host_.policy_path, host_.err);
  if (!read->policy) return fail(refused(read->findings, host_.policy_path));
  if (auto taken = take_up(read->policy); !taken) return taken;
  // Also where nothing about the log changed: this is how a log file that was rotated away is begun anew.
  if (auto logging = host_.reconfigure_log(read->policy->log); !logging) {
    host_.err << "dbssd: " << logging.error().message << "; the former log goes on\n";
  }
  policy_ = std::move(read->policy);
  host_.board.policy_taken_up({}, now);
  return {};
}

void Daemon::log_changes(const policy::Policy& before, const policy::Policy& after) const {
  for (const policy::Change& change : policy::difference(before, after)) {
    std::string reason;
    if (change.path == "state.path" && after.state.path != host_.state_path) {
      reason = "takes effect at the next restart: " + host_.state_path + " stays open until then";
    }
    host_.log.emit(service_event(EventId::policy_changed,
                                 change.path + ": " + change.before + " -> " + change.after,
                                 std::move(reason)));
  }
}

}  // namespace dbssd::cli
