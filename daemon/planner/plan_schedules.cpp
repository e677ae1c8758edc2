#include <algorithm>
#include <string>
#include <utility>

#include "planner/planning.h"
#include "planner/runs.h"
#include "planner/words.h"
#include "schedule/due.h"
#include "schedule/fires.h"

namespace dbssd::planner {

using journal::Outcome;
using journal::RunRecord;
using journal::RunState;
using journal::ScheduleRecord;
using schedule::Due;
using schedule::DueKind;
using telemetry::Event;
using telemetry::EventId;

namespace {

constexpr Instant kNever = Instant::max();

std::string_view explain(schedule::Why why) {
  switch (why) {
    case schedule::Why::gap_shifted:
      return "its local time does not exist that day: moved to the gap's end";
    case schedule::Why::first_of_two:
      return "its local time comes twice that day: this is the first";
    case schedule::Why::second_of_two:
      return "its local time comes twice that day: this is the second";
    case schedule::Why::exact:
      break;
  }
  return "its scheduled time has come";
}

/// What one schedule decided in this turn, on its way into the plan.
class Opening {
 public:
  Opening(const Planning& in, const policy::ReportRule& rule, const Instance& instance, ScheduleRecord record)
      : in_(in), rule_(rule), instance_(instance), record_(std::move(record)) {}

  void take(const schedule::DueSet& set) {
    for (const Due& due : set.due) take(due);
    record_.cursor = std::max(record_.cursor, set.cursor);
  }

  /// The record with its cursor moved, after the events that sum up what was passed over.
  [[nodiscard]] ScheduleRecord finish() {
    say_passed_over(missed_, EventId::report_missed, "missed");
    say_passed_over(expired_, EventId::report_expired, "expired");
    return std::move(record_);
  }

 private:
  struct PassedOver {
    std::size_t count = 0;
    RunRecord first;
    RunRecord last;
    Window span;
  };

  void take(const Due& due) {
    name_gap(due);
    const Instant now = in_.now.second();
    RunRecord run = open(due);
    switch (due.kind) {
      case DueKind::serve:
        serve(due, run);
        break;
      case DueKind::merged:
        run.state = RunState::merged;
        run.served_by = due.served_by;
        run.reason = "joined into the report of " + format_utc(*due.served_by);
        break;
      case DueKind::missed:
        conclude(run, Outcome::missed, "missed while nothing ran; the rule serves others of the missed times",
                 now);
        count(missed_, run);
        break;
      case DueKind::expired:
        conclude(run, Outcome::expired, "later than the deadline of " + format_duration(rule_.deadline), now);
        count(expired_, run);
        break;
    }
    in_.end_merged(run);
    in_.plan.records.runs.push_back(std::move(run));
    record_.last_scheduled = due.scheduled;
    record_.covered_until = std::max(record_.covered_until.value_or(due.window.end), due.window.end);
  }

  [[nodiscard]] RunRecord open(const Due& due) const {
    RunRecord run;
    run.key = {rule_.name, instance_.record.id, due.scheduled};
    run.window = due.window;
    run.reason = std::string(explain(due.why));
    run.opened_at = in_.now.second();
    run.not_before = due.scheduled + spread_offset(rule_, instance_.record.id);
    run.expires_at = due.scheduled + rule_.deadline;
    run.finish_within = rule_.finish_within;
    run.databases = rule_.databases;
    return run;
  }

  void serve(const Due& due, RunRecord& run) const {
    if (due.window.begin >= due.window.end) {  // the local day before it did not exist
      conclude(run, Outcome::skipped, "its window is empty: that local time does not exist",
               in_.now.second());
      Event event =
          run_event(EventId::report_skipped, in_.scope, in_.memory, run, "there is nothing to report on");
      event.reason = run.reason;
      in_.say(std::move(event));
      return;
    }
    Event event = run_event(EventId::report_due, in_.scope, in_.memory, run, "a report is due");
    event.reason = run.reason;
    if (run.not_before > due.scheduled) event.reason += "; spread to " + format_utc(run.not_before);
    in_.say(std::move(event));
  }

