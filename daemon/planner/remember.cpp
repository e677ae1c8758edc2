#include <algorithm>
#include <utility>

#include "planner/learn.h"
#include "planner/runs.h"
#include "planner/words.h"

namespace dbssd::planner {

using journal::RunState;
using journal::StartState;
using telemetry::EventId;

namespace {

/// Longer than any start is waited for or held off.
constexpr Millis kOldStart = std::chrono::hours{24};
/// Longer than any download is tried for.
constexpr Millis kOldFile = std::chrono::days{30};

/// How long ago it was by the wall clock, which may have been set meanwhile.
Millis age(Instant then, const Now& now, Millis most) {
  return std::clamp<Millis>(now.second() - then, Millis::zero(), most);
}

void remember_run(const Learning& in, journal::RunRecord&& record) {
  const journal::RunKey key = record.key;
  Run& run = in.memory.runs[key];
  run.record = std::move(record);
  if (run.record.state == RunState::submitting) {
    run.record.state = RunState::unknown;
    run.record.reason = "it was under way when the process ended, or its answer was not recorded";
    in.learned.records.runs.push_back(run.record);
    in.say(run_event(EventId::report_outcome_unknown, in.scope, in.memory, run.record,
                     "the answer to a call is not on record; it is looked up, never repeated blindly"));
  }
  // A call of the last process may still take effect; how long ago it left is not known to this process's
  // clock.
  if (run.record.state == RunState::unknown) run.unknown_since = in.now.mono;
  const Instant since = run.record.accepted_at.value_or(run.record.submitted_at.value_or(in.now.second()));
  const bool awaits_file = run.record.state == RunState::settled;
  run.watched_since =
      in.now.mono - age(since, in.now, awaits_file ? kOldFile : patience(run.record) - kWatchAtLeast);
}

/// A carrier that is neither open nor still to be decided will never end: a damaged journal has lost it.
void remember_joined(const Learning& in, const journal::Joined& joined) {
  const journal::RunKey& key = joined.carrier;
  const auto carrier = in.memory.runs.find(key);
  const bool is_open = carrier != in.memory.runs.end() && !carrier->second.record.outcome;
  const auto schedule = in.memory.schedules.find(ScheduleKey{key.report, key.instance});
  const bool is_to_come = schedule != in.memory.schedules.end() && !is_ended(schedule->second) &&
                          schedule->second.cursor < key.scheduled;
  if (is_open || is_to_come) {
    in.memory.joined.insert_or_assign(key, JoinedRuns{joined.begin, joined.runs});
    return;
  }
  journal::RunRecord lost;
  lost.key = key;
  lost.window = {joined.begin, key.scheduled};
  telemetry::Event event = run_event(EventId::report_failed, in.scope, in.memory, lost,
                                     std::to_string(joined.runs) + " merged runs have no carrier on record");
  event.reason = "the run that was to carry them is lost: how their report ended is not known";
  in.learned.records.served.push_back({key, journal::Outcome::failed, event.reason, in.now.second()});
  in.say(std::move(event));
}

void remember_start(const Learning& in, journal::StartRecord&& record) {
  const auto known = in.memory.instances.find(record.instance);
  Instance& instance =
      known == in.memory.instances.end() ? in.memory.lost_instances[record.instance] : known->second;
  if (record.state == StartState::requested) {
    record.state = StartState::unknown;
    record.error = "it was under way when the process ended, or its answer was not recorded";
    in.learned.records.starts.push_back(record);
  }
  instance.starting.change().starts.push_back(std::move(record));
}

/// A cycle goes on over a restart: what it has started counts against max_per_cycle.
void resume_cycle(const Learning& in, const journal::StartRecord& start) {
  const Millis interval = in.scope.policy.instances.reconcile_interval;
  if (in.now.second() - start.requested_at >= interval) return;
  const MonoTime begun = in.now.mono - age(start.requested_at, in.now, interval);
  in.memory.cycle_began = std::min(in.memory.cycle_began.value_or(begun), begun);
  ++in.memory.starts_this_cycle[start.rule];
}

/// From before it was written when: it counts from now on, by the wall clock, which may be what is in doubt.
void note_when_vanished(const Learning& in, journal::InstanceRecord& record) {
  if (!record.vanished || record.vanished_at) return;
  record.vanished_at = std::max(in.now.second(), in.memory.began);
  in.learned.records.instances.push_back(record);
}

void watch_starts(std::map<InstanceId, Instance>& instances, const Now& now) {
  for (auto& [id, instance] : instances) {
    if (instance.starting->starts.empty()) continue;
    Starting& starting = instance.starting.change();
    std::ranges::sort(starting.starts, {}, &journal::StartRecord::requested_at);
    starting.watched = now.mono - age(starting.starts.back().requested_at, now, kOldStart);
  }
}

}  // namespace

Seconds start_horizon(const policy::Policy& policy) {
  Seconds horizon = std::chrono::hours{24};
  for (const policy::StartRule& rule : policy.instances.start)
    horizon = std::max({horizon, rule.flap.within + rule.flap.hold, rule.confirm_within});
  return horizon;
}

void forget_records(Memory& memory) {
  Memory kept;
  kept.clock = memory.clock;
  kept.cycle_began = memory.cycle_began;
  kept.starts_this_cycle = std::move(memory.starts_this_cycle);
  kept.capped_this_cycle = std::move(memory.capped_this_cycle);
  kept.listing_problems = std::move(memory.listing_problems);
  kept.listing.told = memory.listing.told;
  kept.listing.failures = memory.listing.failures;
  kept.listing.last_error = std::move(memory.listing.last_error);
  kept.listing.not_before = memory.listing.failures > 0 ? memory.listing.not_before : MonoTime{};
  kept.health = memory.health;
  kept.retries = memory.retries;
  kept.archives_rest_until = memory.archives_rest_until;
  kept.calls_sent = memory.calls_sent;
  memory = std::move(kept);
}

Learned remember(const Scope& scope, journal::Remembered remembered, const Now& read, Memory& memory) {
  Learned learned;
  // What is read again, in a process that has read it before, says nothing new of the time.
  if (!memory.cycle_began) begin_clock(memory.clock, newest_time(remembered), read);
  const Now now = sure_now(memory.clock, read);
  const Learning in{scope, now, memory, learned};
  memory.began = read.second();
  if (remembered.project) memory.project = memory.project_on_record = std::move(*remembered.project);
  for (journal::InstanceRecord& record : remembered.instances) {
    const InstanceId id = record.id;
    note_when_vanished(in, record);
    memory.instances[id].record = std::move(record);
  }
  const bool is_first = !memory.cycle_began;  // otherwise this process has counted them
  for (journal::StartRecord& record : remembered.starts) {
    if (is_first) resume_cycle(in, record);
    remember_start(in, std::move(record));
  }
  watch_starts(memory.instances, now);
  watch_starts(memory.lost_instances, now);
  for (journal::ScheduleRecord& record : remembered.schedules) {
    ScheduleKey key{record.report, record.instance};
    // A cursor that a damaged disk has set back would have what was decided decided again.
    if (record.last_scheduled && *record.last_scheduled <= now.second())
      record.cursor = std::max(record.cursor, *record.last_scheduled);
    // The journal has forgotten its runs: nothing of it can be decided twice any more.
    if (is_ended(record) && record.cursor + scope.policy.state.keep < now.second()) {
      learned.records.ended_schedules.push_back(std::move(key));
      continue;
    }
    memory.schedules.insert_or_assign(std::move(key), std::move(record));
  }
  for (journal::RunRecord& record : remembered.open_runs) remember_run(in, std::move(record));
  for (const journal::Joined& joined : remembered.joined) remember_joined(in, joined);
  for (journal::JobRecord& record : remembered.jobs) {
    Job& job = memory.jobs[record.resource_id];
    if (record.id.empty()) {
      job.follow = std::move(record);
    } else {
      job.follow.resource_id = record.resource_id;
      job.jobs[record.id] = std::move(record);
    }
  }
  for (journal::SummaryRecord& record : remembered.summaries)
    memory.summaries[record.busi_type].record = std::move(record);
  return learned;
}

}  // namespace dbssd::planner
