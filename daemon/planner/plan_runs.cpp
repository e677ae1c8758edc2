#include <algorithm>
#include <string>
#include <utility>

#include "cloud/wire_time.h"
#include "planner/fit.h"
#include "planner/in_doubt.h"
#include "planner/planning.h"
#include "planner/runs.h"
#include "planner/words.h"

namespace dbssd::planner {

using journal::Outcome;
using journal::RunRecord;
using journal::RunState;
using telemetry::Event;
using telemetry::EventId;

namespace {

constexpr int kMostRefusals = 5;
/// A report that was taken, of an instance whose reports cannot be listed for so long, is recorded as failed.
constexpr Seconds kUnlistedAtMost = std::chrono::days{14};
constexpr Millis kTemplatesAgain = std::chrono::minutes{10};

/// What the runs of one instance want to know of it: one look serves them all.
struct Wanted {
  bool templates = false;  ///< for a due report, whose template is not known yet
  bool reports = false;
  bool for_unknown = false;
  bool searches = false;  ///< for a report that no run has yet
  bool lacks_template = false;
  Instant windows_since = Instant::max();

  void follow(const RunRecord& run) {
    for_unknown |= run.state == RunState::unknown;
    look_for(run, run.template_type.empty() && run.template_name.empty());
  }
  void look_for(const RunRecord& run, bool is_without_template) {
    reports = true;
    searches |= run.report_id.empty();
    lacks_template |= is_without_template;
    windows_since = std::min(windows_since, run.window.end - kAlikeWithin);
  }
};

class RunPlanner {
 public:
  /// `instance` is the run's, nullptr where it is not known any more.
  RunPlanner(const Planning& in, const Run& run, const Instance* instance, Wanted& wanted, InDoubt& in_doubt)
      : in_(in),
        run_(run),
        record_(run.record),
        rule_(rule_of(in.scope, in.memory, run.record.key.report)),
        instance_(instance),
        wanted_(wanted),
        in_doubt_(in_doubt) {}

  void plan() const {
    switch (record_.state) {
      case RunState::due:
        plan_due();
        break;
      case RunState::unknown:
        wanted_.follow(record_);
        plan_unknown();
        break;
      case RunState::accepted:
        wanted_.follow(record_);
        plan_accepted();
        break;
      case RunState::settled:
        plan_archive();
        break;
      case RunState::submitting:  // its answer is under way
      case RunState::merged:      // none is in memory: it ends as its carrier does
        break;
    }
  }

 private:
  void plan_due() const {
    const Instant now = in_.now.second();
    // A journal that was damaged can have lost the instance alone: the first list tells.
    if (instance_ == nullptr && !in_.memory.listing.answered) return;
    if (rule_ == nullptr || instance_ == nullptr || !is_selected())
      return end(Outcome::skipped, EventId::report_skipped, "the policy no longer asks for it");
    if (now > record_.expires_at) return end_late();
    if (record_.refusals >= kMostRefusals)
      return end(Outcome::failed, EventId::report_failed,
                 "refused " + std::to_string(record_.refusals) + " times; " + record_.reason);
    in_.wake_at(record_.expires_at + Seconds{1});
    if (now < record_.not_before) {
      in_.wake_at(record_.not_before);
      return stand("wait", "spread to " + format_utc(record_.not_before));
    }
    if (!is_ready()) return;
    if (run_.retry_at > in_.now.mono) {
      in_.wake_at(run_.retry_at);
      return stand("wait", record_.reason);
    }
    submit();
  }

  void end_late() const {
    if (record_.attempts == 0)
      return end(Outcome::expired, EventId::report_expired,
                 "its deadline passed while it waited: " + record_.reason);
    end(Outcome::failed, EventId::report_failed,
        "its deadline passed after " + std::to_string(record_.attempts) + " attempts: " + record_.reason);
  }

  /// What it still waits for is put on record once, when it changes.
  [[nodiscard]] bool is_ready() const {
    const journal::InstanceRecord& instance = instance_->record;
    if (instance.vanished) return wait("the instance is no longer listed");
    const bool is_active = instance.status == cloud::InstanceStatus::active;
    if (!is_active && !instance_->listed) {
      // The first list is a step on the way; what it does not have is worth a word.
      if (in_.memory.listing.answered)
        return wait("what the instance is now is not known: the newest list does not have it");
      stand("wait", "what the instance is now is not known: the list has not been read yet");
      return false;
    }
    if (!is_active) {
      const std::string reason = "the instance is not ACTIVE: " + state_of(instance);
      if (rule_->when_inactive == policy::WhenInactive::wait) return wait(reason);
      end(Outcome::skipped, EventId::report_skipped, reason);
      return false;
    }
    if (!rule_->after_summary) return true;
    const std::string lack = lack_of_summary(*rule_->after_summary);
    return lack.empty() || wait(lack);
  }

