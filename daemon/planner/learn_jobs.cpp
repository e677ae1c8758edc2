#include <algorithm>
#include <utility>

#include "planner/learn.h"
#include "planner/looks.h"
#include "planner/runs.h"
#include "planner/words.h"

namespace dbssd::planner {

using cloud::JobStatus;
using telemetry::Event;
using telemetry::EventId;

namespace {

bool has_ended(JobStatus status) { return status == JobStatus::success || status == JobStatus::fail; }

std::string failure_of(const cloud::Job& job) {
  if (job.error_code.empty()) return job.fail_reason;
  if (job.fail_reason.empty()) return job.error_code;
  return job.error_code + ": " + job.fail_reason;
}

void say_job(const Learning& in, EventId id, const cloud::Job& job, std::string msg,
             const std::string& reason) {
  Event event = job_event(id, in.scope, job.resource_id, std::move(msg));
  event.instance_name = job.server_name;
  event.reason = "job " + job.id.str() + (reason.empty() ? "" : ": " + reason);
  if (job.begin && job.end && *job.end >= *job.begin) event.duration = *job.end - *job.begin;
  in.say(std::move(event));
}

void learn_one(const Learning& in, Job& followed, const cloud::Job& seen) {
  const auto [it, is_new] = followed.jobs.try_emplace(seen.id);
  journal::JobRecord& record = it->second;
  if (!is_new && record.status == seen.status) return;
  const JobStatus before = record.status;
  record.resource_id = seen.resource_id;
  record.id = seen.id;
  record.status = seen.status;
  record.settled = has_ended(seen.status);
  if (is_new) record.first_seen = in.now.second();
  record.detail = seen.status == JobStatus::fail ? failure_of(seen) : std::string{};
  in.learned.records.jobs.push_back(record);

  const std::string status(cloud::to_string(seen.status));
  if (is_new) say_job(in, EventId::job_seen, seen, "a creation job is followed", "status " + status);
  if (seen.status == JobStatus::success) {
    say_job(in, EventId::job_succeeded, seen, "the creation job succeeded", "");
  } else if (seen.status == JobStatus::fail) {
    say_job(in, EventId::job_failed, seen, "the creation job failed", record.detail);
  } else if (!is_new) {
    say_job(in, EventId::job_changed, seen, "the creation job moved on",
            "status " + std::string(cloud::to_string(before)) + " -> " + status);
  }
}

void settle_follow(const Learning& in, Job& followed) {
  followed.follow.settled = true;
  in.learned.records.jobs.push_back(followed.follow);
}

/// What is overdue is watched on, but no longer closely; ever more rarely where no job was ever listed, for
/// such an order may never lead to anything.
Millis poll_interval(const Learning& in, const Job& followed) {
  const Millis interval = in.scope.policy.creation_jobs.poll_interval;
  if (!followed.follow.overdue) return interval;
  if (!followed.jobs.empty()) return 10 * interval;
  const Millis age = in.now.second() - followed.follow.first_seen;
  return std::clamp<Millis>(age / 10, 10 * interval, std::max<Millis>(10 * interval, std::chrono::hours{24}));
}

/// Jobs that were seen, have not ended, and are in no answer any more.
void learn_absence(const Learning& in, Job& followed, const std::vector<cloud::Job>& seen) {
  const bool missing = std::ranges::any_of(followed.jobs, [&seen](const auto& entry) {
    return !entry.second.settled && std::ranges::find(seen, entry.first, &cloud::Job::id) == seen.end();
  });
  followed.absences = missing ? followed.absences + 1 : 0;
  if (followed.absences < kAbsencesToVanish) return;
  for (auto& [id, record] : followed.jobs) {
    if (record.settled || std::ranges::find(seen, id, &cloud::Job::id) != seen.end()) continue;
    record.settled = true;
    in.learned.records.jobs.push_back(record);
    Event event = job_event(EventId::job_vanished, in.scope, record.resource_id,
                            "a creation job is no longer listed, and how it ended is not known");
    event.reason = "job " + id.str() + ": last known status " + std::string(cloud::to_string(record.status));
    in.say(std::move(event));
  }
}

/// Tasks may sum up one day after the other, or all anew: from succeeded_from to succeeded_until there is no
/// gap. A span that does not touch it begins another one.
void extend_stretch(journal::SummaryRecord& record) {
  const auto& begin = record.query_begin;
  const auto& end = record.query_end;
  if (!end || (begin && *begin > *end)) return;
  if (!record.succeeded_until) {
    record.succeeded_from = begin;
    record.succeeded_until = end;
    return;
  }
  if (!begin) return;
  if (!record.succeeded_from) {
    // Where that one began is not known, and so nothing of it but its end is.
    record.succeeded_from = begin;
    record.succeeded_until = end;
  } else if (*begin > *record.succeeded_until) {
    record.succeeded_from = begin;
    record.succeeded_until = end;
  } else if (*end >= *record.succeeded_from) {
    record.succeeded_from = std::min(*record.succeeded_from, *begin);
    record.succeeded_until = std::max(*record.succeeded_until, *end);
  }
}

/// At once, and not when the first report that waits has come to its deadline.
void say_where_switched_off(const Learning& in, Summary& summary, const journal::SummaryRecord& seen) {
  if (!is_switched_off(seen)) {
    summary.told_off = false;
    return;
  }
  const auto waits = [&seen](const policy::ReportRule& rule) { return rule.after_summary == seen.busi_type; };
  const auto rule = std::ranges::find_if(in.scope.policy.reports, waits);
  if (summary.told_off || rule == in.scope.policy.reports.end()) return;
  summary.told_off = true;
  const std::string type(cloud::to_string(seen.busi_type));
  Event event = event_of(EventId::summary_switched_off, in.scope,
                         "reports wait for the " + type + " summary task, which is switched off");
  event.report = rule->name;
  event.reason = "after_summary: " + type + "; ";
  event.reason += seen.succeeded_until ? "it has succeeded until " + format_utc(*seen.succeeded_until) +
                                             ", and not beyond that"
                                       : "it has never succeeded, as far as is known";
  event.reason += "; a report that waits ends with its deadline of " + format_duration(rule->deadline);
  in.say(std::move(event));
}

}  // namespace

Job& follow(const Learning& in, const ResourceId& resource) {
  const auto [it, is_new] = in.memory.jobs.try_emplace(resource);
  if (is_new) {
    it->second.follow.resource_id = resource;
    it->second.follow.first_seen = in.now.second();
    in.learned.records.jobs.push_back(it->second.follow);
  }
  return it->second;
}

void learn_jobs(const Learning& in, const ListJobs& call, const Answer& answer) {
  Job& followed = follow(in, call.resource_id);
  const Millis interval = poll_interval(in, followed);
  if (!answer.reply && answer.reply.error().kind != ErrorKind::not_found) {
    failed(followed.look, answer.reply.error(), call.resource_id.str(), in.now,
           std::max<Millis>(interval, std::chrono::minutes{5}));
    say_failed_look(in,
                    job_event(EventId::cloud_refused, in.scope, call.resource_id,
                              "the creation jobs of a resource cannot be listed"),
                    followed.look, answer.reply.error());
    return;
  }
  // Unknown resources answer 404, and so may one that was ordered a moment ago: no jobs, in either case.
  std::vector<cloud::Job> jobs;
  if (answer.reply) jobs = std::get<std::vector<cloud::Job>>(*answer.reply);
  for (cloud::Job& job : jobs) {
    if (job.resource_id.empty()) job.resource_id = call.resource_id;
    learn_one(in, followed, job);
  }
  learn_absence(in, followed, jobs);
  const bool all_ended = !followed.jobs.empty() && std::ranges::all_of(followed.jobs, [](const auto& entry) {
    return entry.second.settled;
  });
  if (all_ended && !followed.follow.settled) settle_follow(in, followed);
  succeeded(followed.look, answer.sent_at, in.now, interval);
}

void learn_summary(const Learning& in, const AskSummary& call, const Answer& answer) {
  Summary& summary = in.memory.summaries[call.busi_type];
  const std::string type(cloud::to_string(call.busi_type));
  const Millis interval = in.scope.policy.summary.poll_interval;
  if (!answer.reply) {
    failed(summary.look, answer.reply.error(), type, in.now, interval);
    say_failed_look(
        in, event_of(EventId::cloud_refused, in.scope, "the " + type + " summary task cannot be asked for"),
        summary.look, answer.reply.error());
    return;
  }
  succeeded(summary.look, answer.sent_at, in.now, interval);
  const auto& seen = std::get<cloud::SummaryTask>(*answer.reply);
  journal::SummaryRecord record = summary.record.value_or(journal::SummaryRecord{});
  record.busi_type = call.busi_type;
  record.id = seen.id;
  record.status = seen.status;
  const auto to_second = [](const std::optional<WallTime>& t) {
    return t ? std::optional<Instant>(std::chrono::floor<Seconds>(*t)) : std::nullopt;
  };
  record.query_begin = to_second(seen.query_begin);
  record.query_end = to_second(seen.query_end);
  if (seen.status == cloud::TaskStatus::success) extend_stretch(record);
  record.task_switch = seen.task_switch;
  say_where_switched_off(in, summary, record);
  if (summary.record == record) return;
  const bool is_switched = summary.record && !summary.record->task_switch.empty() &&
                           summary.record->task_switch != record.task_switch;
  const bool status_is_news = !summary.record || summary.record->status != record.status ||
                              summary.record->id != record.id || is_switched;
  const std::string before =
      summary.record ? std::string(cloud::to_string(summary.record->status)) : "not seen";
  summary.record = record;
  in.learned.records.summaries.push_back(record);
  if (!status_is_news) return;
  Event event = event_of(EventId::summary_changed, in.scope, "the " + type + " summary task changed");
  event.reason = "task " + seen.id + ": " + before + " -> " + std::string(cloud::to_string(seen.status));
  if (seen.total && seen.completed)
    event.reason +=
        ", " + std::to_string(*seen.completed) + " of " + std::to_string(*seen.total) + " instances";
  if (!seen.task_switch.empty()) event.reason += ", switch " + seen.task_switch;
  if (record.query_begin && record.query_end) event.window = Window{*record.query_begin, *record.query_end};
  in.say(std::move(event));
}

}  // namespace dbssd::planner
