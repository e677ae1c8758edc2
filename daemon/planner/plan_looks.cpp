#include <utility>

#include "planner/looks.h"
#include "planner/planning.h"
#include "planner/words.h"

namespace dbssd::planner {

using telemetry::Event;
using telemetry::EventId;

namespace {

/// A start is done when the list says so: until then it is read more often than the policy asks for.
constexpr Millis kConfirmInterval = Seconds{30};

bool waits_for_the_list(const Memory& memory) {
  return std::ranges::any_of(memory.instances,
                             [](const auto& entry) { return awaits_confirmation(entry.second); });
}

void plan_listing(const Planning& in) {
  Look look = in.memory.listing;
  std::string_view reason = look.answered ? "the reconcile interval is over" : "the fleet is not yet known";
  if (look.failures == 0 && look.answered && waits_for_the_list(in.memory)) {
    const Millis interval = std::min<Millis>(in.scope.policy.instances.reconcile_interval, kConfirmInterval);
    if (*look.answered + interval < look.not_before) {
      look.not_before = *look.answered + interval;
      reason = "an accepted start is to be confirmed";
    }
  }
  in.look_when_due(look, ListInstances{}, reason);
}

/// The list knows better than an answer without jobs: the instance is there, or gone, and not being created.
bool is_over(const Memory& memory, const ResourceId& resource) {
  return std::ranges::any_of(memory.instances, [&resource](const auto& entry) {
    const journal::InstanceRecord& record = entry.second.record;
    return record.resource_id == resource &&
           (record.vanished || (entry.second.listed && !is_being_created(record.status)));
  });
}

/// An order that has led to nothing for so long beyond its deadline is nobody's concern any more.
constexpr Seconds kOverdueAtMost = std::chrono::days{30};

void settle(const Planning& in, journal::JobRecord record) {
  record.settled = true;
  in.plan.records.jobs.push_back(std::move(record));
}

void follow_no_more(const Planning& in, const ResourceId& resource, const Job& job) {
  for (const auto& [id, record] : job.jobs)
    if (!record.settled) settle(in, record);
  settle(in, job.follow);
  Event event = job_event(EventId::job_vanished, in.scope, resource,
                          "an order has led to nothing for too long, and is followed no more");
  event.reason = job.jobs.empty() ? "no job was ever listed for the resource" : "its job has not ended";
  event.reason += "; followed since " + format_utc(job.follow.first_seen);
  in.say(std::move(event));
}

void plan_job(const Planning& in, const ResourceId& resource, const Job& job) {
  if (job.follow.settled) return;
  const Instant overdue_at = job.follow.first_seen + in.scope.policy.creation_jobs.deadline;
  const bool was_asked = job.look.answered || job.look.failures > 0;  // by this process, whatever its clock
  if (job.follow.overdue && was_asked && !job.look.in_flight) {
    if (in.now.second() >= overdue_at + kOverdueAtMost) return follow_no_more(in, resource, job);
    if (is_due(job.look, in.now) && is_over(in.memory, resource)) return settle(in, job.follow);
  }
  if (!job.follow.overdue && in.now.second() >= overdue_at) {
    journal::JobRecord follow = job.follow;
    if (is_over(in.memory, resource)) {
      return settle(in, std::move(follow));
    }
    follow.overdue = true;
    in.plan.records.jobs.push_back(std::move(follow));
    Event event =
        job_event(EventId::job_overdue, in.scope, resource, "the creation has not ended within its deadline");
    event.reason = job.jobs.empty() ? "no job is listed for the resource" : "the job is still under way";
    in.say(std::move(event));
  } else if (!job.follow.overdue) {
    in.wake_at(overdue_at);
  }
  in.look_when_due(job.look, ListJobs{resource}, "the resource is being created");
}

void plan_jobs(const Planning& in) {
  for (const ResourceId& named : in.scope.policy.creation_jobs.resource_ids) {
    if (in.memory.jobs.contains(named)) continue;
    journal::JobRecord follow;
    follow.resource_id = named;
    follow.first_seen = in.now.second();
    in.plan.records.jobs.push_back(std::move(follow));
  }
  for (const auto& [resource, job] : in.memory.jobs) plan_job(in, resource, job);
}

void plan_summaries(const Planning& in) {
  static const Look kNeverAsked;
  for (const cloud::BusiType type : in.scope.policy.summary.busi_types) {
    const auto known = in.memory.summaries.find(type);
    in.look_when_due(known == in.memory.summaries.end() ? kNeverAsked : known->second.look, AskSummary{type},
                     "the summary task is watched");
  }
}

}  // namespace

void plan_looks(const Planning& in) {
  plan_listing(in);
  plan_jobs(in);
  plan_summaries(in);
}

}  // namespace dbssd::planner
