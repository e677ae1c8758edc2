#include <algorithm>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "overview/names.h"
#include "overview/overview.h"
#include "overview/trouble.h"
#include "planner/runs.h"

namespace dbssd::overview {
namespace {

constexpr std::size_t kSoonest = 5;

/// Instances of one report whose times came due and were not decided.
struct Standstill {
  std::size_t instances = 0;
  Instant since = Instant::max();
};

void keep_soonest(std::vector<ComingFire>& next, ComingFire fire) {
  const auto same = std::ranges::find_if(next, [&fire](const ComingFire& known) {
    return known.at == fire.at && known.project == fire.project && known.report == fire.report;
  });
  if (same != next.end()) {
    ++same->instances;
    return;
  }
  const auto order = [](const ComingFire& known) { return std::tie(known.at, known.project, known.report); };
  next.insert(std::ranges::upper_bound(next, order(fire), {}, order), std::move(fire));
  if (next.size() > kSoonest) next.pop_back();
}

/// The journal's schedule is the policy's, which a daemon may not have taken up yet.
bool is_as_written(const journal::ScheduleRecord& record, const policy::ReportRule& rule) {
  return record.expression == rule.schedule.text() && record.zone == rule.time_zone;
}

}  // namespace

Expected<void> look_ahead(const policy::Policy& policy, const journal::Remembered& remembered,
                          schedule::ZoneDatabase& zones, Instant now, ProjectOverview& project,
                          std::vector<ComingFire>& next) {
  InstanceNames there;
  for (const journal::InstanceRecord& instance : remembered.instances)
    if (!instance.vanished) there[instance.id] = instance.name;  // what is gone fires no more

  std::map<ReportName, Standstill> undecided;
  for (const journal::ScheduleRecord& record : remembered.schedules) {
    const auto rule = std::ranges::find(policy.reports, record.report, &policy::ReportRule::name);
    if (rule == policy.reports.end() || planner::is_ended(record) || !there.contains(record.instance))
      continue;
    const auto zone = zones.find(rule->time_zone);
    if (!zone) return fail(zone.error());
    const schedule::Cron drawn =
        rule->schedule.resolved(planner::schedule_hash(record.report, record.instance));
    ReportOverview& report = project.reports[record.report];
    if (const auto coming = schedule::next(drawn, *zone, std::max(now, record.cursor))) {
      report.next = std::min(report.next.value_or(coming->at), coming->at);
      keep_soonest(next, {coming->at, project.name, record.report, record.instance,
                          name_in(there, record.instance), 1});
    }
    if (!is_as_written(record, *rule) || record.cursor >= now - kDecidedWithin) continue;
    const auto passed = schedule::next(drawn, *zone, record.cursor);
    if (!passed || passed->at > now - kDecidedWithin) continue;
    Standstill& of_report = undecided[record.report];
    ++of_report.instances;
    ++report.undecided;
    of_report.since = std::min(of_report.since, passed->at);
  }
  for (const auto& [report, found] : undecided)
    project.wrong.push_back({.what = std::string(trouble::kNotDecided),
                             .report = report,
                             .since = found.since,
                             .reason = "scheduled times of " + counted(found.instances, "instance") +
                                       " came due, and no daemon has looked since"});
  return {};
}

}  // namespace dbssd::overview
