#include "cli/act.h"

#include <unistd.h>

#include <ostream>
#include <utility>
#include <vector>

#include "cli/command.h"

namespace dbssd::cli {

using telemetry::EventId;

namespace {

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

}  // namespace

std::map<ProjectName, std::string> idle_projects(const engine::ProjectStandings& projects) {
  std::map<ProjectName, std::string> idle;
  for (const auto& [name, standing] : projects) {
    if (standing.saving_fails) {
      idle.emplace(name, "the journal cannot be written: nothing is started or asked for until it can");
    } else if (!is_asked(standing)) {
      idle.emplace(name, "its instances have not been listed yet");
    }
  }
  return idle;
}

void count_by_project(telemetry::Metrics& metrics, const policy::Policy& policy) {
  std::vector<ProjectName> names;
  for (const policy::Project& project : policy.projects) names.push_back(project.name);
  metrics.know(names);
}

int act(const engine::Ports& ports, Daemon& daemon, const Host& host, const Watch& watch) {
  const auto failed = [&host](const Error& error) {
    host.streams.err << "dbssd: " << error.message << '\n';
    return kFailed;
  };
  if (const auto listening = listen(watch.status, *daemon.policy(), host.log); !listening)
    return failed(listening.error());
  engine::Engine engine(ports, daemon.policy());
  if (const auto started = engine.start(); !started) return failed(started.error());
  const auto turn = [&] {
    engine.tick();
    watch.repeats.say_due();
    auto projects = engine.standings();
    watch.board.turned(host.clock.now(), engine.turns(), idle_projects(projects));
    return Daemon::Progress{engine.slowest_turn(), std::move(projects)};
  };
  watch.board.turned(host.clock.now(), engine.turns(), idle_projects(engine.standings()));
  daemon.serve(turn, [&](const auto& policy) -> Expected<void> {
    count_by_project(watch.metrics, *policy);
    if (auto taken = engine.reload(policy); !taken) return taken;
    watch.status.take_up(policy);
    (void)listen(watch.status, *policy, host.log);  // it has said so; the former one goes on
    return {};
  });
  watch.board.stopping();
  watch.status.close();
  const bool ended = engine.stop();
  watch.repeats.say_all();
  // A call that hangs may still come back to what returning from here would take down.
  const int status = watch.threads.has_failed() ? kFailed : kWell;
  if (!ended) _exit(status);
  return status;
}

}  // namespace dbssd::cli