  /// Why the summary does not cover the window; empty where it does.
  [[nodiscard]] std::string lack_of_summary(cloud::BusiType type) const {
    const std::string task = "the " + std::string(cloud::to_string(type)) + " summary task ";
    const std::string missing = task + "has not yet succeeded for the window";
    const auto known = in_.memory.summaries.find(type);
    if (known == in_.memory.summaries.end() || !known->second.record) return missing;
    const journal::SummaryRecord& summary = *known->second.record;
    const bool reaches = summary.succeeded_until && *summary.succeeded_until >= record_.window.end;
    if (reaches && summary.succeeded_from && *summary.succeeded_from <= record_.window.begin) return {};
    if (is_switched_off(summary)) return task + "is switched off, and has not succeeded for the window";
    if (!reaches) return missing;
    if (!summary.succeeded_from)
      return task + "has succeeded, but from when on is not known: the next success will tell";
    return task + "has succeeded from " + format_utc(*summary.succeeded_from) +
           " on only, and the window begins before that";
  }

  void submit() const {
    const ResolvedTemplate resolved = resolve_template(rule_->report_template, *instance_);
    wanted_.templates |= resolved.needs_list;
    if (!resolved.found) {
      // The first look is a step on the way; what it does not find is worth a word.
      const Look& look = instance_->reporting->template_look;
      if (look.answered || look.failures > 0) return (void)wait(resolved.reason);
      return stand("wait", resolved.reason);
    }
    if (is_to_be_looked_for(in_.memory, run_, in_.now)) {
      wanted_.look_for(record_, resolved.found->type.empty() && resolved.found->name.empty());
      return stand("wait",
                   run_.looked_for_at
                       ? "it was looked for too long ago: the list is read again, which may have it"
                       : "it was due before this process began: the list is read first, which may have it");
    }
    // Where its call is held back for longer than that, it is looked for again first.
    if (run_.looked_for_at) in_.wake_at(*run_.looked_for_at + kLookedForLives + Millis{1});
    const std::optional<schedule::Zone>& zone = in_.memory.wire_zone;
    if (!zone)
      return (void)wait("the zone data lacks " + in_.scope.project.api_time_zone +
                        ", in which the service is told its window");
    if (!in_.room_for_reports()) return;
    RunRecord intent = record_;
    intent.state = RunState::submitting;
    intent.submitted_at = in_.now.second();
    intent.template_id = resolved.found->id;
    intent.template_type = resolved.found->type;
    intent.template_name = resolved.found->name;
    intent.sent_begin = cloud::wire_words(record_.window.begin, *zone);
    intent.sent_end = cloud::wire_words(record_.window.end, *zone);
    ++intent.attempts;
    if (is_held_for_another(intent)) return;
    in_doubt_.add(intent);
    in_.report({std::move(intent)}, record_.attempts == 0 ? "it is due, and all that it needs is there"
                                                          : "it is still due: " + record_.reason);
  }

  /// Were both lost, and one made, nobody could tell whose it is. But its own deadline is not missed for
  /// that.
  [[nodiscard]] bool is_held_for_another(const RunRecord& intent) const {
    const Instant until = record_.opened_at + (record_.expires_at - record_.opened_at) / 2;
    if (in_.now.second() >= until || !in_doubt_.has_one_like(intent)) return false;
    in_.wake_at(until);
    stand("wait",
          "another report over the same window is being asked for, and the list may not tell them apart");
    return true;
  }

  void plan_unknown() const {
    if (is_lost(record_.expires_at))
      return end(Outcome::failed, EventId::report_failed,
                 "it could not be looked up whether the report was made: " + record_.reason);
    stand("wait", record_.reason);
  }

  void plan_accepted() const {
    const MonoTime now = in_.now.mono;
    const MonoTime overdue_at = run_.watched_since + record_.finish_within;
    const Instant since = record_.accepted_at.value_or(record_.opened_at);
    if (is_lost(was_looked_at() ? Instant::min() : since + kUnlistedAtMost))
      return end(Outcome::failed, EventId::report_failed, "taken by the service, and still " + progress());
    if (now >= overdue_at && !record_.overdue) {
      RunRecord overdue = record_;
      overdue.overdue = true;
      Event event =
          event_about(EventId::report_overdue, "the report has not finished in time; it is watched on");
      event.reason = "finish_within " + format_duration(record_.finish_within) + ", " + progress();
      in_.plan.records.runs.push_back(std::move(overdue));
      in_.say(std::move(event));
    }
    if (now < overdue_at) in_.wake_at(overdue_at);
    if (in_.options.explain) stand("wait", "accepted, " + progress());
  }

  [[nodiscard]] std::string progress() const {
    return record_.percentum < 0 ? "not in the list" : "at " + std::to_string(record_.percentum) + " %";
  }

  /// It was waited for with patience, and it is later than `after`; otherwise the plan wakes when both are
  /// so.
  [[nodiscard]] bool is_lost(Instant after) const {
    if (in_.now.mono < lost_at()) {
      in_.wake_at(lost_at());
    } else if (in_.now.second() <= after) {
      in_.wake_at(after + Seconds{1});
    } else {
      return true;
    }
    return false;
  }

