#include <algorithm>
#include <utility>

#include "planner/learn.h"
#include "planner/looks.h"
#include "planner/runs.h"
#include "planner/words.h"

namespace dbssd::planner {

using journal::StartState;
using telemetry::Event;
using telemetry::EventId;

namespace {

constexpr Millis kRefusedCap = std::chrono::minutes{5};
/// Of an instance that is listed again after so long, or later, `missed` makes up for nothing: it would open
/// a run for each time of months.
constexpr Seconds kAwayAtMost = std::chrono::days{7};

bool is_open(StartState state) {
  return state == StartState::requested || state == StartState::accepted || state == StartState::unknown ||
         state == StartState::overdue;
}

/// "status SHUTOFF -> ACTIVE, task powering-on -> NO_TASK"; empty where nothing that is logged changed.
std::string difference(const journal::InstanceRecord& before, const cloud::Instance& after) {
  std::string text;
  const auto add = [&text](std::string_view what, std::string_view from, std::string_view to) {
    if (from == to) return;
    if (!text.empty()) text += ", ";
    text.append(what).append(" ").append(from).append(" -> ").append(to);
  };
  add("name", before.name, after.name);
  add("status", cloud::to_string(before.status), cloud::to_string(after.status));
  add("task", cloud::to_string(before.task), cloud::to_string(after.task));
  add("effect", before.effect ? std::to_string(*before.effect) : "none",
      after.effect ? std::to_string(*after.effect) : "none");
  add("resource_id", before.resource_id.str(), after.resource_id.str());
  return text;
}

void confirm_starts(const Learning& in, Instance& instance) {
  if (instance.starting->starts.empty()) return;
  for (journal::StartRecord& start : instance.starting.change().starts) {
    if (!is_open(start.state)) continue;
    start.state = StartState::confirmed;
    start.settled_at = in.now.second();
    in.learned.records.starts.push_back(start);
    Event event = instance_event(EventId::instance_start_confirmed, in.scope, instance.record,
                                 "the list says ACTIVE: the start is done");
    event.duration = std::max(in.now.second() - start.requested_at, Seconds::zero());
    in.say(std::move(event));
  }
}

void follow_creation(const Learning& in, const journal::InstanceRecord& record, bool anew) {
  if (!is_being_created(record.status) || record.resource_id.empty()) return;
  Job& job = follow(in, record.resource_id);
  if (anew && job.follow.settled) {  // created once more under the same order
    job.follow.settled = false;
    job.follow.overdue = false;
    job.follow.first_seen = in.now.second();
    in.learned.records.jobs.push_back(job.follow);
  }
}

/// Its schedules begin anew: what came due meanwhile is a gap, which their next runs name.
void begin_anew(const Learning& in, const InstanceId& id) {
  for (const policy::ReportRule& rule : in.scope.policy.reports) {
    const auto schedule = in.memory.schedules.find(ScheduleKey{rule.name, id});
    if (schedule == in.memory.schedules.end() || is_ended(schedule->second)) continue;
    journal::ScheduleRecord& record = schedule->second;
    end_begun_merge(in, record);
    record.since = record.cursor = std::max(record.cursor, in.now.second());
    record.last_scheduled.reset();
    in.learned.records.schedules.push_back(record);
  }
}

void learn_one(const Learning& in, cloud::Instance&& seen) {
  const auto [it, is_new] = in.memory.instances.try_emplace(seen.id);
  Instance& instance = it->second;
  if (is_new) {
    if (auto lost = in.memory.lost_instances.extract(seen.id)) instance = std::move(lost.mapped());
  }
  journal::InstanceRecord& record = instance.record;
  instance.listed = true;
  const std::string changes = is_new ? std::string{} : difference(record, seen);
  if (!is_new && changes.empty() && record.absences == 0 && !record.vanished) return;

  const bool came_back = record.vanished;
  const bool was_long_away =
      came_back && in.now.second() - record.vanished_at.value_or(in.now.second()) >= kAwayAtMost;
  const bool entered_creation = is_being_created(seen.status) && (is_new || !is_being_created(record.status));
  if (is_new || record.name != seen.name) in.memory.bindings_stale = true;
  if (is_new || came_back || !changes.empty()) record.changed_at = in.now.second();
  if (is_new) record.first_seen = in.now.second();
  record.id = std::move(seen.id);
  record.resource_id = std::move(seen.resource_id);
  record.name = std::move(seen.name);
  record.status = seen.status;
  record.task = seen.task;
  record.effect = seen.effect;
  record.absences = 0;
  record.vanished = false;
  record.vanished_at.reset();
  in.learned.records.instances.push_back(record);

  if (is_new || came_back) {
    if (came_back) in.memory.bindings_stale = true;
    Event event = instance_event(
        EventId::instance_seen, in.scope, record,
        came_back ? "an instance that had vanished is listed again" : "a new instance is listed");
    event.reason = state_of(record);
    if (was_long_away) {
      begin_anew(in, record.id);
      event.reason += "; it was away for longer than " + format_duration(kAwayAtMost) +
                      ": its schedules begin anew, and report.gap names what they leave out";
    }
    in.say(std::move(event));
  } else if (!changes.empty()) {
    Event event = instance_event(EventId::instance_changed, in.scope, record, "the instance changed");
    event.reason = changes;
    in.say(std::move(event));
  }
  if (record.status == cloud::InstanceStatus::active) confirm_starts(in, instance);
  follow_creation(in, record, entered_creation);
}

void learn_absence(const Learning& in, Instance& instance) {
  journal::InstanceRecord& record = instance.record;
  if (record.vanished) return;
  ++record.absences;
  if (record.absences >= kAbsencesToVanish) {
    record.vanished = true;
    record.vanished_at = in.now.second();
    Event event =
        instance_event(EventId::instance_vanished, in.scope, record, "the instance is no longer listed");
    event.reason = "absent from " + std::to_string(record.absences) + " listings in a row; last known " +
                   state_of(record);
    in.say(std::move(event));
  }
  in.learned.records.instances.push_back(record);
}

void say_problems(const Learning& in, const cloud::InstanceListing& listing) {
  std::string problems;
  if (!listing.problems.empty()) {
    problems = std::to_string(listing.problems.size()) +
               " entries of the list do not decode; the first: " + listing.problems.front();
  }
  if (problems == in.memory.listing_problems) return;
  in.memory.listing_problems = problems;
  if (problems.empty()) return;
  Event event = event_of(EventId::cloud_malformed, in.scope,
                         "part of the instance list cannot be read; the rest is used");
  event.reason = std::move(problems);
  event.error_kind = ErrorKind::malformed;
  in.say(std::move(event));
}

}  // namespace

void learn_listing(const Learning& in, Answer& answer) {
  Look& look = in.memory.listing;
  const Millis interval = in.scope.policy.instances.reconcile_interval;
  if (!answer.reply) {
    const Error& error = answer.reply.error();
    // Who may not list is let in when somebody mends that, and not before.
    const bool refused = error.kind == ErrorKind::rejected || error.kind == ErrorKind::not_found;
    failed(look, error, in.scope.project.name.str(), in.now,
           refused ? std::max(interval, kRefusedCap) : interval);
    say_failed_look(
        in,
        event_of(EventId::cloud_refused, in.scope, "the instances cannot be listed; what is known is kept"),
        look, error);
    return;
  }
  if (look.told) in.say(event_of(EventId::cloud_recovered, in.scope, "the instances can be listed again"));
  succeeded(look, answer.sent_at, in.now, interval);
  in.memory.project.listed_at = in.now.second();
  // While a start is to be confirmed the list is read more often: that must not lift the cap on starts.
  if (!in.memory.cycle_began || answer.sent_at - *in.memory.cycle_began >= interval) {
    in.memory.cycle_began = answer.sent_at;
    in.memory.starts_this_cycle.clear();
    in.memory.capped_this_cycle.clear();
  }

  auto listing = std::get<cloud::InstanceListing>(*std::move(answer.reply));
  for (auto& [id, instance] : in.memory.instances) instance.listed = false;
  const std::size_t size = listing.instances.size();
  for (cloud::Instance& seen : listing.instances) learn_one(in, std::move(seen));
  // An entry that does not decode may be any of the absent ones: then absence says nothing at all.
  if (listing.problems.empty()) {
    for (auto& [id, instance] : in.memory.instances)
      if (!instance.listed) learn_absence(in, instance);
    forget_long_gone(in);
  }
  say_problems(in, listing);

  const auto active = std::ranges::count_if(in.memory.instances, [](const auto& entry) {
    return entry.second.listed && entry.second.record.status == cloud::InstanceStatus::active;
  });
  Event event = event_of(EventId::cycle_finished, in.scope,
                         std::to_string(size) + " instances listed, " + std::to_string(active) + " ACTIVE");
  event.duration = answer.took;
  in.say(std::move(event));
}

void learn_start(const Learning& in, const StartInstance& call, const Answer& answer) {
  const auto it = in.memory.instances.find(call.intent.instance);
  if (it == in.memory.instances.end()) return;
  Instance& instance = it->second;
  auto& starts = instance.starting.change().starts;
  const auto start = std::ranges::find(starts, call.intent.requested_at, &journal::StartRecord::requested_at);
  // A listing may have confirmed it before its own answer came.
  if (start == starts.end() || start->state != StartState::requested) return;

  if (answer.reply) {
    start->state = StartState::accepted;
    Event event = instance_event(EventId::instance_start_accepted, in.scope, instance.record,
                                 "the start was accepted; done when the list says ACTIVE");
    event.duration = answer.took;
    in.say(std::move(event));
  } else {
    const Error& error = answer.reply.error();
    const bool no_effect = had_no_effect(error.kind) || was_declined(error.kind);
    start->state = no_effect ? StartState::rejected : StartState::unknown;
    start->error = error.message;
    if (no_effect) start->settled_at = in.now.second();
    Event event = instance_event(
        EventId::instance_start_rejected, in.scope, instance.record,
        no_effect ? "the start was not accepted"
                  : "it is not known whether the start was accepted; the next listing will tell");
    in.say(with_error(std::move(event), error));
  }
  in.learned.records.starts.push_back(*start);
  // A change is on its way: look soon whether it arrived.
  in.memory.listing.not_before = std::min(in.memory.listing.not_before, in.now.mono + Seconds{5});
}

}  // namespace dbssd::planner
