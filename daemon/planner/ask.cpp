#include <utility>

#include "planner/learn.h"
#include "planner/runs.h"
#include "planner/words.h"

namespace dbssd::planner {

Learned ask(const Scope& scope, const Asked& asked, const Now& read, Memory& memory) {
  Learned learned;
  const Now now = sure_now(memory.clock, read);
  const Learning in{scope, now, memory, learned};
  const auto [it, is_new] = memory.runs.try_emplace(asked.key);
  if (!is_new) return learned;
  journal::RunRecord& record = it->second.record;
  record.key = asked.key;
  record.window = asked.window;
  record.reason = "asked for by hand";
  record.opened_at = now.second();
  record.not_before = now.second();
  record.expires_at = now.second();
  if (const policy::ReportRule* rule = rule_of(scope, memory, asked.key.report); rule != nullptr) {
    record.expires_at += rule->deadline;
    record.finish_within = rule->finish_within;
    record.databases = rule->databases;
  }
  telemetry::Event event =
      run_event(telemetry::EventId::report_due, scope, memory, record, "a report is due");
  event.reason = record.reason;
  in.say(std::move(event));
  learned.records.runs.push_back(record);
  return learned;
}

}  // namespace dbssd::planner
