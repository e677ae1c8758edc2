#include <algorithm>
#include <utility>

#include "planner/archives.h"
#include "planner/looks.h"
#include "planner/planning.h"
#include "planner/runs.h"

namespace dbssd::planner {

namespace {

FindExpiredArchives question(const Planning& in) {
  FindExpiredArchives call;
  for (const policy::ReportRule& rule : in.scope.policy.reports)
    if (is_kept_for_a_time(rule))
      call.rules.push_back(
          {rule.name, in.now.second() - *rule.archive->keep, beginning_of_paths(*rule.archive)});
  // A share of its own for each: files that cannot be removed hold up those of their rule alone.
  call.limit = std::max<std::size_t>(1, kMostExpired / std::max<std::size_t>(1, call.rules.size()));
  return call;
}

/// A file is evidence, and a clock that is set wrong must not cost one: it gets no list out of the service,
/// whose certificate is of our time, and what jumped is left to settle.
bool trusts_its_clock(const Planning& in) {
  const Look& listing = in.memory.listing;
  if (!listing.answered || listing.failures > 0) return false;
  if (in.now.mono >= in.memory.archives_rest_until) return true;
  in.wake_at(in.memory.archives_rest_until);
  return false;
}

/// What the rule says may have changed since the file was found.
void plan_removal(const Planning& in, const ExpiredArchive& expired) {
  if (expired.in_flight) return;
  const journal::RunRecord& run = expired.record;
  const policy::ReportRule* rule = rule_of(in.scope, in.memory, run.key.report);
  if (rule == nullptr || !is_kept_for_a_time(*rule)) return;
  if (!run.archived.starts_with(beginning_of_paths(*rule->archive))) return;
  const Instant kept_until = run.key.scheduled + *rule->archive->keep;
  if (in.now.second() <= kept_until) return in.wake_at(kept_until + Seconds{1});
  if (expired.retry_at > in.now.mono) return in.wake_at(expired.retry_at);
  in.looks.add(*in.memory.archive_look.answered,
               RemoveArchived{run.key, run.archived, rule->archive->directory},
               "scheduled " + format_utc(run.key.scheduled) + ", archive.keep is " +
                   format_duration(*rule->archive->keep));
}

}  // namespace

void plan_archives(const Planning& in) {
  if (std::ranges::none_of(in.scope.policy.reports, is_kept_for_a_time)) return;
  const Look& look = in.memory.archive_look;
  if (look.in_flight || !trusts_its_clock(in)) return;
  // One after the other: a look beside a removal could find again what is being removed.
  const bool is_removing = std::ranges::any_of(in.memory.expired_archives,
                                               [](const auto& entry) { return entry.second.in_flight; });
  if (!is_removing) {
    in.look_when_due(look, question(in), "archived reports are kept for a time");
    if (is_due(look, in.now)) return;
  }
  for (const auto& [key, expired] : in.memory.expired_archives) plan_removal(in, expired);
}

}  // namespace dbssd::planner
