#include <algorithm>
#include <set>
#include <utility>

#include "planner/planner.h"
#include "planner/runs.h"

namespace dbssd::planner {
namespace {

struct Compiled {
  std::size_t rule = 0;
  schedule::Zone zone;
};

bool is_selected(const policy::Select& select, const Scope& scope, const Instance& instance) {
  return policy::selects(select, scope.project.name.str(), instance.record.name, instance.record.id.str());
}

void bind_start_rule(const Scope& scope, Instance& instance) {
  const auto& rules = scope.policy.instances.start;
  const auto rule = std::ranges::find_if(rules, [&](const policy::StartRule& candidate) {
    return is_selected(candidate.select, scope, instance);
  });
  instance.start_rule =
      rule == rules.end() ? std::nullopt : std::optional(static_cast<std::uint32_t>(rule - rules.begin()));
}

/// What the schedule was, where the journal remembers another than the rule names now.
std::optional<Former> former_of(const journal::ScheduleRecord& record, const policy::ReportRule& rule,
                                schedule::ZoneDatabase& zones) {
  if (is_ended(record)) return std::nullopt;
  const bool same = record.expression == rule.schedule.text() && record.zone == rule.time_zone &&
                    record.window == window_text(rule.window);
  if (same) return std::nullopt;
  const auto cron = schedule::Cron::parse(record.expression);
  const auto zone = zones.find(record.zone);
  const auto window = window_rule(record.window);
  // A journal whose old schedule cannot be read any more decides the past by the new one.
  return Former{(cron ? *cron : rule.schedule).resolved(schedule_hash(record.report, record.instance)),
                zone ? *zone : schedule::Zone::utc(), window.value_or(rule.window)};
}

}  // namespace

std::vector<Error> bind(const Scope& scope, schedule::ZoneDatabase& zones, Memory& memory) {
  std::vector<Error> errors;
  memory.bindings.clear();
  memory.unbound.clear();
  memory.rules.clear();
  memory.bindings_stale = false;

  if (auto zone = zones.find(scope.project.api_time_zone)) {
    memory.wire_zone = *std::move(zone);
  } else {
    memory.wire_zone.reset();
    errors.push_back(zone.error());
  }
  for (auto& [id, instance] : memory.instances) bind_start_rule(scope, instance);

  std::set<ScheduleKey> bound;
  for (std::size_t index = 0; index < scope.policy.reports.size(); ++index) {
    const policy::ReportRule& rule = scope.policy.reports[index];
    memory.rules.emplace(rule.name, index);
    const Expected<schedule::Zone> zone = zones.find(rule.time_zone);
    if (!zone) errors.push_back(zone.error());
    for (const auto& [id, instance] : memory.instances) {
      if (!is_selected(rule.select, scope, instance)) continue;
      ScheduleKey key{rule.name, id};
      // Without its zone a schedule stands still; its past is not thrown away.
      if (zone) {
        Binding binding{index, id, rule.schedule.resolved(schedule_hash(rule.name, id)), *zone, {},
                        false, {}};
        const auto record = memory.schedules.find(key);
        if (record != memory.schedules.end()) binding.former = former_of(record->second, rule, zones);
        memory.bindings.push_back(std::move(binding));
      }
      bound.insert(std::move(key));
    }
  }
  for (const auto& [key, record] : memory.schedules)
    if (!is_ended(record) && !bound.contains(key)) memory.unbound.push_back(key);
  return errors;
}

}  // namespace dbssd::planner
