// The parts of learn(), one per kind of answer. Each is told of success or failure and keeps Memory true.
#pragma once

#include "planner/planner.h"

namespace dbssd::planner {

/// What is absent from so many whole answers in a row is gone. One answer says nothing: its set may have
/// changed between two pages, or the service was just moving a job.
inline constexpr int kAbsencesToVanish = 3;

/// What every part of learn() is handed.
struct Learning {
  const Scope& scope;
  const Now& now;
  Memory& memory;
  Learned& learned;

  void say(telemetry::Event event) const { learned.events.push_back(std::move(event)); }
};

void learn_listing(const Learning& in, Answer& answer);  ///< leaves the list in it empty
void learn_start(const Learning& in, const StartInstance& call, const Answer& answer);
void learn_jobs(const Learning& in, const ListJobs& call, const Answer& answer);
void learn_summary(const Learning& in, const AskSummary& call, const Answer& answer);
void learn_templates(const Learning& in, const ListTemplates& call, const Answer& answer);
void learn_reports(const Learning& in, const ListReports& call, const Answer& answer);
void learn_created(const Learning& in, const CreateReport& call, const Answer& answer);
void learn_downloaded(const Learning& in, const DownloadReport& call, const Answer& answer);

void learn_expired(const Learning& in, const FindExpiredArchives& call, const Answer& answer);
void learn_removed(const Learning& in, const RemoveArchived& call, const Answer& answer);

/// The whole project's health, from any answer; says unreachable, throttled and recovered once each.
/// `was_further`: what the call asked for had failed before.
void learn_health(const Learning& in, const Answer& answer, bool was_further);

/// Keeps the project's record true, after all else was learnt from an answer of the cloud. It is written
/// where that is news, along with what is written anyway, and once in a reconcile interval.
void learn_reachability(const Learning& in, const Answer& answer);

/// A read that the service refused or answered with nonsense: said once in a streak of failures.
void say_failed_look(const Learning& in, telemetry::Event event, Look& look, const Error& error);

/// The run has its outcome; those it serves get the same. The event is the caller's.
void settle(const Learning& in, const journal::RunKey& key, journal::Outcome outcome, std::string reason);

/// What vanished longer than state.keep ago, and has nothing open any more, leaves Memory and the journal.
void forget_long_gone(const Learning& in);

/// Times of this schedule were merged into a carrier that will not be decided any more: they are skipped.
void end_begun_merge(const Learning& in, const journal::ScheduleRecord& record);

/// A followed resource, begun when it is new.
Job& follow(const Learning& in, const ResourceId& resource);

}  // namespace dbssd::planner
