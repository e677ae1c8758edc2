#include "cli/once.h"

#include <optional>
#include <ostream>

#include "cli/command.h"
#include "cli/cycle.h"

namespace dbssd::cli {

using telemetry::EventId;

namespace {

/// A dry run's log: what run would do. What it would leave alone is for plan to tell.
void log_plans(const engine::CycleReport& cycle, telemetry::EventSink& log) {
  for (const auto& project : cycle.projects) {
    for (const Decision& decision : decisions_of(project.plan)) {
      if (decision.verdict != "do" && decision.verdict != "record") continue;
      auto event =
          service_event(EventId::cycle_planned,
                        "dry run: would " + decision.verdict + ": " + decision.subject, decision.reason);
      event.project = project.name;
      log.emit(event);
    }
  }
}

}  // namespace

int run_once(const engine::Ports& ports, const std::shared_ptr<const policy::Policy>& policy,
             engine::Mode mode, const Host& host) {
  const auto cycle = engine::run_cycle(ports, policy, mode, [&] { return host.signals.stop_requested(); });
  if (!cycle) {
    host.streams.err << "dbssd: " << cycle.error().message << '\n';
    return kFailed;
  }
  if (mode == engine::Mode::dry) log_plans(*cycle, host.log);
  const int status = report_failures(*cycle, host.streams.err);
  if (!host.signals.stop_requested()) return status;
  host.streams.err << "dbssd: stopped before the cycle was over\n";
  return kFailed;
}

void rehearse(const engine::Ports& ports, Daemon& daemon, const Host& host, telemetry::Repeats& repeats) {
  std::optional<MonoTime> next;
  const auto turn = [&] {
    repeats.say_due();
    const MonoTime now = ports.clock.now().mono;
    if (!next || now >= *next) {
      next = now + daemon.policy()->instances.reconcile_interval;
      (void)run_once(ports, daemon.policy(), engine::Mode::dry, host);
    }
    return Daemon::Progress{ports.clock.now().mono};
  };
  daemon.serve(turn, [&](const auto&) -> Expected<void> {
    next.reset();
    return {};
  });
}

}  // namespace dbssd::cli
