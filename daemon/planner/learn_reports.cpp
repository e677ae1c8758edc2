#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "planner/backoff.h"
#include "planner/fit.h"
#include "planner/learn.h"
#include "planner/looks.h"
#include "planner/match.h"
#include "planner/runs.h"
#include "planner/time_zone_suspect.h"
#include "planner/words.h"

namespace dbssd::planner {

using journal::Outcome;
using journal::RunState;
using telemetry::Event;
using telemetry::EventId;

namespace {

constexpr Millis kPollCap = policy::kReportPoll;
constexpr int kProgressStep = 25;  ///< in percent
/// So often, and for so long after the call, the list must have been of no use before the rule's on_unknown
/// decides.
constexpr int kUndecidedLooks = 3;
constexpr Millis kUndecidedFor = std::chrono::minutes{10};

std::vector<Run*> open_runs_of(Memory& memory, const InstanceId& instance) {
  std::vector<Run*> runs;
  const auto [begin, end] = memory.runs.equal_range(instance);
  for (auto it = begin; it != end; ++it) runs.push_back(&it->second);
  return runs;
}

/// Notes the template that it would be sent with, by which it is told from others. False while that is being
/// looked for: until the list of templates was read, or failed.
bool note_template(const Learning& in, Run& run) {
  const policy::ReportRule* rule = rule_of(in.scope, in.memory, run.record.key.report);
  const auto instance = in.memory.instances.find(run.record.key.instance);
  if (rule == nullptr || instance == in.memory.instances.end()) return false;
  const ResolvedTemplate resolved = resolve_template(rule->report_template, instance->second);
  const Look& look = instance->second.reporting->template_look;
  if (!resolved.found) return false;
  if (resolved.found->type.empty() && resolved.found->name.empty() && !look.answered && look.failures == 0)
    return false;
  run.record.template_id = resolved.found->id;
  run.record.template_type = resolved.found->type;
  run.record.template_name = resolved.found->name;
  return true;
}

/// What is claimed of windows like its own was asked for.
bool was_asked_about(const ListReports& call, const Run& run) {
  return run.record.window.end - kAlikeWithin >= call.windows_since;
}

/// Those that the answer to this call says something about.
std::vector<Run*> runs_asked_about(const Learning& in, const ListReports& call) {
  std::vector<Run*> runs = open_runs_of(in.memory, call.instance);
  // Of older windows it was not asked what is claimed: a run that came since the call left is for the next
  // look.
  std::erase_if(runs, [&](Run* run) {
    if (!was_asked_about(call, *run)) return true;
    return run->record.state == RunState::due &&
           !(is_to_be_looked_for(in.memory, *run, in.now) && note_template(in, *run));
  });
  return runs;
}

void claim(const Learning& in, Run& run, const cloud::Report& report) {
  journal::RunRecord& record = run.record;
  record.report_id = report.id;
  if (record.state == RunState::accepted) return;
  const bool was_sent =
      record.state == RunState::unknown || (record.attempts > 0 && run.looked_for_at.has_value());
  record.state = RunState::accepted;
  record.accepted_at = in.now.second();
  record.reason = was_sent ? "found in the list after an answer was lost"
                           : "found in the list, made before this process began";
  run.unknown_since.reset();
  run.watched_since = in.now.mono;
  Event event =
      run_event(EventId::report_adopted, in.scope, in.memory, record,
                was_sent ? "the report whose outcome was unknown is there: adopted, not sent again"
                         : "the report that is due is there, unknown to the journal: adopted, not sent");
  event.reason = "report " + report.id.str();
  in.say(std::move(event));
}

/// A report that was asked for once was finished between its call and now. That of a call which was lost, and
/// repeated, may be the older one.
void judge_time_zone(const Learning& in, const Run& run, const cloud::Report& report) {
  const journal::RunRecord& record = run.record;
  if (in.memory.told_time_zone || !report.finished || !report.wire_offset || !record.submitted_at ||
      record.attempts != 1)
    return;
  const FinishedReport seen{*record.submitted_at, in.now.second(), *report.finished, *report.wire_offset};
  const auto offset = offset_that_fits(seen);
  if (!offset) return;
  in.memory.told_time_zone = true;
  Event event = run_event(EventId::service_time_zone_suspect, in.scope, in.memory, record,
                          "the service seems to write its times in another zone than api_time_zone");
  event.reason = "asked for at " + format_utc(seen.asked) + " and seen finished at " + format_utc(seen.seen) +
                 ", with finish_time " + report.finish_time + ": that fits " + describe_offset(*offset) +
                 ", not " + describe_offset(*report.wire_offset) + " of " + in.scope.project.api_time_zone +
                 "; " + remedy_for(*offset);
  in.say(std::move(event));
}

/// Returns true where the report moved by as much as is worth a word and a record.
bool follow_progress(const Learning& in, Run& run, const cloud::Report& report) {
  journal::RunRecord& record = run.record;
  const int before = std::exchange(record.percentum, report.percentum);
  if (report.percentum < 100) {
    if (before / kProgressStep == report.percentum / kProgressStep) return false;
    Event event =
        run_event(EventId::report_progress, in.scope, in.memory, record, "the report is being generated");
    event.reason = std::to_string(report.percentum) + " %";
    in.say(std::move(event));
    return true;
  }
  Event event =
      run_event(EventId::report_finished, in.scope, in.memory, record, "the report is listed at 100 %");
  event.reason = "report " + report.id.str();
  event.duration = std::chrono::floor<Millis>(in.now.mono - run.watched_since);
  in.say(std::move(event));
  judge_time_zone(in, run, report);
  const policy::ReportRule* rule = rule_of(in.scope, in.memory, record.key.report);
  record.archive_pending = rule != nullptr && rule->archive.has_value();
  settle(in, record.key, Outcome::finished, "listed at 100 %");
  return true;
}

/// All that was sent for its window was sent so early that the list shows what became of it.
[[nodiscard]] bool was_contested_before(const Run& run, MonoTime t) {
  return !run.contested_at || *run.contested_at <= t;
}

[[nodiscard]] bool was_lost_before(const Run& run, MonoTime t) {
  return run.record.state == RunState::unknown && run.unknown_since && *run.unknown_since <= t &&
         was_contested_before(run, t);
}

/// A look-up that came late enough after the lost call to be believed shows no report: it was never made.
void conclude_absent(const Learning& in, Run& run, MonoTime looked_at) {
  journal::RunRecord& record = run.record;
  record.state = RunState::due;
  run.unknown_since.reset();
  run.looked_for_at = looked_at;
  record.reason = "looked up: the report is not there, it will be asked for again";
  run.retry_at = in.now.mono +
                 (record.refusals == 0
                      ? Millis::zero()
                      : backoff_ceiling(record.refusals, std::chrono::minutes{1}, std::chrono::minutes{30}));
  in.learned.records.runs.push_back(record);
}

/// The list neither shows the report nor proves that there is none, and that is not about to change.
void assume(const Learning& in, Run& run, const std::string& doubt, MonoTime looked_at) {
  journal::RunRecord& record = run.record;
  const policy::ReportRule* rule = rule_of(in.scope, in.memory, record.key.report);
  const bool is_taken = rule != nullptr && rule->on_unknown == policy::OnUnknown::accept;
  record.state = is_taken ? RunState::accepted : RunState::due;
  record.reason = is_taken ? "on_unknown: accept: taken as made, since the list cannot tell: "
                           : "on_unknown: retry: asked for again, since the list cannot tell: ";
  record.reason += doubt;
  run.unknown_since.reset();
  run.looked_for_at = looked_at;
  if (is_taken) {
    record.accepted_at = in.now.second();
    run.watched_since = in.now.mono;
  }
  Event event = run_event(EventId::report_assumed, in.scope, in.memory, record,
                          is_taken ? "the report is taken as made: if it was not, its window has a gap"
                                   : "the report is asked for again: it may be made twice");
  event.reason = record.reason;
  in.say(std::move(event));
  in.learned.records.runs.push_back(record);
}

/// A look at the instance's reports, and what it leaves open.
struct Looked {
  const ListReports& call;
  MonoTime sent_at;
  std::string doubt;                                ///< why it proves nothing; empty where it does
  std::map<journal::RunKey, std::string> doubts{};  ///< the same, of one run alone