  [[nodiscard]] MonoTime lost_at() const { return run_.watched_since + patience(record_); }
  /// What could not be listed, when its time was over, is not given up so soon.
  [[nodiscard]] bool was_looked_at() const {
    return instance_ == nullptr ||
           instance_->reporting->report_look.answered.value_or(MonoTime::min()) >= lost_at();
  }

  void plan_archive() const {
    if (run_.download_in_flight) return;
    if (rule_ == nullptr || !rule_->archive) {  // nobody asks for it any more
      RunRecord kept = record_;
      kept.archive_pending = false;
      in_.plan.records.runs.push_back(std::move(kept));
      return;
    }
    if (run_.retry_at > in_.now.mono) return in_.wake_at(run_.retry_at);
    in_.looks.add(
        run_.retry_at,
        DownloadReport{record_.key, record_.report_id, rule_->archive->directory, rule_->archive->locale},
        "a finished report is to be archived");
  }

  [[nodiscard]] bool is_selected() const {
    return policy::selects(rule_->select, in_.scope.project.name.str(), instance_->record.name,
                           instance_->record.id.str());
  }

  /// Returns false, for the caller to pass on: it is not ready.
  [[nodiscard]] bool wait(const std::string& reason) const {
    stand("wait", reason);
    if (record_.reason == reason) return false;
    RunRecord waiting = record_;
    waiting.reason = reason;
    Event event = event_about(EventId::report_waiting, "a due report waits");
    event.reason = reason;
    in_.plan.records.runs.push_back(std::move(waiting));
    in_.say(std::move(event));
    return false;
  }

  void end(Outcome outcome, EventId id, std::string reason) const {
    Event event =
        event_about(id, "the scheduled report has ended: " + std::string(journal::to_string(outcome)));
    event.reason = reason;
    in_.say(std::move(event));
    RunRecord run = record_;
    conclude(run, outcome, std::move(reason), in_.now.second());
    in_.end_merged(run);
    in_.plan.records.runs.push_back(std::move(run));
  }

  void stand(std::string_view verdict, std::string reason) const {
    if (instance_ != nullptr)
      in_.stand(instance_->record, verdict, std::move(reason), record_.key.report, record_.key.scheduled);
  }

  [[nodiscard]] Event event_about(EventId id, std::string msg) const {
    return run_event(id, in_.scope, in_.memory, record_, std::move(msg));
  }

  const Planning& in_;
  const Run& run_;
  const RunRecord& record_;
  const policy::ReportRule* rule_;
  const Instance* instance_;
  Wanted& wanted_;
  InDoubt& in_doubt_;
};

void look_at_templates(const Planning& in, const Instance& instance) {
  Look look = instance.reporting->template_look;
  if (look.failures == 0 && look.answered)
    look.not_before = std::min(look.not_before, *look.answered + kTemplatesAgain);
  in.look_when_due(look, ListTemplates{instance.record.id}, "the template of a due report is to be found");
}

/// The reports that runs of the instance have, and wait for.
std::vector<ReportId> followed(const Memory& memory, const InstanceId& instance) {
  std::vector<ReportId> reports;
  const auto [begin, end] = memory.runs.equal_range(instance);
  for (auto it = begin; it != end; ++it)
    if (it->second.record.state == RunState::accepted) reports.push_back(it->second.record.report_id);
  return reports;
}

void look_at_reports(const Planning& in, const Instance& instance, const Wanted& wanted) {
  // Ours is told from others' by its template, so that must be known first; a list that fails is not waited
  // for.
  const Look& templates = instance.reporting->template_look;
  if (wanted.lacks_template && !templates.answered && templates.failures == 0) {
    if (!wanted.templates)
      in.look_when_due(templates, ListTemplates{instance.record.id},
                       "a report is to be recognised by its template");
    return;
  }
  const Look& reports = instance.reporting->report_look;
  ListReports call{instance.record.id, wanted.windows_since};
  if (!wanted.searches && is_due(reports, in.now)) call.wanted = followed(in.memory, instance.record.id);
  in.look_when_due(
      reports, std::move(call),
      wanted.for_unknown ? "a report of unknown outcome is looked up" : "a report is looked for in the list");
}

}  // namespace

void plan_runs(const Planning& in) {
  const auto& instances = in.memory.instances;
  auto known = instances.begin();
  for (auto it = in.memory.runs.begin(); it != in.memory.runs.end();) {
    const InstanceId& id = it->first.instance;
    // Both are in the order of instances: where each has a run, the next one is the one.
    if (known != instances.end() && known->first < id) ++known;
    if (known == instances.end() || known->first != id) known = instances.find(id);
    const Instance* instance = known == instances.end() ? nullptr : &known->second;
    Wanted wanted;
    InDoubt in_doubt(in.memory, id);
    for (; it != in.memory.runs.end() && it->first.instance == id; ++it) {
      if (!in.has_room_to_end()) return in.cut();
      RunPlanner(in, it->second, instance, wanted, in_doubt).plan();
    }
    if (instance == nullptr) continue;
    if (wanted.templates) look_at_templates(in, *instance);
    if (wanted.reports) look_at_reports(in, *instance, wanted);
  }
}

}  // namespace dbssd::planner
