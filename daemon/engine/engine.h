// The engine: a lane per project, each observing, planning and acting by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/thread.h"
#include "base/time.h"
#include "cloud/cloud_api.h"
#include "engine/left_alone_board.h"
#include "engine/project_standing.h"
#include "journal/journal.h"
#include "planner/plan.h"
#include "policy/policy.h"
#include "schedule/zone.h"
#include "telemetry/event.h"

namespace dbssd::engine {

/// Everything outside that the engine touches. Built in one place (cli/run), owned by the caller, outlives
/// the engine.
struct Ports {
  const Clock& clock;
  journal::Journal& journal;
  telemetry::EventSink& events;
  schedule::ZoneDatabase& zones;
  /// Makes the client of a project; fails where a secret cannot be read.
  std::function<Expected<std::unique_ptr<cloud::CloudApi>>(const policy::Project&, cloud::NoticeSink)>
      clients;
  /// The directory where reports are asked for by hand (engine/requests.h); empty: nobody looks.
  std::string requests = {};
  /// Another number after what the project's client was made of has changed on this host; absent: nobody
  /// looks.
  std::function<std::uint64_t(const policy::Project&)> secrets_version = {};
  LeftAloneBoard* left_alone = nullptr;  ///< null: nobody asks
  ThreadWatch* threads = nullptr;        ///< null: nobody is told what goes wrong with threads
};

/// Owns the lanes and their threads. Its methods belong to one thread, the main one.
class Engine {
 public:
  Engine(Ports ports, std::shared_ptr<const policy::Policy> policy);
  ~Engine();  ///< as stop(), whose answer then nobody hears
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Loads each project's memory and starts its lane; one for which the host grants no thread begins at a
  /// later tick. Fails where the journal cannot be read or a client not be made; no lane runs then.
  [[nodiscard]] Expected<void> start();

  /// Swaps the policy. Calls under way are not disturbed; lanes of unchanged projects go on; those of new
  /// projects start, those of removed ones finish what is under way and end. On failure the old policy goes
  /// on.
  [[nodiscard]] Expected<void> reload(std::shared_ptr<const policy::Policy> policy);

  /// To be called at least every 30 s and on every wake of the main thread: re-reads both clocks, logs a jump
  /// of the wall clock once, takes up new zone data, changed secrets and requests, prunes the journal, and
  /// wakes the lanes where any of that matters.
  void tick();

  /// When the slowest lane that has a thread last completed a turn of its loop: the watchdog's evidence of
  /// progress.
  [[nodiscard]] MonoTime slowest_turn() const;
  /// When each project's lane did, or was made where it has not begun.
  [[nodiscard]] std::map<ProjectName, MonoTime> turns() const;
  /// How each project stands, as its lane said within the last 30 s.
  [[nodiscard]] ProjectStandings standings() const;

  /// Cancels what is under way, lets each lane record what came back, and returns within 1.5 s; an intent
  /// whose answer is still missing stays in the journal to be looked up at the next start. False where a call
  /// hangs in spite of all: its thread may still come back to the ports, so that the process must end without
  /// taking them down.
  [[nodiscard]] bool stop();

 private:
  class State;
  std::unique_ptr<State> state_;
};

/// What one cycle over every project came to.
struct CycleReport {
  struct Project {
    ProjectName name;
    bool asked = false;         ///< the cloud answered the listing
    std::size_t failures = 0;   ///< calls or runs that failed
    std::string first_failure;  ///< for people
    planner::Plan plan;  ///< dry: what would be done, with reasons; wet: what is left, and the next wake-up
  };
  std::vector<Project> projects;
};

enum class Mode {
  act,  ///< do it, wait for the calls that were made
  dry,  ///< ask the cloud and plan, but change nothing, neither there nor in the journal
};

/// One cycle over every project, projects in parallel; returns when nothing is due any more or `stop` says
/// so.
[[nodiscard]] Expected<CycleReport> run_cycle(const Ports& ports,
                                              const std::shared_ptr<const policy::Policy>& policy, Mode mode,
                                              const std::function<bool()>& stop);

}  // namespace dbssd::engine