  /// Promised: no gap between the windows of an instance goes unnamed.
  void name_gap(const Due& due) const {
    if (!record_.covered_until || due.window.begin <= *record_.covered_until) return;
    RunRecord gap;
    gap.key = {rule_.name, instance_.record.id, due.scheduled};
    gap.window = {*record_.covered_until, due.window.begin};
    Event event = run_event(EventId::report_gap, in_.scope, in_.memory, gap,
                            "no window of this report covers the time between two of its runs");
    event.reason =
        "the schedule and its window leave " + format_duration(gap.window.end - gap.window.begin) + " out";
    in_.say(std::move(event));
  }

  static void count(PassedOver& passed, const RunRecord& run) {
    if (passed.count++ == 0) {
      passed.first = run;
      passed.span = run.window;
    }
    passed.last = run;
    passed.span = {std::min(passed.span.begin, run.window.begin), std::max(passed.span.end, run.window.end)};
  }

  void say_passed_over(const PassedOver& passed, EventId id, std::string_view what) const {
    if (passed.count == 0) return;
    RunRecord about = passed.last;
    about.window = passed.span;
    std::string msg = passed.count == 1 ? "a scheduled report was "
                                        : std::to_string(passed.count) + " scheduled reports were ";
    Event event = run_event(id, in_.scope, in_.memory, about, msg.append(what));
    event.reason = passed.last.reason;
    if (passed.count > 1)
      event.reason += "; scheduled from " + format_utc(passed.first.key.scheduled) + " on";
    in_.say(std::move(event));
  }

  const Planning& in_;
  const policy::ReportRule& rule_;
  const Instance& instance_;
  ScheduleRecord record_;
  PassedOver missed_;
  PassedOver expired_;
};

void name_schedule(ScheduleRecord& record, const policy::ReportRule& rule) {
  record.expression = rule.schedule.text();
  record.zone = rule.time_zone;
  record.window = window_text(rule.window);
}

std::optional<Instant> next_after(const Binding& binding, Instant cursor) {
  const auto fire = schedule::next(binding.cron, binding.zone, cursor);
  return fire ? std::optional(fire->at) : std::nullopt;
}

/// Decides what came due, as far as there is room. A joined window is decided from its begin on, under the
/// name of a carrier that its last part opens. False where more is left.
bool decide(const Planning& in, Opening& opening, const schedule::DueRule& rule,
            const ScheduleRecord& record) {
  const Instant now = in.now.second();
  const schedule::DueSet set =
      schedule::due_between(rule, record.cursor, record.last_scheduled, now, in.room_to_open(),
                            begun_merge(in.memory, record.report, record.instance, record.cursor));
  opening.take(set);
  const bool is_whole = set.cursor >= now;
  if (!is_whole) in.cut();
  return is_whole;
}

/// Its life begins, or begins anew: nothing before now is missed.
ScheduleRecord begin(const Planning& in, const policy::ReportRule& rule, const InstanceId& instance,
                     const ScheduleRecord& before) {
  ScheduleRecord record = before;
  record.report = rule.name;
  record.instance = instance;
  record.since = record.cursor = std::max(before.cursor, in.now.second());
  record.last_scheduled.reset();
  name_schedule(record, rule);
  return record;
}

/// Nobody asks for it any more. What nothing will cover is named now, for it may never be asked for again.
void end(const Planning& in, const ScheduleRecord& record) {
  ScheduleRecord ended = record;
  ended.cursor = std::max(record.cursor, in.now.second());
  ended.expression.clear();
  if (record.covered_until && *record.covered_until < ended.cursor) {
    RunRecord gap;
    gap.key = {record.report, record.instance, ended.cursor};
    gap.window = {*record.covered_until, ended.cursor};
    Event event = run_event(EventId::report_gap, in.scope, in.memory, gap,
                            "a schedule has ended: no window of this report covers what comes after");
    event.reason = "the policy no longer asks for this report of the instance";
    event.scheduled_time.reset();
    in.say(std::move(event));
  }
  if (auto merge = abandoned_merge(in.scope, in.memory, record, in.now.second())) {
    in.plan.records.served.push_back(std::move(merge->served));
    in.say(std::move(merge->event));
  }
  in.plan.records.schedules.push_back(std::move(ended));
}

class Scheduling {
 public:
  Scheduling(const Planning& in, std::size_t index)
      : in_(in),
        index_(index),
        binding_(in.memory.bindings[index]),
        rule_(in.scope.policy.reports[binding_.rule]),
        instance_(in.memory.instances.at(binding_.instance)) {}

