#include "cli/daemon.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "cli/printing.h"
#include "cli/status_line.h"
#include "policy/difference.h"
#include "service/allocation.h"

namespace dbssd::cli {
namespace {

using telemetry::Event;
using telemetry::EventId;

/// The clock, the zone data and the lanes are looked at no less often.
constexpr Millis kLongestSleep = std::chrono::seconds{30};
/// Until each project was asked, whoever waits for that is told soon.
constexpr Millis kWhileAsking{500};
/// What the start and a reload need is needed no more so long after them.
constexpr Millis kSettled = std::chrono::seconds{5};

/// The first error stands for all in the log.
Error refusal_of(const std::vector<policy::Finding>& findings, const std::string& path) {
  const auto is_error = [](const policy::Finding& f) { return f.is_error(); };
  const auto errors = std::count_if(findings.begin(), findings.end(), is_error);
  const auto first = std::find_if(findings.begin(), findings.end(), is_error);
  Error error;
  error.kind = ErrorKind::malformed;
  error.message = first == findings.end() ? path + ": refused" : policy::format(*first, path);
  if (errors > 1)
    error.message +=
        "; standard error has this and " + counted(static_cast<std::size_t>(errors) - 1, "further error");
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

Daemon::Daemon(Host host, PolicyFile policy)
    : host_(std::move(host)), policy_(std::move(policy.policy)), watchdog_(service::Watchdog::requested()) {
  const Instant now = host_.clock.now().second();
  standing_ = {host_.policy_path, std::move(policy.fingerprint), now, now, {}};
  tell_standing();
}

void Daemon::serve(const Turn& turn, const TakeUp& take_up) {
  host_.log.emit(service_event(EventId::service_ready, size_of(*policy_)));
  service::notify_ready(status_ = size_of(*policy_));
  bool settles = true;
  std::optional<service::Signal> signal;
  while (signal != service::Signal::stop) {
    if (signal == service::Signal::reload) {
      reload(take_up);
      settles = true;
    }
    const Progress progress = turn();
    watchdog_.beat(host_.clock.now().mono, progress.slowest_turn);
    say_status(progress.projects);
    const bool asks = !std::ranges::all_of(progress.projects, engine::is_asked,
                                           &engine::ProjectStandings::value_type::second);
    signal = host_.signals.wait(watchdog_.period(asks ? kWhileAsking : settles ? kSettled : kLongestSleep));
    if (!signal && !asks && std::exchange(settles, false)) service::give_back();
  }
  service::notify_stopping("finishing what is under way");
  host_.log.emit(service_event(EventId::service_stopping, "told to stop"));
}

void Daemon::reload(const TakeUp& take_up) {
  service::Reloading reloading;
  const auto before = policy_;
  auto fingerprint = replace_policy(take_up);
  standing_.looked_at = host_.clock.now().second();
  if (fingerprint) {
    taken_up(*std::move(fingerprint), *before);
  } else {
    refused(fingerprint.error());
  }
  reloading.outcome(status_ = size_of(*policy_));  // the turn that follows says more
}

/// Before the event that says so: who has read that in the log finds the same wherever else it is shown.
void Daemon::tell_standing() const {
  if (host_.tell_standing) host_.tell_standing(standing_);
}

void Daemon::taken_up(std::string fingerprint, const policy::Policy& before) {
  const std::string former = std::exchange(standing_.fingerprint, std::move(fingerprint));
  standing_.since = standing_.looked_at;
  standing_.refused.clear();
  tell_standing();
  host_.log.emit(
      service_event(EventId::service_reloaded, size_of(*policy_),
                    "policy " + (former == standing_.fingerprint ? former + ", as before"
                                                                 : former + " -> " + standing_.fingerprint)));
  log_changes(before, *policy_);
}

void Daemon::refused(const Error& why) {
  standing_.refused = why.message;
  tell_standing();
  host_.log.emit(service_event(EventId::service_reload_failed,
                               "the policy is refused, the former one goes on: " + standing_.fingerprint,
                               why.message));
}

void Daemon::say_status(const engine::ProjectStandings& projects) {
  std::string status = status_line(*policy_, projects, !standing_.refused.empty());
  if (status == status_) return;
  service::notify_status(status_ = std::move(status));
}

Expected<std::string> Daemon::replace_policy(const TakeUp& take_up) {
  const auto now = host_.clock.now().second();
  auto read = read_policy_file(host_.policy_path, host_.zones, Secrets::required, now);
  if (!read) return fail(read.error());
  print_findings(read->findings, host_.policy_path, host_.streams.err_paint, host_.streams.err);
  if (!read->policy) return fail(refusal_of(read->findings, host_.policy_path));
  if (auto taken = take_up(read->policy); !taken) return fail(std::move(taken.error()));
  // Also where nothing about the log changed: this is how a log file that was rotated away is begun anew.
  if (auto logging = host_.reconfigure_log(read->policy->log); !logging) {
    host_.streams.err << "dbssd: " << logging.error().message << "; the former log goes on\n";
  }
  policy_ = std::move(read->policy);
  return std::move(read->fingerprint);
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
