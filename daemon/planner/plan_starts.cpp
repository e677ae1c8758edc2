#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "planner/backoff.h"
#include "planner/looks.h"
#include "planner/match.h"
#include "planner/planning.h"
#include "planner/words.h"

namespace dbssd::planner {

using cloud::InstanceStatus;
using cloud::InstanceTask;
using journal::StartRecord;
using journal::StartState;
using telemetry::Event;
using telemetry::EventId;

namespace {

constexpr Millis kRetryFirst = std::chrono::minutes{1};
constexpr Millis kRetryCap = std::chrono::hours{1};

bool was_taken(StartState state) { return state != StartState::requested && state != StartState::rejected; }

/// The newest start of those that count against the flap rule, and how many there are.
struct Flapping {
  int starts = 0;
  Instant newest{};
};

Flapping flapping(const Instance& instance, const policy::Flap& flap, Instant now) {
  Flapping seen;
  for (const StartRecord& start : instance.starting->starts) {
    if (!was_taken(start.state) || start.requested_at + flap.within <= now) continue;
    ++seen.starts;
    seen.newest = std::max(seen.newest, start.requested_at);
  }
  return seen;
}

int refusals_in_a_row(const Instance& instance) {
  int count = 0;
  for (auto start = instance.starting->starts.rbegin(); start != instance.starting->starts.rend(); ++start) {
    if (start->state != StartState::rejected) break;
    ++count;
  }
  return count;
}

/// Why a SHUTOFF instance must not be started whatever the rules say; empty where nothing is in the way.
std::string obstacle(const Instance& instance) {
  const journal::InstanceRecord& record = instance.record;
  if (record.task != InstanceTask::none)
    return "task " + std::string(cloud::to_string(record.task)) + " is under way";
  if (record.effect && *record.effect >= 1 && *record.effect <= 3)
    return "the instance is frozen (effect " + std::to_string(*record.effect) +
           "): only its owner's account can change that";
  return {};
}

Seconds confirm_within(const policy::Policy& policy, const std::string& rule) {
  const auto named = std::ranges::find(policy.instances.start, rule, &policy::StartRule::name);
  return named == policy.instances.start.end() ? policy::StartRule{}.confirm_within : named->confirm_within;
}

/// A start whose outcome is unknown shows in the list by then, if it had its effect.
Seconds unknown_settles(const policy::Project& project) {
  return std::max<Seconds>(std::chrono::minutes{2}, project.limits.timeout + lost_call_horizon(project));
}

/// Puts on record that the newest start is not done in time, whatever has become of the instance and of the
/// rule. The list must have been read after that time: what nobody looked at is not overdue.
void judge_awaited(const Planning& in, const Instance& instance) {
  if (!awaits_confirmation(instance)) return;
  const StartRecord& last = instance.starting->starts.back();
  const journal::InstanceRecord& record = instance.record;
  const bool untouched =
      instance.listed && record.status == InstanceStatus::shutoff && record.task == InstanceTask::none;
  const bool had_no_effect = last.state == StartState::unknown && untouched;
  const Seconds limit =
      had_no_effect ? unknown_settles(in.scope.project) : confirm_within(in.scope.policy, last.rule);
  const MonoTime over = instance.starting->watched + limit;
  if (in.now.mono < over) return in.wake_at(over);
  if (in.memory.listing.answered.value_or(MonoTime::min()) < over) return;
  StartRecord judged = last;
  judged.state = had_no_effect ? StartState::rejected : StartState::overdue;
  judged.settled_at = in.now.second();
  in.plan.records.starts.push_back(std::move(judged));
  if (had_no_effect) return;
  Event event = instance_event(EventId::instance_start_overdue, in.scope, record,
                               "a start has not made the instance ACTIVE in time");
  event.reason = "asked for at " + format_utc(last.requested_at) + ", confirm_within " +
                 format_duration(limit) + ", " +
                 (instance.listed ? state_of(record) : "and the newest list does not have it");
  in.say(std::move(event));
}

/// Judges one SHUTOFF instance of a rule; returns true where it is to be started now.
class Judge {
 public:
  Judge(const Planning& in, const policy::StartRule& rule, const Instance& instance)
      : in_(in), rule_(rule), instance_(instance) {}

  [[nodiscard]] bool wants_start() const {
    if (const std::string reason = obstacle(instance_); !reason.empty()) return leave(reason);
    return !is_pending() && !is_held() && !is_backing_off();
  }

 private:
  bool leave(std::string reason) const {
    in_.stand(instance_.record, "leave", std::move(reason));
    return false;
  }

  [[nodiscard]] bool is_pending() const {
    const bool requested = !instance_.starting->starts.empty() &&
                           instance_.starting->starts.back().state == StartState::requested;
    if (!requested && !awaits_confirmation(instance_)) return false;
    leave("a start was asked for at " + format_utc(instance_.starting->starts.back().requested_at) +
          ", and is not confirmed yet");
    return true;
  }