  [[nodiscard]] const std::string& doubt_of(const Run& run) const {
    const auto own = doubts.find(run.record.key);
    return own == doubts.end() ? doubt : own->second;
  }
};

/// What is due may be sent: the list does not show it, or is of no use.
void look_no_further(const Learning& in, const Looked& looked, bool is_of_no_use) {
  const MonoTime shown_since = looked.sent_at - lost_call_horizon(in.scope.project);
  const std::vector<Run*> runs = open_runs_of(in.memory, looked.call.instance);
  for (Run* run : runs) {
    if (!was_asked_about(looked.call, *run) || !is_to_be_looked_for(in.memory, *run, in.now)) continue;
    if (!is_of_no_use && !looked.doubt_of(*run).empty()) continue;
    if (note_template(in, *run) && !is_contested(*run, runs) && was_contested_before(*run, shown_since))
      run->looked_for_at = looked.sent_at;
  }
}

/// Of those whose call was lost so long ago that nothing is to be expected any more, what the look leaves
/// open.
void leave_undecided(const Learning& in, const Looked& looked, int looks_in_doubt) {
  if (looks_in_doubt < kUndecidedLooks) return;
  const MonoTime long_ago =
      looked.sent_at - std::max(kUndecidedFor, Millis(lost_call_horizon(in.scope.project)));
  const std::vector<Run*> runs = open_runs_of(in.memory, looked.call.instance);
  for (Run* run : runs)
    if (const std::string& doubt = looked.doubt_of(*run);
        !doubt.empty() && was_lost_before(*run, long_ago) && !is_contested(*run, runs))
      assume(in, *run, doubt, looked.sent_at);
}

void conclude_what_is_absent(const Learning& in, const Looked& looked) {
  const MonoTime believable_after = looked.sent_at - lost_call_horizon(in.scope.project);
  const std::vector<Run*> runs = open_runs_of(in.memory, looked.call.instance);
  for (Run* run : runs)
    if (looked.doubt_of(*run).empty() && was_lost_before(*run, believable_after) && !is_contested(*run, runs))
      conclude_absent(in, *run, looked.sent_at);
}

/// What is found and what moved; returns what that leaves open.
Looked take_up(const Learning& in, const ListReports& call, const ReportsSeen& seen, MonoTime sent_at) {
  const Instance& instance = in.memory.instances.at(call.instance);
  const KnownBy known{in.memory.wire_zone, instance.reporting->templates,
                      sent_at - lost_call_horizon(in.scope.project)};
  Matches matches = match_reports(runs_asked_about(in, call), seen, known);
  for (const Match& match : matches.found) {
    Run& run = *match.run;
    const bool was_claimed = !run.record.report_id.empty();
    if (!was_claimed) claim(in, run, *match.report);
    const journal::RunKey key = run.record.key;
    const bool is_news = follow_progress(in, run, *match.report) || !was_claimed;  // may settle the run
    const auto open = in.memory.runs.find(key);
    if (is_news && open != in.memory.runs.end() && open->second.record.state == RunState::accepted)
      in.learned.records.runs.push_back(open->second.record);
  }
  return {call, sent_at, doubt_about(seen), std::move(matches.doubts)};
}

}  // namespace

void settle(const Learning& in, const journal::RunKey& key, Outcome outcome, std::string reason) {
  const auto carrier = in.memory.runs.find(key);
  if (carrier == in.memory.runs.end()) return;
  journal::RunRecord& record = carrier->second.record;
  conclude(record, outcome, std::move(reason), in.now.second());
  in.learned.records.runs.push_back(record);
  if (in.memory.joined.erase(key) > 0)
    in.learned.records.served.push_back({key, outcome, served_reason(record), in.now.second()});
  if (!record.archive_pending) in.memory.runs.erase(carrier);
}

void learn_reports(const Learning& in, const ListReports& call, const Answer& answer) {
  const auto it = in.memory.instances.find(call.instance);
  if (it == in.memory.instances.end()) return;
  Look& look = it->second.reporting.change().report_look;
  if (!answer.reply) {
    const Error& error = answer.reply.error();
    failed(look, error, call.instance.str(), in.now, std::chrono::minutes{1});
    say_failed_look(in,
                    instance_event(EventId::cloud_refused, in.scope, it->second.record,
                                   "the reports of an instance cannot be listed"),
                    look, error);
    const Looked refused{call, answer.sent_at, "refused: " + error.message};
    if (look.failures >= kUndecidedLooks && !concerns_everyone(error.kind))
      look_no_further(in, refused, true);
    if (was_declined(error.kind)) leave_undecided(in, refused, ++look.undecided);
    return;
  }
  const auto& seen = std::get<ReportsSeen>(*answer.reply);
  const Looked looked = take_up(in, call, seen, answer.sent_at);
  if (!seen.listing.ends_early) {
    look.undecided = looked.doubt.empty() && looked.doubts.empty() ? 0 : look.undecided + 1;
    leave_undecided(in, looked, look.undecided);
    look_no_further(in, looked, look.undecided >= kUndecidedLooks);
    conclude_what_is_absent(in, looked);
  }
  ++look.quiet;
  succeeded(look, answer.sent_at, in.now, backoff_ceiling(look.quiet + 1, kLookSoon, kPollCap));
}

}  // namespace dbssd::planner
