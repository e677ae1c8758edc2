#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "planner/learn.h"
#include "planner/runs.h"
#include "planner/words.h"

namespace dbssd::planner {

using telemetry::Event;
using telemetry::EventId;

namespace {

bool has_open_start(const Instance& instance) {
  return std::ranges::any_of(instance.starting->starts,
                             [](const journal::StartRecord& start) { return !start.settled_at; });
}

std::set<InstanceId> long_gone(const Learning& in) {
  std::set<InstanceId> gone;
  for (const auto& [id, instance] : in.memory.instances) {
    const journal::InstanceRecord& record = instance.record;
    if (!record.vanished || !record.vanished_at) continue;
    if (in.now.second() - *record.vanished_at <= in.scope.policy.state.keep) continue;
    const auto [first, last] = in.memory.runs.equal_range(id);
    if (first == last && !has_open_start(instance)) gone.insert(id);
  }
  return gone;
}

/// Whatever it has decided lies as far back as its instance: the journal has forgotten those runs as well.
void forget_schedule(const Learning& in, const journal::ScheduleRecord& record) {
  end_begun_merge(in, record);
  in.learned.records.ended_schedules.emplace_back(record.report, record.instance);
  if (is_ended(record) || !record.covered_until || *record.covered_until >= in.now.second()) return;
  journal::RunRecord gap;
  gap.key = {record.report, record.instance, in.now.second()};
  gap.window = {*record.covered_until, in.now.second()};
  Event event = run_event(EventId::report_gap, in.scope, in.memory, gap,
                          "an instance is forgotten: no window of this report covers what comes after");
  event.reason = "the instance vanished longer than state.keep ago";
  event.scheduled_time.reset();
  in.say(std::move(event));
}

}  // namespace

void end_begun_merge(const Learning& in, const journal::ScheduleRecord& record) {
  const auto merge = abandoned_merge(in.scope, in.memory, record, in.now.second());
  if (!merge) return;
  in.memory.joined.erase(merge->served.carrier);
  in.learned.records.served.push_back(merge->served);
  in.say(merge->event);
}

void forget_long_gone(const Learning& in) {
  const std::set<InstanceId> gone = long_gone(in);
  if (gone.empty()) return;
  for (auto it = in.memory.schedules.begin(); it != in.memory.schedules.end();) {
    const bool is_gone = gone.contains(it->first.second);
    if (is_gone) forget_schedule(in, it->second);
    it = is_gone ? in.memory.schedules.erase(it) : std::next(it);
  }
  for (const InstanceId& id : gone) {
    const auto instance = in.memory.instances.find(id);
    const journal::InstanceRecord& record = instance->second.record;
    Event event = instance_event(EventId::instance_forgotten, in.scope, record,
                                 "an instance that vanished long ago is forgotten");
    event.reason = "absent since " + format_utc(*record.vanished_at) + ", state.keep is " +
                   format_duration(in.scope.policy.state.keep);
    in.say(std::move(event));
    in.learned.records.gone_instances.push_back(id);
    in.memory.instances.erase(instance);
  }
  in.memory.bindings_stale = true;
}

}  // namespace dbssd::planner
