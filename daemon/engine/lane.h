// A lane: one project, observed, planned and acted for, by itself. No thread of its own: whoever drives it
// calls.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/expected.h"
#include "engine/engine.h"
#include "engine/refusals.h"
#include "engine/requests.h"
#include "planner/planner.h"

namespace dbssd::engine {

/// Belongs to one thread at a time.
class Lane {
 public:
  Lane(const Ports& ports, std::shared_ptr<const policy::Policy> policy, std::size_t project, Mode mode);

  /// Reads what the journal remembers. Once, before anything else.
  [[nodiscard]] Expected<void> load();

  /// Takes up a fact. Its events are emitted now; its records are durable with the next turn that succeeds.
  void take(planner::Answer answer);

  struct Turn {
    std::vector<planner::Action>
        calls;  ///< to be made now: their intents are durable, and Memory counts them as sent
    std::optional<Instant> next_wall;  ///< when to turn again if nothing else happens
    std::optional<MonoTime> next_mono;
    MonoTime::duration thought{};  ///< what planning took, without the waits for the journal
    bool is_cut = false;           ///< the next turn is to follow at once, also where nothing is called
  };
  /// Plans, makes the plan durable, and hands over what is to be called, `room` calls at the most. Plans
  /// again until there is nothing left to write, or a plan was cut for all that there was to write. When the
  /// journal fails nothing is handed over, nothing is lost, and the turn is tried again later. In dry mode
  /// nothing is written, only looks are handed over, and what is decided is kept for explain() instead of
  /// being told.
  ///
  /// What the journal refuses for good is dropped, and so is all that Memory holds of the journal: it is read
  /// again once no call is under way, and what was learnt meanwhile is learnt again from the cloud.
  [[nodiscard]] Turn turn(std::size_t room);

  /// What would be done now, with reasons, and why the rest is left alone.
  [[nodiscard]] planner::Plan explain() const;

  void swap_policy(std::shared_ptr<const policy::Policy> policy, std::size_t project);
  void forget_zones();  ///< zone data changed: schedules are compiled anew
  /// Somebody asks for a report by hand. One that is on record already is not asked for twice.
  void ask(const Request& request);
  void look_at_clock();  ///< both clocks are read, and a jump is taken up
  /// Both clocks, the wall clock no later than the time that is sure.
  [[nodiscard]] Now sure_now() const { return planner::sure_now(memory_.clock, ports_.clock.now()); }

  [[nodiscard]] const policy::Project& project() const { return policy_->projects[project_]; }
  [[nodiscard]] std::size_t calls_under_way() const { return static_cast<std::size_t>(memory_.in_flight); }
  [[nodiscard]] ProjectStanding standing() const;  ///< costs a look at each instance and run
  /// Makes durable, at the end, what no turn has.
  [[nodiscard]] Expected<void> save();

 private:
  [[nodiscard]] planner::Scope scope() const { return {*policy_, project()}; }
  /// Leaves in the plan what it holds, and takes it away where that could not be written.
  [[nodiscard]] Expected<void> commit(planner::Plan& plan);
  void keep(planner::Learned learned);  ///< facts: said at once, written with the next commit
  void emit(const std::vector<telemetry::Event>& events) const;
  void look_at_clock(const Now& now);
  void bind_if_stale();
  void say_decided_ahead() const;
  void say_commit_failed(const Error& error);
  void be_refused(const Error& error);
  void note_refused(const journal::Batch& decisions);
  /// False where that has to wait; the turn says until when.
  [[nodiscard]] bool read_again(Turn& turn);

  const Ports ports_;
  const Mode mode_;
  std::shared_ptr<const policy::Policy> policy_;
  std::size_t project_;
  planner::Memory memory_;
  journal::Batch unsaved_;                 ///< of facts; kept until a commit succeeds
  std::vector<telemetry::Event> decided_;  ///< dry mode's
  int commit_failures_ = 0;
  Refusals refusals_;
  std::optional<MonoTime> refused_until_;  ///< Memory contradicts the journal, and is read again then
  std::vector<journal::RunKey> refused_;   ///< times that were to be opened in what was refused
};

}  // namespace dbssd::engine
