#include "overview/timeline.h"

#include <algorithm>
#include <cstdint>
#include <ratio>
#include <set>
#include <string>
#include <utility>

#include "planner/runs.h"
#include "schedule/fires.h"

namespace dbssd::overview {
namespace {

/// What is summed up where there are too many marks: two days have 192 of it.
using Quarter = std::chrono::duration<std::int64_t, std::ratio<900>>;

std::size_t& count_of(Mark& mark, const journal::RunRecord& run) {
  if (!run.outcome) {
    const bool waits = run.state == journal::RunState::due || run.state == journal::RunState::merged;
    return waits ? mark.due : mark.running;
  }
  switch (*run.outcome) {
    case journal::Outcome::finished:
      return mark.finished;
    case journal::Outcome::failed:
      return mark.failed;
    case journal::Outcome::missed:
    case journal::Outcome::expired:
    case journal::Outcome::skipped:
      break;
  }
  return mark.missed;
}

void add(Mark& to, const Mark& more) {
  to.finished += more.finished;
  to.running += more.running;
  to.failed += more.failed;
  to.missed += more.missed;
  to.due += more.due;
}

std::vector<Mark> in_buckets(const std::map<Instant, Mark>& times) {
  std::vector<Mark> buckets;
  for (const auto& [at, mark] : times) {
    const Instant begin = std::chrono::floor<Quarter>(at);
    if (buckets.empty() || buckets.back().at != begin)
      buckets.push_back({.at = begin, .until = begin + Quarter{1}});
    add(buckets.back(), mark);
  }
  return buckets;
}

}  // namespace

void Timeline::take(const journal::RunRecord& run) {
  if (run.key.scheduled < now_ - kTimelineReach || run.key.scheduled > now_) return;
  Mark& mark = reports_[run.key.report][run.key.scheduled];
  mark.at = run.key.scheduled;
  ++count_of(mark, run);
}

Expected<void> Timeline::look_ahead(const policy::Policy& policy, const journal::Remembered& remembered,
                                    schedule::ZoneDatabase& zones) {
  std::set<InstanceId> there;
  for (const journal::InstanceRecord& instance : remembered.instances)
    if (!instance.vanished) there.insert(instance.id);

  // Instances that draw the same times are looked at once.
  std::map<std::pair<const policy::ReportRule*, std::string>, std::pair<schedule::Cron, std::size_t>> drawn;
  for (const journal::ScheduleRecord& record : remembered.schedules) {
    const auto rule = std::ranges::find(policy.reports, record.report, &policy::ReportRule::name);
    if (rule == policy.reports.end() || planner::is_ended(record) || !there.contains(record.instance))
      continue;
    const bool draws = rule->schedule.has_hash();
    const schedule::Cron cron =
        draws ? rule->schedule.resolved(planner::schedule_hash(record.report, record.instance))
              : rule->schedule;
    ++drawn.try_emplace({&*rule, draws ? cron.text() : std::string()}, cron, 0).first->second.second;
  }
  for (const auto& [key, schedule] : drawn) {
    const policy::ReportRule& rule = *key.first;
    const auto& [cron, instances] = schedule;
    const auto zone = zones.find(rule.time_zone);
    if (!zone) return fail(zone.error());
    for (auto fire = schedule::next(cron, *zone, now_); fire && fire->at <= now_ + kTimelineReach;
         fire = schedule::next(cron, *zone, fire->at)) {
      Mark& mark = reports_[rule.name][fire->at];
      mark.at = fire->at;
      mark.due += instances;
    }
  }
  return {};
}

std::vector<TimelineRow> Timeline::rows(const ProjectName& project) const {
  std::vector<TimelineRow> rows;
  for (const auto& [report, times] : reports_) {
    TimelineRow row{project, report, {}};
    if (times.size() > kMostMarks) {
      row.marks = in_buckets(times);
    } else {
      for (const auto& [at, mark] : times) row.marks.push_back(mark);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace dbssd::overview
