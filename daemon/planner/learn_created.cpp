#include <algorithm>
#include <utility>

#include "planner/backoff.h"
#include "planner/fit.h"
#include "planner/learn.h"
#include "planner/looks.h"
#include "planner/words.h"

namespace dbssd::planner {

using journal::RunState;
using telemetry::Event;
using telemetry::EventId;

namespace {

/// What was refused may have been refused for its template, which may have been made anew under another id.
void forget_templates(Memory& memory, const InstanceId& id) {
  const auto it = memory.instances.find(id);
  if (it == memory.instances.end()) return;
  Reporting& reporting = it->second.reporting.change();
  reporting.templates.clear();
  Look& look = reporting.template_look;
  look.answered.reset();
  if (look.failures == 0) look.not_before = {};
}

/// A list may show the report of this run for another's, and has yet to show the other's.
void contest_others(Memory& memory, const Run& run, MonoTime now) {
  const auto [begin, end] = memory.runs.equal_range(run.record.key.instance);
  for (auto it = begin; it != end; ++it)
    if (&it->second != &run && are_alike(it->second.record, run.record)) it->second.contested_at = now;
}

}  // namespace

void learn_created(const Learning& in, const CreateReport& call, const Answer& answer) {
  const auto it = in.memory.runs.find(call.intent.key);
  if (it == in.memory.runs.end() || it->second.record.state != RunState::submitting) return;
  Run& run = it->second;
  journal::RunRecord& record = run.record;
  if (answer.reply) {
    record.state = RunState::accepted;
    record.accepted_at = in.now.second();
    record.reason = "accepted; done when it is listed at 100 %";
    run.watched_since = in.now.mono;
    Event event =
        run_event(EventId::report_accepted, in.scope, in.memory, record, "the service took the report");
    event.duration = answer.took;
    in.say(std::move(event));
  } else if (const Error& error = answer.reply.error(); had_no_effect(error.kind)) {
    std::string reason = "not sent: " + error.message;
    const bool is_news = record.reason != reason;
    record.state = RunState::due;
    record.reason = std::move(reason);
    const std::string key = record.key.report.str() + record.key.instance.str();
    run.retry_at = in.now.mono + std::max(backoff(key, record.attempts, Seconds{1}, std::chrono::minutes{2}),
                                          asked_wait(error));
    if (is_news) {
      Event event = run_event(EventId::report_waiting, in.scope, in.memory, record,
                              "the report was not taken, provably without effect; it is sent again");
      in.say(with_error(std::move(event), error));
    }
  } else {
    const bool refused = was_declined(error.kind);
    record.state = RunState::unknown;
    record.refusals += refused ? 1 : 0;
    record.reason = (refused ? "refused: " : "outcome unknown: ") + error.message;
    run.unknown_since = in.now.mono;
    run.watched_since = in.now.mono;
    if (refused) forget_templates(in.memory, record.key.instance);
    Event event = run_event(
        refused ? EventId::report_rejected : EventId::report_outcome_unknown, in.scope, in.memory, record,
        refused ? "the service refused the report; it is looked up before another attempt"
                : "it is not known whether the report was taken; it is looked up, never repeated blindly");
    in.say(with_error(std::move(event), error));
  }
  in.learned.records.runs.push_back(record);
  if (answer.reply || !had_no_effect(answer.reply.error().kind)) contest_others(in.memory, run, in.now.mono);
  // It shows in the list soon, if it is there.
  if (const auto instance = in.memory.instances.find(record.key.instance);
      instance != in.memory.instances.end()) {
    Look& look = instance->second.reporting.change().report_look;
    const bool never_asked = !look.answered && look.failures == 0;
    look.quiet = 0;
    const MonoTime soon = in.now.mono + kLookSoon;
    look.not_before = never_asked ? soon : std::min(look.not_before, soon);
  }
}

}  // namespace dbssd::planner
