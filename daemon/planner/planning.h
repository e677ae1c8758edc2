// The parts of plan(). Each reads Memory and adds to the plan.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "planner/planner.h"

namespace dbssd::planner {

/// What every part of plan() is handed, and how it adds to the plan.
struct Planning {
  const Scope& scope;
  const Memory& memory;
  const Now& now;
  const PlanOptions& options;
  Plan& plan;
  std::vector<Action>& acts;   ///< calls that change the cloud, in the order in which they should leave
  std::vector<Action>& looks;  ///< calls that ask it

  void say(telemetry::Event event) const { plan.events.push_back(std::move(event)); }
  void act(Call call, std::string reason) const { add(acts, std::move(call), std::move(reason)); }
  void look(Call call, std::string reason) const { add(looks, std::move(call), std::move(reason)); }
  void wake_at(Instant t) const { plan.next_wall = plan.next_wall ? std::min(*plan.next_wall, t) : t; }
  void wake_at(MonoTime t) const { plan.next_mono = plan.next_mono ? std::min(*plan.next_mono, t) : t; }
  [[nodiscard]] bool room_for_acts() const { return acts.size() < options.max_actions; }

  /// The look is due: adds it and returns true. Otherwise the plan wakes when it will be.
  bool look_when_due(const Look& state, Call call, std::string_view reason) const;

  /// Leaves word of why something is left alone, where that was asked for.
  void stand(const journal::InstanceRecord& instance, std::string_view verdict, std::string reason,
             const ReportName& report = {}, std::optional<Instant> scheduled = {}) const;

 private:
  void add(std::vector<Action>& to, Call&& call, std::string&& reason) const {
    if (to.size() < options.max_actions) to.push_back({std::move(call), std::move(reason)});
  }
};

void plan_looks(const Planning& in);      ///< the list, creation jobs, the summary task
void plan_starts(const Planning& in);     ///< SHUTOFF instances
void plan_schedules(const Planning& in);  ///< scheduled times that came due become runs
void plan_runs(const Planning& in);       ///< open runs: sent, looked up, followed, ended, archived

}  // namespace dbssd::planner
