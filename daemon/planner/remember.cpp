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
    run.record.reason = "the process ended while the call was under way";
    in.learned.records.runs.push_back(run.record);
    in.say(run_event(
        EventId::report_outcome_unknown, in.scope, in.memory, run.record,
        "a call was under way when the last process ended; it is looked up, never repeated blindly"));
  }
  // A call of the last process may still take effect; how long ago it left is not known to this process's
  // clock.
  if (run.record.state == RunState::unknown) run.unknown_since = in.now.mono;
  const Instant since = run.record.accepted_at.value_or(run.record.submitted_at.value_or(in.now.second()));
  run.watched_since = in.now.mono - age(since, in.now, patience(run.record) - kWatchAtLeast);
}

void remember_start(const Learning& in, journal::StartRecord&& record) {
  const auto known = in.memory.instances.find(record.instance);
  Instance& instance =
      known == in.memory.instances.end() ? in.memory.lost_instances[record.instance] : known->second;
  if (record.state == StartState::requested) {
    record.state = StartState::unknown;
    record.error = "the process ended while the call was under way";
    in.learned.records.starts.push_back(record);
  }
  instance.starting.change().starts.push_back(std::move(record));
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

Learned remember(const Scope& scope, journal::Remembered remembered, const Now& read, Memory& memory) {
  Learned learned;
  begin_clock(memory.clock, newest_time(remembered), read);
  const Now now = sure_now(memory.clock, read);
  const Learning in{scope, now, memory, learned};
  memory.began = read.second();
  if (remembered.project) memory.project = memory.project_on_record = std::move(*remembered.project);
  for (journal::InstanceRecord& record : remembered.instances) {
    const InstanceId id = record.id;
    memory.instances[id].record = std::move(record);
  }
  for (journal::StartRecord& record : remembered.starts) remember_start(in, std::move(record));
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
