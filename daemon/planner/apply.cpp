#include <algorithm>
#include <utility>

#include "planner/looks.h"
#include "planner/planner.h"
#include "planner/runs.h"
#include "planner/words.h"

namespace dbssd::planner {

using journal::RunState;
using telemetry::Event;
using telemetry::EventId;

namespace {

/// Time enough for a clock that was set wrong to be set right.
constexpr Millis kArchivesRest = std::chrono::hours{1};

void apply_start(Memory& memory, const journal::StartRecord& record) {
  const auto instance = memory.instances.find(record.instance);
  if (instance == memory.instances.end()) return;
  auto& starts = instance->second.starting.change().starts;
  const auto same = std::ranges::find(starts, record.requested_at, &journal::StartRecord::requested_at);
  if (same == starts.end()) {
    starts.push_back(record);
  } else {
    *same = record;
  }
}

void forget_old_starts(Instance& instance, Instant before) {
  if (instance.starting->starts.empty()) return;
  std::erase_if(instance.starting.change().starts, [before](const journal::StartRecord& start) {
    return start.settled_at && start.requested_at < before;
  });
}

void join(Memory& memory, const journal::RunRecord& record) {
  const journal::RunKey carrier{record.key.report, record.key.instance, *record.served_by};
  JoinedRuns& joined = memory.joined.try_emplace(carrier, JoinedRuns{record.window.begin, 0}).first->second;
  joined.begin = std::min(joined.begin, record.window.begin);
  ++joined.runs;
}

void apply_run(Memory& memory, journal::RunRecord&& record) {
  if (record.state == RunState::merged) {
    join(memory, record);
  } else if (record.state == RunState::settled && !record.archive_pending) {
    memory.runs.erase(record.key);
  } else {
    Run& run = memory.runs[record.key];
    run.record = std::move(record);
  }
}

void apply_job(Memory& memory, const journal::JobRecord& record) {
  Job& job = memory.jobs[record.resource_id];
  (record.id.empty() ? job.follow : job.jobs[record.id]) = record;
}

}  // namespace

void apply(Plan& plan, Memory& memory) {
  for (const journal::InstanceRecord& record : plan.records.instances)
    if (const auto it = memory.instances.find(record.id); it != memory.instances.end())
      it->second.record = record;
  for (const journal::StartRecord& record : plan.records.starts) apply_start(memory, record);
  for (const journal::ScheduleRecord& record : plan.records.schedules)
    memory.schedules.insert_or_assign(ScheduleKey{record.report, record.instance}, record);
  std::erase_if(memory.unbound,
                [&memory](const ScheduleKey& key) { return is_ended(memory.schedules.at(key)); });
  for (journal::RunRecord& record : plan.records.runs) apply_run(memory, std::move(record));
  for (const journal::Served& served : plan.records.served) memory.joined.erase(served.carrier);
  for (const journal::JobRecord& record : plan.records.jobs) apply_job(memory, record);
  for (const std::string& rule : plan.capped_rules) memory.capped_this_cycle.insert(rule);
  for (const NextFire& fire : plan.next_fires) {
    Binding& binding = memory.bindings[fire.binding];
    binding.next = fire.at;
    binding.next_known = true;
    binding.former.reset();
  }
}

void distrust(Memory& memory, const Now& now) {
  for (auto& [id, instance] : memory.instances) instance.listed = false;
  memory.listing.not_before = {};
  memory.archives_rest_until = now.mono + kArchivesRest;
}

journal::Batch intent_of(const Action& action) {
  journal::Batch batch;
  if (const auto* start = std::get_if<StartInstance>(&action.call)) batch.starts.push_back(start->intent);
  if (const auto* create = std::get_if<CreateReport>(&action.call)) batch.runs.push_back(create->intent);
  return batch;
}

std::vector<Event> sent(const Scope& scope, const Action& action, const Now& read, Memory& memory) {
  std::vector<Event> events;
  const Now now = sure_now(memory.clock, read);
  if (failures_before(memory, action.call) > 0) memory.retries.spend(now.mono);
  ++memory.in_flight;
  ++memory.in_flight_of.at(action.call.index());
  ++memory.calls_sent;
  const auto mark_instance_look = [&memory](const InstanceId& id, Look Reporting::*look) {
    if (const auto it = memory.instances.find(id); it != memory.instances.end())
      (it->second.reporting.change().*look).in_flight = true;
  };
  struct Mark {
    const Scope& scope;
    const Action& action;
    const Now& now;
    Memory& memory;
    std::vector<Event>& events;
    decltype(mark_instance_look)& mark_look;

    void operator()(const ListInstances&) const { memory.listing.in_flight = true; }
    void operator()(const ListJobs& call) const { memory.jobs[call.resource_id].look.in_flight = true; }
    void operator()(const AskSummary& call) const { memory.summaries[call.busi_type].look.in_flight = true; }
    void operator()(const ListTemplates& call) const { mark_look(call.instance, &Reporting::template_look); }
    void operator()(const ListReports& call) const { mark_look(call.instance, &Reporting::report_look); }
    void operator()(const DownloadReport& call) const {
      if (const auto it = memory.runs.find(call.run); it != memory.runs.end())
        it->second.download_in_flight = true;
    }
    void operator()(const FindExpiredArchives&) const { memory.archive_look.in_flight = true; }
    void operator()(const RemoveArchived& call) const {
      if (const auto it = memory.expired_archives.find(call.run); it != memory.expired_archives.end())
        it->second.in_flight = true;
    }
    void operator()(const StartInstance& call) const {
      const auto it = memory.instances.find(call.intent.instance);
      if (it == memory.instances.end()) return;
      forget_old_starts(it->second, now.second() - start_horizon(scope.policy));
      apply_start(memory, call.intent);
      it->second.starting.change().watched = now.mono;
      ++memory.starts_this_cycle[call.intent.rule];
      Event event = instance_event(EventId::instance_start_requested, scope, it->second.record,
                                   "the start is requested");
      event.reason = action.reason;
      events.push_back(std::move(event));
    }
    void operator()(const CreateReport& call) const {
      apply_run(memory, journal::RunRecord(call.intent));
      Event event =
          run_event(EventId::report_submitted, scope, memory, call.intent, "the report is asked for");
      event.reason = action.reason;
      event.duration = std::max(now.wall - WallTime(call.intent.key.scheduled), Millis::zero());
      event.attempt = call.intent.attempts;
      events.push_back(std::move(event));
    }
  };
  std::visit(Mark{scope, action, now, memory, events, mark_instance_look}, action.call);
  return events;
}

}  // namespace dbssd::planner
