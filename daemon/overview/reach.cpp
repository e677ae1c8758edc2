#include "overview/reach.h"

#include <algorithm>
#include <string>

#include "overview/trouble.h"

namespace dbssd::overview {
namespace {

/// What is on record is written no more often, however short the interval is.
constexpr Seconds kShortest = std::chrono::minutes{1};

void add(ProjectOverview& project, std::string_view what, std::optional<Instant> since, std::string reason) {
  project.wrong.push_back({.what = std::string(what), .since = since, .reason = std::move(reason)});
}

}  // namespace

void add_reach(ProjectOverview& project, const policy::Policy& policy,
               const std::optional<journal::ProjectRecord>& record, Instant now) {
  if (!record || (!record->failing_since && !record->answered_at))
    return add(project, trouble::kNeverAsked, {},
               "as far as the journal goes back, no daemon has asked the cloud for it");
  project.reachable = !record->failing_since;
  project.failing_since = record->failing_since;
  project.failure = record->failure;
  project.answered = record->answered_at;
  project.listed = record->listed_at;
  if (record->token_issued && record->token_expires)
    project.token = cloud::TokenLife{*record->token_issued, *record->token_expires};

  if (!record->clock_hold.empty()) add(project, trouble::kClockHeld, {}, record->clock_hold);
  if (record->failing_since)
    return add(project, trouble::kProjectFails, record->failing_since, record->failure);
  if (!record->listed_at)
    return add(project, trouble::kNeverListed, {}, "the cloud answers, but has not listed its instances yet");
  const Seconds interval = policy.instances.reconcile_interval;
  if (now - *record->listed_at > kListsMissed * std::max(interval, kShortest))
    add(project, trouble::kListOld, record->listed_at,
        "its instances are to be listed every " + format_duration(interval) + ", and were listed last at " +
            format_utc(*record->listed_at));
}

}  // namespace dbssd::overview