  [[nodiscard]] bool is_held() const {
    const Instant now = in_.now.second();
    if (instance_.record.held_until && now < *instance_.record.held_until) {
      in_.wake_at(*instance_.record.held_until);
      leave("held until " + format_utc(*instance_.record.held_until) + ": something keeps stopping it");
      return true;
    }
    const Flapping seen = flapping(instance_, rule_.flap, now);
    const Instant until = seen.newest + rule_.flap.hold;
    // A hold that is over has served for the starts before it.
    if (seen.starts < rule_.flap.starts || until <= now) return false;
    journal::InstanceRecord held = instance_.record;
    held.held_until = until;
    Event event = instance_event(EventId::instance_start_held, in_.scope, held,
                                 "something keeps stopping the instance; it is left alone for a while");
    event.reason = std::to_string(seen.starts) + " starts within " + format_duration(rule_.flap.within) +
                   "; held until " + format_utc(until);
    in_.say(std::move(event));
    in_.plan.records.instances.push_back(std::move(held));
    return true;
  }

  [[nodiscard]] bool is_backing_off() const {
    const int refusals = refusals_in_a_row(instance_);
    if (refusals == 0) return false;
    const MonoTime again = instance_.starting->watched + backoff_ceiling(refusals, kRetryFirst, kRetryCap);
    if (in_.now.mono >= again) return false;
    in_.wake_at(again);
    leave("the last start was not accepted (" + instance_.starting->starts.back().error +
          "); next attempt in " + format_duration(std::chrono::ceil<Seconds>(again - in_.now.mono)));
    return true;
  }

  const Planning& in_;
  const policy::StartRule& rule_;
  const Instance& instance_;
};

void say_capped(const Planning& in, const policy::StartRule& rule, std::size_t left) {
  if (in.memory.capped_this_cycle.contains(rule.name)) return;
  in.plan.capped_rules.push_back(rule.name);
  Event event = event_of(EventId::instance_start_capped, in.scope,
                         "more instances are SHUTOFF than one cycle may start");
  event.reason = "rule " + rule.name + ": max_per_cycle " + std::to_string(rule.max_per_cycle) + ", " +
                 std::to_string(left) + " instances wait for the next cycle";
  in.say(std::move(event));
}

void start_within_cap(const Planning& in, const policy::StartRule& rule,
                      std::vector<const Instance*>& wanted) {
  // Those never tried go first, then those whose last attempt is the longest ago: nobody starves behind
  // failures.
  std::ranges::stable_sort(wanted, {}, [](const Instance* instance) {
    return instance->starting->starts.empty() ? Instant::min()
                                              : instance->starting->starts.back().requested_at;
  });
  const auto begun = in.memory.starts_this_cycle.find(rule.name);
  const int used = begun == in.memory.starts_this_cycle.end() ? 0 : begun->second;
  const auto room = static_cast<std::size_t>(std::max(0, rule.max_per_cycle - used));
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Instance& instance = *wanted[i];
    if (i >= room) {
      in.stand(instance.record, "wait",
               "max_per_cycle " + std::to_string(rule.max_per_cycle) + " of rule " + rule.name +
                   " is used up in this cycle");
      continue;
    }
    StartRecord intent;
    intent.instance = instance.record.id;
    intent.requested_at = in.now.second();
    // Two starts of one instance within a second would share a key.
    if (!instance.starting->starts.empty() &&
        instance.starting->starts.back().requested_at >= intent.requested_at)
      intent.requested_at = instance.starting->starts.back().requested_at + Seconds{1};
    intent.rule = rule.name;
    in.start({std::move(intent)}, "it is SHUTOFF and rule " + rule.name + " keeps it running");
  }
  if (wanted.size() > room) say_capped(in, rule, wanted.size() - room);
}

}  // namespace

void plan_starts(const Planning& in) {
  const auto& rules = in.scope.policy.instances.start;
  std::vector<std::vector<const Instance*>> wanted(rules.size());
  for (const auto& [id, instance] : in.memory.instances) {
    const journal::InstanceRecord& record = instance.record;
    judge_awaited(in, instance);
    const bool runs = record.status == InstanceStatus::active;
    if (record.vanished) {
      in.stand(record, "leave", "it is no longer listed");
    } else if (!instance.listed) {
      in.stand(record, "leave", "the newest list does not have it: what it is now is not known");
    } else if (!instance.start_rule) {
      in.stand(record, runs ? "well" : "leave",
               state_of(record) + "; no start rule selects it: it is only watched");
    } else if (runs) {
      in.stand(record, "well", "it is ACTIVE");
    } else if (record.status != InstanceStatus::shutoff) {
      in.stand(record, "leave", state_of(record) + ": only a SHUTOFF instance can be started");
    } else if (Judge(in, rules[*instance.start_rule], instance).wants_start()) {
      wanted[*instance.start_rule].push_back(&instance);
    }
  }
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (!wanted[i].empty()) start_within_cap(in, rules[i], wanted[i]);
}

}  // namespace dbssd::planner
