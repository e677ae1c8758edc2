#include "planner/plan.h"

#include <utility>

#include "planner/looks.h"
#include "planner/planning.h"

namespace dbssd::planner {
namespace {

/// Acts and looks in turn, so that a thousand reports to be asked for do not keep the list from being read.
std::vector<Action> interleave(std::vector<Action>&& acts, std::vector<Action>&& looks, std::size_t most) {
  std::vector<Action> merged;
  merged.reserve(std::min(most, acts.size() + looks.size()));
  for (std::size_t i = 0; merged.size() < most && (i < acts.size() || i < looks.size()); ++i) {
    if (i < looks.size()) merged.push_back(std::move(looks[i]));
    if (i < acts.size() && merged.size() < most) merged.push_back(std::move(acts[i]));
  }
  return merged;
}

/// While the cloud fails nothing leaves before the hold is over, and then one call at a time, to see how it
/// is.
void hold_back(const Memory& memory, const Now& now, Plan& plan) {
  if (memory.health.failures == 0) return;
  if (now.mono < memory.health.hold_until) {
    if (!plan.actions.empty()) plan.next_mono = memory.health.hold_until;
    plan.actions.clear();
  } else if (memory.in_flight > 0) {
    plan.actions.clear();
  } else if (plan.actions.size() > 1) {
    plan.actions.resize(1);
  }
}

}  // namespace

Plan plan(const Scope& scope, const Memory& memory, const Now& now, const PlanOptions& options) {
  Plan plan;
  std::vector<Action> acts;
  std::vector<Action> looks;
  const Planning in{scope, memory, now, options, plan, acts, looks};
  plan_looks(in);
  plan_starts(in);
  plan_schedules(in);
  plan_runs(in);
  plan.actions = interleave(std::move(acts), std::move(looks), options.max_actions);
  hold_back(memory, now, plan);
  return plan;
}

bool Planning::look_when_due(const Look& state, Call call, std::string_view reason) const {
  if (state.in_flight) return false;
  if (!is_due(state, now)) {
    wake_at(state.not_before);
    return false;
  }
  look(std::move(call), std::string(reason));
  return true;
}

void Planning::stand(const journal::InstanceRecord& instance, std::string_view verdict, std::string reason,
                     const ReportName& report, std::optional<Instant> scheduled) const {
  if (!options.explain) return;
  plan.standing.push_back(
      {instance.id, instance.name, report, scheduled, std::string(verdict), std::move(reason)});
}

}  // namespace dbssd::planner
