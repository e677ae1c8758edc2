#include "fakes/model_lane.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "journal/run_life.h"

namespace dbssd::fakes {
namespace {

constexpr int kTurnsWithoutEnd = 100;

}  // namespace

ModelLane::ModelLane(policy::Policy asked, journal::Journal& journal, schedule::ZoneDatabase& zones,
                     const Clock& clock)
    : policy(std::move(asked)), journal_(journal), zones_(zones), clock_(clock) {
  const Now now = clock_.now();
  auto remembered = journal_.load(scope().project.name, now.second() - planner::start_horizon(policy));
  if (!remembered) throw std::runtime_error(remembered.error().message);
  for (const journal::RunRecord& run : remembered->open_runs)
    on_record_.insert_or_assign(run.key, OnRecord{run.state, run.served_by});
  keep(planner::remember(scope(), std::move(*remembered), now, memory));
}

void ModelLane::take(const planner::Answer& answer) {
  bind_if_stale();  // rules are remembered by their place in the policy
  clock_jumped();
  keep(planner::learn(scope(), answer, clock_.now(), memory));
}

planner::Plan ModelLane::plan(const planner::PlanOptions& options) {
  bind_if_stale();
  return planner::plan(scope(), memory, clock_.now(), options);
}

std::vector<planner::Action> ModelLane::turn(std::size_t room) {
  std::vector<planner::Action> calls;
  for (int turns = 0; turns < kTurnsWithoutEnd; ++turns) {
    clock_jumped();
    planner::Plan plan = this->plan({.explain = false, .max_actions = room});
    const Now now = clock_.now();
    is_behind = !commit(plan);
    if (is_behind) {
      next_wall.reset();
      next_mono = now.mono + Seconds{1};
      return calls;
    }
    const bool has_written = !plan.records.empty();
    planner::apply(plan, memory);
    emit(std::move(plan.events));
    room -= std::min(room, plan.actions.size());
    for (planner::Action& action : plan.actions) {
      emit(planner::sent(scope(), action, now, memory));
      calls.push_back(std::move(action));
    }
    next_wall = plan.next_wall;
    next_mono = plan.next_mono;
    if (!has_written) return calls;
  }
  throw std::logic_error("the planner writes for ever");
}

void ModelLane::reload(policy::Policy asked) {
  policy = std::move(asked);
  memory.bindings_stale = true;
}

void ModelLane::clock_jumped() { keep(planner::watch_clock(scope(), memory, clock_.now())); }

void ModelLane::bind_if_stale() {
  if (memory.bindings_stale) bind_errors = planner::bind(scope(), zones_, memory);
}

void ModelLane::keep(planner::Learned learned) {
  unsaved_.append(std::move(learned.records));
  emit(std::move(learned.events));
}

void ModelLane::emit(std::vector<telemetry::Event> said) {
  for (telemetry::Event& event : said) events.push_back(std::move(event));
}

void ModelLane::expect_steps_of_life(const journal::Batch& batch) {
  for (const journal::RunRecord& run : batch.runs) {
    const auto [it, begins] = on_record_.try_emplace(run.key, OnRecord{run.state, {}});
    const bool is_allowed =
        begins ? journal::may_begin_as(run.state) : journal::may_follow(it->second.state, run.state);
    if (!is_allowed)
      throw std::logic_error("no run goes from " +
                             std::string(begins ? "nothing" : journal::to_string(it->second.state)) + " to " +
                             std::string(journal::to_string(run.state)));
    it->second = {run.state, run.served_by};
  }
  for (const journal::Served& served : batch.served)
    for (auto& [key, run] : on_record_)
      if (run.state == journal::RunState::merged && key.report == served.carrier.report &&
          key.instance == served.carrier.instance && run.served_by == served.carrier.scheduled)
        run.state = journal::RunState::settled;
}

bool ModelLane::commit(const planner::Plan& plan) {
  journal::Batch batch = unsaved_;
  batch.append(plan.records);
  for (const planner::Action& action : plan.actions) batch.append(planner::intent_of(action));
  if (!batch.empty()) {
    const auto saved = journal_.commit(scope().project.name, batch);
    if (!saved && saved.error().message == "disk is full") return false;
    if (!saved) throw std::logic_error("the journal refuses: " + saved.error().message);
    expect_steps_of_life(batch);
  }
  unsaved_ = {};
  return true;
}

}  // namespace dbssd::fakes
