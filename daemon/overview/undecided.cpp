#include "overview/undecided.h"

#include <algorithm>
#include <set>
#include <utility>

#include "planner/runs.h"
#include "schedule/due.h"

namespace dbssd::overview {
namespace {

/// Later than any time can be.
constexpr Seconds kNoDeadline = std::chrono::years{1000};

void append(std::vector<Undecided>& all, Undecided one) {
  if (!all.empty() && all.back().series == one.series) {
    Window& last = all.back().window;
    if (one.window.begin <= last.end && last.begin <= one.window.end) {
      last = {std::min(last.begin, one.window.begin), std::max(last.end, one.window.end)};
      all.back().scheduled = one.scheduled;
      return;
    }
  }
  all.push_back(std::move(one));
}

Expected<void> append_undecided(std::vector<Undecided>& all, const ProjectName& project,
                                const journal::ScheduleRecord& record, schedule::ZoneDatabase& zones,
                                Instant from, Instant until) {
  const auto cron = schedule::Cron::parse(record.expression);
  const auto window = planner::window_rule(record.window);
  if (!cron || !window) return {};  // a later version's; it says what it cannot read
  const auto zone = zones.find(record.zone);
  if (!zone) return fail(zone.error());
  const schedule::Cron drawn = cron->resolved(planner::schedule_hash(record.report, record.instance));
  // Which of them will be served is for the daemon to decide: here only their windows count.
  const schedule::DueRule rule{drawn, *zone, *window, schedule::MissedPolicy::latest, kNoDeadline};
  const std::string reason = "not decided: no daemon has looked since " + format_utc(record.cursor);
  auto previous = record.last_scheduled;
  for (Instant cursor = record.cursor; cursor < until;) {
    const schedule::DueSet due = due_between(rule, cursor, previous, until);
    for (const schedule::Due& time : due.due) {
      previous = time.scheduled;
      if (time.scheduled < from) continue;
      append(all, {{project, record.report, record.instance}, time.scheduled, time.window, reason});
    }
    cursor = due.cursor;
  }
  return {};
}

}  // namespace

Expected<std::vector<Undecided>> undecided_times(const ProjectName& project,
                                                 const journal::Remembered& remembered,
                                                 schedule::ZoneDatabase& zones, Instant from, Instant to,
                                                 Instant now) {
  std::set<InstanceId> there;
  for (const journal::InstanceRecord& instance : remembered.instances)
    if (!instance.vanished) there.insert(instance.id);  // what is gone has nothing to report on

  const Instant until = std::min(to - Seconds{1}, now - kDecidedWithin);
  std::vector<Undecided> all;
  for (const journal::ScheduleRecord& record : remembered.schedules) {
    if (planner::is_ended(record) || !there.contains(record.instance)) continue;
    if (auto done = append_undecided(all, project, record, zones, from, until); !done)
      return fail(done.error());
  }
  return all;
}

}  // namespace dbssd::overview
