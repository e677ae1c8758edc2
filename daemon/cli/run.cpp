#include <unistd.h>

#include <algorithm>
#include <optional>
#include <ostream>

#include "cli/build.h"
#include "cli/command.h"
#include "cli/cycle.h"
#include "cli/daemon.h"
#include "cli/policy_file.h"
#include "cli/ports.h"
#include "cli/printing.h"
#include "engine/requests.h"
#include "journal/sqlite_journal.h"
#include "telemetry/metered_client.h"
#include "telemetry/repeats.h"
#include "telemetry/status_service.h"

namespace dbssd::cli {
namespace {

using telemetry::EventId;

/// The engine takes 1.5 s at most; two seconds are what is promised.
constexpr Millis kGrace{1800};

/// The journal that `run` writes; a dry run must be able to stand beside a daemon, and only reads.
Expected<std::unique_ptr<journal::Journal>> open_state(const std::string& path, bool dry,
                                                       telemetry::EventSink& log) {
  auto opened = journal::open_sqlite(path, dry ? journal::Access::read_only : journal::Access::read_write);
  if (!opened) {
    log.emit(service_event(EventId::state_failed, "the journal cannot be opened", opened.error().message));
    return fail(opened.error());
  }
  if (!opened->recovered.empty()) {
    log.emit(service_event(EventId::state_recovered,
                           "the journal was damaged or gone: what can be read of it was carried over",
                           opened->recovered));
  }
  return std::move(opened->journal);
}

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

ClientFactory metered_clients(schedule::ZoneDatabase& zones, telemetry::Metrics& metrics,
                              const Clock& clock) {
  return [make = client_factory(zones), &metrics, &clock](const policy::Project& project,
                                                          cloud::NoticeSink notices) {
    return make(project, std::move(notices)).map([&](std::unique_ptr<cloud::CloudApi> client) {
      return telemetry::metered(std::move(client), project.name, metrics, clock);
    });
  };
}

/// One cycle, and what it came to as an exit status.
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

/// A cycle that changes nothing, every reconcile_interval.
void rehearse(const engine::Ports& ports, Daemon& daemon, const Host& host, telemetry::Repeats& repeats) {
  std::optional<MonoTime> next;
  const auto turn = [&] {
    repeats.say_due();
    const MonoTime now = ports.clock.now().mono;
    if (!next || now >= *next) {
      next = now + daemon.policy()->instances.reconcile_interval;
      run_once(ports, daemon.policy(), engine::Mode::dry, host);
    }
    return ports.clock.now().mono;
  };
  daemon.serve(turn, [&](const auto&) -> Expected<void> {
    next.reset();
    return {};
  });
}

/// Opens the status endpoint where the policy has it, and says where that is.
Expected<void> listen(telemetry::StatusService& status, const policy::Policy& policy,
                      telemetry::EventSink& log) {
  const auto moved = status.listen(policy.status);
  if (!moved) {
    log.emit(
        service_event(EventId::status_failed, "the status endpoint cannot be opened", moved.error().message));
    return fail(moved.error());
  }
  if (!*moved) return {};
  const std::string url = status.url();
  log.emit(url.empty() ? service_event(EventId::status_closed, "the status endpoint is closed")
                       : service_event(EventId::status_listening, url));
  return {};
}

std::vector<ProjectName> names_of(const policy::Policy& policy) {
  std::vector<ProjectName> names;
  for (const policy::Project& project : policy.projects) names.push_back(project.name);
  return names;
}

int act(const engine::Ports& ports, Daemon& daemon, const Host& host, telemetry::Metrics& metrics,
        telemetry::ServiceBoard& board, telemetry::StatusService& status, telemetry::Repeats& repeats) {
  const auto failed = [&host](const Error& error) {
    host.streams.err << "dbssd: " << error.message << '\n';
    return kFailed;
  };
  if (const auto listening = listen(status, *daemon.policy(), host.log); !listening)
    return failed(listening.error());
  engine::Engine engine(ports, daemon.policy());
  if (const auto started = engine.start(); !started) return failed(started.error());
  const auto turn = [&] {
    engine.tick();
    repeats.say_due();
    board.turned(host.clock.now(), engine.turns());
    return engine.slowest_turn();
  };
  board.turned(host.clock.now(), engine.turns());
  daemon.serve(turn, [&](const auto& policy) -> Expected<void> {
    metrics.know(names_of(*policy));
    if (auto taken = engine.reload(policy); !taken) return taken;
    status.take_up(policy);
    (void)listen(status, *policy, host.log);  // it has said so; the former one goes on
    return {};
  });
  board.stopping();
  status.close();
  const bool ended = engine.stop();
  repeats.say_all();
  // A call that hangs may still come back to what returning from here would take down.
  if (!ended) _exit(kWell);
  return kWell;
}

}  // namespace

int run(const RunArguments& arguments, Streams streams) {
  // First of all, so that a stop is heard from the first moment on, and by no other thread.
  service::Signals signals(kGrace, arguments.once ? kFailed : kWell);
  prepare_http();
  const SystemClock clock;
  schedule::ZoneDatabase zones;
  const PolicyFile file =
      require_policy_file(arguments.policy, zones, Secrets::required, clock.now().second(), streams);
  const auto& policy = file.policy;
  if (!policy) return kWrongUsage;

  const auto logging = [dry = arguments.dry_run](const policy::Log& wanted) {
    telemetry::LogConfig config = log_config(wanted);
    // What it would do is all that a dry run is for.
    if (dry) config.level = std::min(config.level, telemetry::Level::info);
    return config;
  };
  const auto log = telemetry::LogSink::open(logging(policy->log), clock);
  if (!log) {
    streams.err << "dbssd: " << log.error().message << '\n';
    return kFailed;
  }
  telemetry::Metrics metrics;
  metrics.know(names_of(*policy));
  telemetry::Repeats repeats(**log, clock);
  telemetry::CountingSink events(metrics, repeats);
  events.emit(service_event(EventId::service_started,
                            std::string("dbssd ") + build::kVersion + " with " + arguments.policy,
                            "policy " + file.fingerprint));
  const auto state = open_state(policy->state.path, arguments.dry_run, events);
  if (!state) {
    streams.err << "dbssd: " << state.error().message << '\n';
    return kFailed;
  }

  engine::LeftAloneBoard left_alone;
  const engine::Ports ports{clock,
                            **state,
                            events,
                            zones,
                            metered_clients(zones, metrics, clock),
                            engine::requests_directory(policy->state.path),
                            secrets_version,
                            &left_alone};
  const auto relog = [&](const policy::Log& wanted) { return (*log)->reconfigure(logging(wanted)); };
  telemetry::ServiceBoard board(clock.now().wall, arguments.policy);
  const auto tell_standing = [&board](const PolicyStanding& standing) {
    board.policy(standing.fingerprint, standing.since, standing.refused);
  };
  const Host host{signals,      clock, zones, events, relog, streams, arguments.policy, policy->state.path,
                  tell_standing};
  if (arguments.once) {
    return run_once(ports, policy, arguments.dry_run ? engine::Mode::dry : engine::Mode::act, host);
  }
  Daemon daemon(host, file);
  if (!arguments.dry_run) {
    telemetry::StatusService status(
        {clock, zones, metrics, board, [&log] { return (*log)->lost(); },
         [&left_alone](MonoTime now) { return left_alone.ask(now); }, build::kVersion},
        policy->state.path, policy);
    return act(ports, daemon, host, metrics, board, status, repeats);
  }
  rehearse(ports, daemon, host, repeats);
  return kWell;
}

}  // namespace dbssd::cli
