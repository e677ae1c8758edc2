#include "planner/plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include "planner/looks.h"
#include "planner/planning.h"
#include "planner/runs.h"

namespace dbssd::planner {
namespace {

/// Calls of one kind, and how many of them leave in a row before it is the next kind's turn.
struct Kind {
  std::vector<Action> actions;
  std::size_t in_a_row = 1;
};

/// Of each kind in turn, so that a thousand reports to be asked for do not keep the list from being read.
/// `turn` says where in the row it begins: where there is room for one call at a time, each kind still gets
/// it.
template <std::size_t N>
std::vector<Action> interleave(std::array<Kind, N>&& kinds, std::uint64_t turn, std::size_t most) {
  std::size_t left = 0;
  std::vector<std::size_t> row;
  for (std::size_t kind = 0; kind < N; ++kind) {
    left += kinds[kind].actions.size();
    row.insert(row.end(), kinds[kind].in_a_row, kind);
  }
  std::vector<Action> merged;
  merged.reserve(std::min(left, most));
  std::array<std::size_t, N> used{};
  for (; left > 0 && merged.size() < most; ++turn) {
    const std::size_t kind = row[turn % row.size()];
    if (used[kind] == kinds[kind].actions.size()) continue;
    merged.push_back(std::move(kinds[kind].actions[used[kind]++]));
    --left;
  }
  return merged;
}

/// What changes the cloud has a time of its own, and what becomes of it can be looked up later: with many of
/// both, eight reports are asked for, and four instances started, before one look.
constexpr std::size_t kReportsInARow = 8;
constexpr std::size_t kStartsInARow = 4;

std::vector<Action> interleave(std::vector<Action>&& looks, std::vector<Action>&& starts,
                               std::vector<Action>&& reports, std::uint64_t turn, std::size_t most) {
  return interleave<3>(
      {Kind{std::move(looks)}, {std::move(starts), kStartsInARow}, {std::move(reports), kReportsInARow}},
      turn, most);
}

/// While the cloud fails nothing that asks it leaves before the hold is over, and then one call at a time, to
/// see how it is. What is held back takes no other call's place.
bool is_held(const Memory& memory, MonoTime now, bool is_probed, const Call& call) {
  if (memory.health.failures == 0 || !asks_the_cloud(call) || !concerns(memory.health, call)) return false;
  return is_probed || now < memory.health.hold_until || held_in_flight(memory) > 0;
}

/// Leaves the one call that sees how the cloud is. True where others may have had no place beside the rest.
bool leave_one(const Planning& in, std::vector<Action>& actions) {
  const Memory& memory = in.memory;
  if (memory.health.failures == 0) return false;
  const bool is_full = actions.size() >= in.options.max_actions;
  bool is_first = true;
  const auto left = std::erase_if(actions, [&](const Action& action) {
    return concerns(memory.health, action.call) && !std::exchange(is_first, false);
  });
  return is_full && left > 0 && memory.health.only_throttled;
}

void name_instances(const Memory& memory, std::vector<Action>& actions) {
  for (Action& action : actions) {
    const InstanceId* id = instance_of(action.call);
    const auto instance = id == nullptr ? memory.instances.end() : memory.instances.find(*id);
    if (instance != memory.instances.end()) action.instance_name = instance->second.record.name;
  }
}

/// `is_crowded`: calls that concern no outage had no place beside those of which only one may leave.
Plan plan_once(const Scope& scope, const Memory& memory, const Now& read, const PlanOptions& options,
               bool is_probed, bool& is_crowded) {
  Plan plan;
  const Now now = sure_now(memory.clock, read);
  DueActs starts;
  DueActs reports;
  const int allowed = memory.retries.allowed(now.mono);
  const std::size_t most_further = std::min(static_cast<std::size_t>(allowed), options.max_actions);
  // One more than may leave shows that some have to wait.
  DueLooks looks(memory, now.mono, is_probed, options.max_actions, most_further + 1);
  const Planning in{scope,  memory,  now,  now.wall != read.wall, is_probed, options, plan,
                    starts, reports, looks};
  if (const auto next = next_of(memory.clock)) in.wake_at(*next);
  if (options.explain) plan.clock_hold = describe_hold(memory.clock, read);
  plan_looks(in);
  plan_starts(in);
  plan_schedules(in);
  plan_runs(in);
  plan_archives(in);

  // Runs that were opened here are asked for by the plan that follows: looks leave them the room.
  // But where that goes on for many plans nobody would look at anything.
  if (!plan.records.runs.empty() && !plan.is_cut) looks.put_off();
  const std::uint64_t turn = memory.calls_sent;
  std::vector<Action> again = looks.take_further();
  const std::size_t wanted = again.size() + starts.further.size() + reports.further.size();
  again =
      interleave(std::move(again), std::move(starts.further), std::move(reports.further), turn, most_further);
  if (wanted > static_cast<std::size_t>(allowed)) in.wake_at(memory.retries.when(allowed + 1, now.mono));
  auto first = interleave(looks.take_first(), std::move(starts.first), std::move(reports.first), turn,
                          options.max_actions);
  auto asking = interleave<2>({Kind{std::move(first)}, {std::move(again)}}, turn, options.max_actions);
  is_crowded = leave_one(in, asking);
  if ((looks.holds_any() || starts.holds_any || reports.holds_any) && now.mono < memory.health.hold_until)
    in.wake_at(memory.health.hold_until);
  plan.actions = interleave<2>({Kind{std::move(asking)}, {looks.take_local()}}, turn, options.max_actions);
  if (options.explain) name_instances(memory, plan.actions);
  // A decision has consequences of its own: a run that was opened is to be sent.
  if (!plan.records.empty()) in.wake_at(now.mono);
  return plan;
}

}  // namespace

Plan plan(const Scope& scope, const Memory& memory, const Now& now, const PlanOptions& options) {
  bool is_crowded = false;
  Plan first = plan_once(scope, memory, now, options, false, is_crowded);
  if (!is_crowded) return first;
  // The same once more, with all places but that of the one call for those that are not held back.
  const auto probe = std::ranges::find_if(first.actions, [&](const Action& action) {
    return asks_the_cloud(action.call) && concerns(memory.health, action.call);
  });
  Plan plan = plan_once(scope, memory, now, options, true, is_crowded);
  if (probe == first.actions.end()) return plan;
  if (plan.actions.size() >= options.max_actions) plan.actions.pop_back();
  plan.actions.insert(plan.actions.begin(), std::move(*probe));
  return plan;
}

void DueLooks::add(int failures, MonoTime since, Call call, std::string_view reason) {
  if (is_held(memory_, now_, is_probed_, call)) {
    holds_any_ = true;
    return;
  }
  Kept& kept = !asks_the_cloud(call) ? local_ : failures == 0 ? first_ : further_;
  // Of many thousands that are due most are left out.
  if (kept.has_room_for(failures, since))
    kept.add({failures, since, added_++, {std::move(call), std::string(reason)}});
}

void DueLooks::put_off() {
  for (Kept* kept : {&first_, &further_, &local_}) kept->heap.clear();
}

bool DueLooks::Kept::has_room_for(int failures, MonoTime since) const {
  if (heap.size() < most) return true;
  return !heap.empty() && std::tie(failures, since) < std::tie(heap.front().failures, heap.front().since);
}

void DueLooks::Kept::add(Entry&& entry) {
  if (heap.size() >= most) {
    std::pop_heap(heap.begin(), heap.end());
    heap.pop_back();
  }
  heap.push_back(std::move(entry));
  std::push_heap(heap.begin(), heap.end());
}

std::vector<Action> DueLooks::Kept::take() {
  std::sort_heap(heap.begin(), heap.end());
  std::vector<Action> actions;
  actions.reserve(heap.size());
  for (Entry& entry : heap) actions.push_back(std::move(entry.action));
  return actions;
}

void Planning::add(DueActs& acts, Call call, std::string reason) const {
  if (is_held(memory, now.mono, is_probed, call)) {
    acts.holds_any = true;
    return;
  }
  std::vector<Action>& kept = failures_before(memory, call) == 0 ? acts.first : acts.further;
  if (kept.size() < options.max_actions) kept.push_back({std::move(call), std::move(reason)});
}

void Planning::end_merged(const journal::RunRecord& carrier) const {
  if (!carrier.outcome || !memory.joined.contains(carrier.key)) return;
  plan.records.served.push_back({carrier.key, *carrier.outcome, served_reason(carrier), now.second()});
}

void Planning::look_when_due(const Look& state, Call call, std::string_view reason) const {
  if (is_due(state, now)) {
    const bool is_listing = std::holds_alternative<ListInstances>(call);
    // One question about the whole project does not wait behind one about each of its instances.
    const bool is_of_all = is_listing || std::holds_alternative<AskSummary>(call);
    looks.add(is_listing ? 0 : state.failures, is_of_all ? MonoTime::min() : state.not_before,
              std::move(call), reason);
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
