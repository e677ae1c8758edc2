#include <algorithm>
#include <ostream>

#include "cli/act.h"
#include "cli/build.h"
#include "cli/command.h"
#include "cli/once.h"
#include "cli/policy_file.h"
#include "cli/ports.h"
#include "cli/thread_events.h"
#include "engine/requests.h"
#include "journal/sqlite_journal.h"
#include "service/allocation.h"
#include "telemetry/metered_client.h"

namespace dbssd::cli {
namespace {

using telemetry::EventId;

/// The engine takes 1.5 s at most; two seconds are what is promised.
constexpr Millis kGrace{1800};

/// The journal that `run` writes; a dry run must be able to stand beside a daemon, and only reads.
Expected<std::unique_ptr<journal::Journal>> open_for_run(const std::string& path, bool dry,
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

ClientFactory metered_clients(schedule::ZoneDatabase& zones, telemetry::Metrics& metrics,
                              const Clock& clock) {
  return [make = client_factory(zones), &metrics, &clock](const policy::Project& project,
                                                          cloud::NoticeSink notices) {
    return make(project, std::move(notices)).map([&](std::unique_ptr<cloud::CloudApi> client) {
      return telemetry::metered(std::move(client), project.name, metrics, clock);
    });
  };
}

}  // namespace

int run(const RunArguments& arguments, Streams streams) {
  service::hold_little_memory();
  // Before any thread, so that a stop is heard from the first moment on, and by no other thread.
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
  count_by_project(metrics, *policy);
  telemetry::Repeats repeats(**log, clock);
  telemetry::CountingSink events(metrics, repeats);
  events.emit(service_event(EventId::service_started,
                            std::string("dbssd ") + build::kVersion + " with " + arguments.policy,
                            "policy " + file.fingerprint));
  const auto state = open_for_run(policy->state.path, arguments.dry_run, events);
  if (!state) {
    streams.err << "dbssd: " << state.error().message << '\n';
    return kFailed;
  }

  ThreadEvents threads(events, [&signals] { signals.stop(kFailed); });
  engine::LeftAloneBoard left_alone;
  const engine::Ports ports{clock,
                            **state,
                            events,
                            zones,
                            metered_clients(zones, metrics, clock),
                            engine::requests_directory(policy->state.path),
                            secrets_version,
                            &left_alone,
                            &threads};
  const auto relog = [&](const policy::Log& wanted) { return (*log)->reconfigure(logging(wanted)); };
  telemetry::ServiceBoard board(clock.now().wall, arguments.policy);
  const auto tell_standing = [&board](const PolicyStanding& standing) {
    board.policy(standing.fingerprint, standing.since, standing.refused, standing.looked_at);
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
         [&left_alone](MonoTime now) { return left_alone.ask(now); }, build::kVersion, &threads},
        policy->state.path, policy);
    return act(ports, daemon, host, {metrics, board, status, repeats, threads});
  }
  rehearse(ports, daemon, host, repeats);
  return threads.has_failed() ? kFailed : kWell;
}

}  // namespace dbssd::cli
