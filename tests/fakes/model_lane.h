// A lane without threads or a cloud: the planner driven in the order that planner.h asks for.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "base/time.h"
#include "journal/journal.h"
#include "planner/planner.h"
#include "schedule/zone.h"

namespace dbssd::fakes {

/// One life of a process: another one begins with another ModelLane over the same journal.
class ModelLane {
 public:
  ModelLane(policy::Policy asked, journal::Journal& journal, schedule::ZoneDatabase& zones,
            const Clock& clock);

  policy::Policy policy;
  planner::Memory memory;
  std::vector<telemetry::Event> events;  ///< all that were emitted, oldest first
  std::vector<Error> bind_errors;        ///< of the newest bind()
  bool is_behind = false;                ///< the newest turn could not be made durable

  // Of the newest turn.
  std::optional<Instant> next_wall;
  std::optional<MonoTime> next_mono;

  [[nodiscard]] planner::Scope scope() const { return {policy, policy.projects.front()}; }

  void take(const planner::Answer& answer);
  /// Facts of another kind: to be written at the next turn.
  void keep(planner::Learned learned);

  /// What the planner would do, which changes nothing.
  [[nodiscard]] planner::Plan plan(const planner::PlanOptions& options = {});

  /// The calls that leave now. Nothing leaves, and nothing is lost, while the disk is full; throws where the
  /// journal refuses for any other reason, or where the planner never stops writing.
  [[nodiscard]] std::vector<planner::Action> turn(std::size_t room = 256);

  void reload(policy::Policy asked);
  void zones_changed() { memory.bindings_stale = true; }
  void clock_jumped();  ///< or perhaps not: both clocks are read

 private:
  void bind_if_stale();
  void emit(std::vector<telemetry::Event> said);
  /// False while the disk is full.
  [[nodiscard]] bool commit(const planner::Plan& plan);
  /// Throws where a run changes as none may.
  void expect_steps_of_life(const journal::Batch& batch);

  journal::Journal& journal_;
  schedule::ZoneDatabase& zones_;
  const Clock& clock_;
  journal::Batch unsaved_;  // of facts
  struct OnRecord {
    journal::RunState state;
    std::optional<Instant> served_by;
  };
  std::map<journal::RunKey, OnRecord> on_record_;
};

}  // namespace dbssd::fakes
