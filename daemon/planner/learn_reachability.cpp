#include <algorithm>

#include "planner/learn.h"

namespace dbssd::planner {
namespace {

/// How old the newest answer on record may become while other things are written.
constexpr Millis kNotedWithOthers = std::chrono::minutes{1};

/// Whether an answer shows that nothing can be done for the project: everything fails, or its instances
/// cannot be listed. A pace that finds its limit is no failure.
bool shows_failing(const Memory& memory, const Answer& answer) {
  const ErrorKind kind = answer.reply.error().kind;
  if (kind == ErrorKind::throttled) return memory.health.failures >= kThrottledInARow;
  if (std::holds_alternative<ListInstances>(answer.call)) return true;
  return memory.health.failures > 0 && (concerns_everyone(kind) || is_suspicious(kind));
}

void take_token(journal::ProjectRecord& project, const Answer& answer) {
  if (answer.token) {
    // A client that a reload has replaced may still answer.
    if (project.token_issued && *project.token_issued > answer.token->issued) return;
    project.token_issued = answer.token->issued;
    project.token_expires = answer.token->expires;
  } else if (answer.reply) {
    project.token_issued.reset();
    project.token_expires.reset();
  }
}

/// The first list, and one that comes so late that what is on record looks as if there were none any more.
bool is_listed_anew(const journal::ProjectRecord& now, const journal::ProjectRecord& before,
                    Seconds interval) {
  if (!now.listed_at || now.listed_at == before.listed_at) return false;
  return !before.listed_at || *now.listed_at - *before.listed_at >= 2 * interval;
}

bool is_news(const journal::ProjectRecord& now, const journal::ProjectRecord& before) {
  return now.failing_since != before.failing_since || now.token_issued != before.token_issued ||
         now.token_expires != before.token_expires || now.clock_hold != before.clock_hold;
}

}  // namespace

void learn_reachability(const Learning& in, const Answer& answer) {
  Memory& memory = in.memory;
  journal::ProjectRecord& project = memory.project;
  take_token(project, answer);
  if (answer.reply) {
    project.answered_at = in.now.second();
    if (memory.health.failures == 0 && memory.listing.failures == 0) {
      project.failing_since.reset();
      project.failure.clear();
    }
  } else if (shows_failing(memory, answer)) {
    project.failure = answer.reply.error().message;
    if (!project.failing_since) project.failing_since = in.now.second();
  }

  const auto age = in.now.mono - memory.project_noted;
  const bool can_join = !in.learned.records.empty() || project.failure != memory.project_on_record.failure;
  // The list is read once in an interval, give or take: each reading is to find that it is time.
  const Millis interval =
      std::max<Millis>(kNotedWithOthers, in.scope.policy.instances.reconcile_interval * 9 / 10);
  const bool is_time = memory.project_noted == MonoTime{} || age >= (can_join ? kNotedWithOthers : interval);
  const bool is_new_list = is_listed_anew(
      project, memory.project_on_record,
      std::max<Seconds>(std::chrono::minutes{1}, in.scope.policy.instances.reconcile_interval));
  if (!is_time && !is_new_list && !is_news(project, memory.project_on_record)) return;
  project.noted_at = in.now.second();
  memory.project_on_record = project;
  memory.project_noted = in.now.mono;
  in.learned.records.project = project;
}

}  // namespace dbssd::planner
