#include "engine/lane.h"

#include <algorithm>
#include <utility>

#include "base/permit.h"
#include "engine/catch_up.h"
#include "planner/backoff.h"
#include "planner/words.h"

namespace dbssd::engine {

using planner::event_of;
using planner::Plan;
using planner::with_error;
using telemetry::Event;
using telemetry::EventId;

namespace {

constexpr Millis kCommitAgainFirst = Seconds{1};
constexpr Millis kCommitAgainCap = Seconds{30};
/// Shorter than this, what a start leaves out of the journal for its age is old all the same.
constexpr Seconds kWhole = std::chrono::hours{1};

/// What a lane says and writes of a whole fleet that is new to it takes as much room as the fleet itself: so
/// many lanes take up a large list at the same time, and the others wait for their part of a processor here.
constexpr std::ptrdiff_t kAtOnce = 2;
constexpr std::size_t kLarge = 1000;

Permit permit_for(const planner::Answer& answer) {
  static std::counting_semaphore<> large(kAtOnce);
  const auto* listing = answer.reply ? std::get_if<cloud::InstanceListing>(&*answer.reply) : nullptr;
  return Permit(listing != nullptr && listing->instances.size() >= kLarge ? &large : nullptr);
}

}  // namespace

Lane::Lane(const Ports& ports, std::shared_ptr<const policy::Policy> policy, std::size_t project, Mode mode)
    : ports_(ports), mode_(mode), policy_(std::move(policy)), project_(project) {}

Expected<void> Lane::load() {
  const Now now = ports_.clock.now();
  auto remembered = ports_.journal.load(project().name, now.second() - planner::start_horizon(*policy_));
  if (!remembered) return fail(std::move(remembered.error()));
  // A clock that is ahead leaves out the newest starts, by which an instance is held.
  if (const auto newest = planner::newest_time(*remembered); newest && *newest < now.second() - kWhole) {
    remembered = ports_.journal.load(project().name, *newest - planner::start_horizon(*policy_));
    if (!remembered) return fail(std::move(remembered.error()));
  }
  keep(planner::remember(scope(), std::move(*remembered), now, memory_));
  say_decided_ahead();
  return {};
}

void Lane::take(planner::Answer answer) {
  bind_if_stale();  // rules are remembered by their place in the policy
  look_at_clock();
  const Permit permit = permit_for(answer);
  keep(planner::learn(scope(), std::move(answer), ports_.clock.now(), memory_));
}

Lane::Turn Lane::turn(std::size_t room) {
  Turn turn;
  while (true) {
    if (refused_until_ && !read_again(turn)) return turn;
    bind_if_stale();
    const Now now = ports_.clock.now();
    look_at_clock(now);
    Plan plan = planner::plan(scope(), memory_, now, {.explain = false, .max_actions = room});
    turn.thought += ports_.clock.now().mono - now.mono;
    if (mode_ == Mode::dry)
      std::erase_if(plan.actions, [](const auto& action) {
        return planner::changes_the_cloud(action.call) || planner::changes_the_host(action.call);
      });
    if (const auto saved = commit(plan); !saved) {
      if (saved.error().kind == ErrorKind::rejected) {
        be_refused(saved.error());
        continue;
      }
      say_commit_failed(saved.error());
      turn.next_mono =
          now.mono + planner::backoff_ceiling(commit_failures_, kCommitAgainFirst, kCommitAgainCap);
      return turn;
    }
    const bool has_written = !plan.records.empty();
    planner::apply(plan, memory_);
    if (mode_ == Mode::act) {
      emit(plan.events);
    } else {
      decided_.insert(decided_.end(), plan.events.begin(), plan.events.end());
    }
    for (planner::Action& action : plan.actions) {
      emit(planner::sent(scope(), action, now, memory_));
      turn.calls.push_back(std::move(action));
    }
    turn.next_wall = plan.next_wall;
    turn.next_mono = plan.next_mono;
    // What was just written can have consequences of its own: a run that was opened is to be sent.
    turn.is_cut = plan.is_cut;
    if (!has_written || turn.is_cut) return turn;
    room -= std::min(room, plan.actions.size());
  }
}

Plan Lane::explain() const {
  Plan plan = planner::plan(scope(), memory_, ports_.clock.now(), {.explain = true, .max_actions = SIZE_MAX});
  plan.events.insert(plan.events.begin(), decided_.begin(), decided_.end());
  return plan;
}

void Lane::swap_policy(std::shared_ptr<const policy::Policy> policy, std::size_t project) {
  policy_ = std::move(policy);
  project_ = project;
  memory_.bindings_stale = true;
  // Who reloads has mended something: a credential, an endpoint. It is tried now, not when a hold is over.
  memory_.health.hold_until = {};
  if (memory_.listing.failures > 0) memory_.listing.not_before = {};
}

void Lane::forget_zones() { memory_.bindings_stale = true; }

void Lane::look_at_clock() { look_at_clock(ports_.clock.now()); }

void Lane::look_at_clock(const Now& now) { keep(planner::watch_clock(scope(), memory_, now)); }

void Lane::ask(const Request& request) {
  const auto known = is_on_record(ports_.journal, request);
  if (!known || *known) return;  // what cannot be looked up now is asked again
  bind_if_stale();               // rules are remembered by their place in the policy
  keep(planner::ask(scope(), request.asked, ports_.clock.now(), memory_));
}

ProjectStanding Lane::standing() const {
  const auto listed = std::count_if(memory_.instances.begin(), memory_.instances.end(),
                                    [](const auto& each) { return each.second.listed; });
  auto open = std::count_if(memory_.runs.begin(), memory_.runs.end(),
                            [](const auto& each) { return !each.second.record.outcome; });
  for (const auto& [carrier, joined] : memory_.joined) open += joined.runs;
  return {
      memory_.listing.answered.has_value(), static_cast<std::size_t>(listed), static_cast<std::size_t>(open),
      memory_.project.failing_since,        memory_.project.failure,          commit_failures_ > 0};
}

Expected<void> Lane::save() {
  Plan nothing;
  return commit(nothing);
}

Expected<void> Lane::commit(Plan& plan) {
  // Facts are kept until they are written; what was decided is decided again.
  const auto facts = unsaved_.sizes();
  unsaved_.append(std::move(plan.records));
  const auto intents = unsaved_.sizes();
  for (const planner::Action& action : plan.actions) unsaved_.append(planner::intent_of(action));
  if (mode_ == Mode::act && !unsaved_.empty()) {
    if (auto committed = ports_.journal.commit(project().name, unsaved_); !committed) {
      const journal::Batch dropped = unsaved_.split(facts);
      if (committed.error().kind == ErrorKind::rejected) note_refused(dropped);
      return committed;
    }
  }
  unsaved_.cut(intents);
  plan.records = unsaved_.split(facts);
  unsaved_ = {};
  commit_failures_ = 0;
  return {};
}

void Lane::keep(planner::Learned learned) {
  unsaved_.append(std::move(learned.records));
  emit(learned.events);
}

void Lane::emit(const std::vector<Event>& events) const {
  for (const Event& event : events) ports_.events.emit(event);
}

void Lane::bind_if_stale() {
  if (!memory_.bindings_stale) return;
  for (const Error& error : planner::bind(scope(), ports_.zones, memory_)) {
    ports_.events.emit(with_error(
        event_of(EventId::state_failed, scope(), "a schedule stands still: its time zone cannot be read"),
        error));
  }
}

void Lane::say_decided_ahead() const {
  if (const auto event = planner::decided_ahead(scope(), memory_, ports_.clock.now()))
    ports_.events.emit(*event);
}

void Lane::say_commit_failed(const Error& error) {
  if (++commit_failures_ > 1) return;
  ports_.events.emit(
      with_error(event_of(EventId::state_failed, scope(),
                          "the state cannot be written: nothing is started or asked for until it can"),
                 error));
}

void Lane::be_refused(const Error& error) {
  const MonoTime now = ports_.clock.now().mono;
  const Millis rest = refusals_.refused(now);
  refused_until_ = now + rest;
  Event event =
      event_of(EventId::state_refused, scope(),
               "the journal refuses what contradicts it: what was known of the project is read again");
  if (rest > Millis::zero()) {
    event.msg = "the journal refuses again and again what contradicts it: the project rests";
    event.duration = rest;
  }
  ports_.events.emit(with_error(std::move(event), error));
}

bool Lane::read_again(Turn& turn) {
  turn.next_wall.reset();
  turn.next_mono.reset();
  // Nobody would know of what is under way: its answers wake the lane.
  if (calls_under_way() > 0) return false;
  const Now now = ports_.clock.now();
  if (now.mono < *refused_until_) {
    turn.next_mono = *refused_until_;
    return false;
  }
  auto remembered = ports_.journal.load(project().name, now.second() - planner::start_horizon(*policy_));
  if (!remembered) {
    say_commit_failed(remembered.error());
    turn.next_mono =
        now.mono + planner::backoff_ceiling(commit_failures_, kCommitAgainFirst, kCommitAgainCap);
    return false;
  }
  refused_until_.reset();
  unsaved_ = {};
  planner::forget_records(memory_);
  keep(planner::remember(scope(), std::move(*remembered), now, memory_));
  // Where that cannot be looked up the refusal comes again, and so does this.
  static_cast<void>(catch_up(refused_, project().name, ports_.journal, memory_, unsaved_));
  refused_.clear();
  return true;
}

void Lane::note_refused(const journal::Batch& decisions) {
  for (const journal::RunRecord& run : decisions.runs)
    if (!memory_.runs.contains(run.key)) refused_.push_back(run.key);
}

}  // namespace dbssd::engine