  void plan() const {
    // What is gone fires no more. Should it come back, the times between are missed ones, and decided then.
    if (instance_.record.vanished) return;
    const auto record = in_.memory.schedules.find(ScheduleKey{rule_.name, binding_.instance});
    const bool goes_on =
        record != in_.memory.schedules.end() && !is_ended(record->second) && !binding_.former;
    if (!goes_on && in_.is_time_unconfirmed()) return;
    if (record == in_.memory.schedules.end()) {
      write(begin(in_, rule_, binding_.instance, {}));
    } else if (is_ended(record->second)) {
      write(begin(in_, rule_, binding_.instance, record->second));
    } else if (binding_.former) {
      change(record->second);
    } else {
      fire(record->second);
    }
  }

 private:
  void write(ScheduleRecord record) const {
    remember_next(next_after(binding_, record.cursor));
    in_.plan.records.schedules.push_back(std::move(record));
  }

  void remember_next(std::optional<Instant> at) const {
    in_.plan.next_fires.push_back({index_, at});
    wait_for(at);
  }

  void wait_for(std::optional<Instant> at) const {
    if (!at) return;
    in_.wake_at(*at);
    in_.stand(instance_.record, "next", "scheduled by " + rule_.schedule.text() + " in " + rule_.time_zone,
              rule_.name, at);
  }

  /// A changed schedule keeps its past: what fell due before the change is decided by what it was.
  void change(const ScheduleRecord& before) const {
    if (in_.room_to_open() == 0) return in_.cut();
    const Former& former = *binding_.former;
    Opening opening(in_, rule_, instance_, before);
    const bool is_whole =
        decide(in_, opening, {former.cron, former.zone, former.window, rule_.missed, rule_.deadline}, before);
    ScheduleRecord after = opening.finish();
    // Under its former name: the rest of the past is decided by that, too.
    if (!is_whole) return in_.plan.records.schedules.push_back(std::move(after));
    after.cursor = std::max(after.cursor, in_.now.second());
    name_schedule(after, rule_);
    write(std::move(after));
  }

  void fire(const ScheduleRecord& record) const {
    const std::optional<Instant> next =
        binding_.next_known ? binding_.next : next_after(binding_, record.cursor);
    const Instant now = in_.now.second();
    if (!next || *next > now) {
      if (binding_.next_known) {
        wait_for(next);
      } else {
        remember_next(next);
      }
      return;
    }
    if (in_.room_to_open() == 0) return in_.cut();
    Opening opening(in_, rule_, instance_, record);
    static_cast<void>(decide(
        in_, opening, {binding_.cron, binding_.zone, rule_.window, rule_.missed, rule_.deadline}, record));
    write(opening.finish());
  }

  const Planning& in_;
  std::size_t index_;
  const Binding& binding_;
  const policy::ReportRule& rule_;
  const Instance& instance_;
};

}  // namespace

void plan_schedules(const Planning& in) {
  for (const ScheduleKey& key : in.memory.unbound) {
    if (in.is_time_unconfirmed()) break;
    // A journal that was damaged can have lost the instance alone: the first list tells.
    if (!in.memory.listing.answered && !in.memory.instances.contains(key.second)) continue;
    end(in, in.memory.schedules.at(key));
  }
  const Instant now = in.now.second();
  for (std::size_t index = 0; index < in.memory.bindings.size(); ++index) {
    const Binding& binding = in.memory.bindings[index];
    // Most schedules wait, in most turns: those cost nothing more.
    const bool waits = binding.next_known && !binding.former && binding.next.value_or(kNever) > now;
    if (waits && !in.options.explain) {
      if (binding.next) in.wake_at(*binding.next);
    } else {
      Scheduling(in, index).plan();
    }
  }
}

}  // namespace dbssd::planner
