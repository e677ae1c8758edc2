#include "planner/plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include "planner/looks.h"
#include "planner/planning.h"

namespace dbssd::planner {
namespace {

/// One of each kind in turn, so that a thousand reports to be asked for do not keep the list from being read.
/// `turn` says which kind begins: where there is room for one call at a time, each kind still gets it.
std::vector<Action> interleave(std::array<std::vector<Action>, 3>&& kinds, std::uint64_t turn,
                               std::size_t most) {
  std::vector<Action> merged;
  std::array<std::size_t, 3> used{};
  std::size_t left = kinds[0].size() + kinds[1].size() + kinds[2].size();
  for (; left > 0 && merged.size() < most; ++turn) {
    const std::size_t kind = turn % kinds.size();
    if (used[kind] == kinds[kind].size()) continue;
    merged.push_back(std::move(kinds[kind][used[kind]++]));
    --left;
  }
  return merged;
}

/// While the cloud fails nothing that asks it leaves before the hold is over, and then one call at a time, to
/// see how it is.
void hold_back(const Planning& in) {
  const Memory& memory = in.memory;
  std::vector<Action>& actions = in.plan.actions;
  if (memory.health.failures == 0 || actions.empty()) return;
  const bool holds = in.now.mono < memory.health.hold_until;
  if (holds) in.wake_at(memory.health.hold_until);
  int room = holds || memory.in_flight > 0 ? 0 : 1;
  std::erase_if(actions,
                [&room](const Action& action) { return asks_the_cloud(action.call) && room-- <= 0; });
}

void name_instances(const Memory& memory, std::vector<Action>& actions) {
  for (Action& action : actions) {
    const InstanceId* id = instance_of(action.call);
    const auto instance = id == nullptr ? memory.instances.end() : memory.instances.find(*id);
    if (instance != memory.instances.end()) action.instance_name = instance->second.record.name;
  }
}

}  // namespace

Plan plan(const Scope& scope, const Memory& memory, const Now& now, const PlanOptions& options) {
  Plan plan;
  std::vector<Action> starts;
  std::vector<Action> reports;
  DueLooks looks(options.max_actions);
  const Planning in{scope, memory, now, options, plan, starts, reports, looks};
  plan_looks(in);
  plan_starts(in);
  plan_schedules(in);
  plan_runs(in);
  plan_archives(in);
  plan.actions = interleave({looks.take(), std::move(starts), std::move(reports)}, memory.calls_sent,
                            options.max_actions);
  hold_back(in);
  if (options.explain) name_instances(memory, plan.actions);
  // A decision has consequences of its own: a run that was opened is to be sent.
  if (!plan.records.empty()) in.wake_at(now.second());
  return plan;
}

void DueLooks::add(MonoTime since, Call call, std::string_view reason) {
  const bool full = heap_.size() >= most_;
  if (full && (heap_.empty() || since >= heap_.front().since)) return;
  if (full) {
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
  }
  heap_.push_back({since, added_++, {std::move(call), std::string(reason)}});
  std::push_heap(heap_.begin(), heap_.end());
}

std::vector<Action> DueLooks::take() {
  std::sort_heap(heap_.begin(), heap_.end());
  std::vector<Action> actions;
  actions.reserve(heap_.size());
  for (Entry& entry : heap_) actions.push_back(std::move(entry.action));
  return actions;
}

void Planning::look_when_due(const Look& state, Call call, std::string_view reason) const {
  if (is_due(state, now)) {
    looks.add(state.not_before, std::move(call), reason);
  } else if (!state.in_flight) {
    wake_at(state.not_before);
  }
}

void Planning::stand(const journal::InstanceRecord& instance, std::string_view verdict, std::string reason,
                     const ReportName& report, std::optional<Instant> scheduled) const {
  if (!options.explain) return;
  plan.standing.push_back(
      {instance.id, instance.name, report, scheduled, std::string(verdict), std::move(reason)});
}

}  // namespace dbssd::planner
