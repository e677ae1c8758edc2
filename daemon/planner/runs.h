// What is true of any run, wherever it is decided.
#pragma once

#include <optional>
#include <string>

#include "planner/memory.h"
#include "planner/planner.h"
#include "policy/report_rule.h"

namespace dbssd::planner {

/// A run that waits for the report of `carrier`, and ends as that one does.
[[nodiscard]] inline bool is_served_by(const journal::RunRecord& run, const journal::RunKey& carrier) {
  return run.state == journal::RunState::merged && run.key.report == carrier.report &&
         run.key.instance == carrier.instance && run.served_by == carrier.scheduled;
}

/// Asked for by hand: such a run has a second for its name, and schedules name whole minutes.
[[nodiscard]] inline bool is_by_hand(const journal::RunKey& key) {
  return key.scheduled != std::chrono::floor<std::chrono::minutes>(key.scheduled);
}

/// Its call may have left before this process began, unknown to a journal that was set back: a backup that
/// was put back, a log that broke off. Once it is looked for in the service's list, and then it is sent.
[[nodiscard]] inline bool is_to_be_looked_for(const Memory& memory, const Run& run) {
  return run.record.state == journal::RunState::due && !run.looked_for &&
         run.record.key.scheduled < memory.began;
}

/// Writes its end into the record.
void conclude(journal::RunRecord& run, journal::Outcome outcome, std::string reason, Instant now);

/// The policy asks no more for what this schedule did. Its record stays, so that no time that was decided is
/// decided again, and what nothing covered is known, should the policy ask for it once more.
[[nodiscard]] inline bool is_ended(const journal::ScheduleRecord& record) {
  return record.expression.empty();
}

/// Nothing is given up on before this process has watched it for a while: neither a suspend nor a step of the
/// clock is evidence.
inline constexpr Millis kWatchAtLeast = std::chrono::minutes{10};
/// For how long, from watched_since on, a run that was sent is waited for.
[[nodiscard]] Millis patience(const journal::RunRecord& run);

/// Nothing where the rule has left the policy.
[[nodiscard]] const policy::ReportRule* rule_of(const Scope& scope, const Memory& memory,
                                                const ReportName& report);

/// The service sums up nothing more, until somebody switches the task on.
[[nodiscard]] inline bool is_switched_off(const journal::SummaryRecord& summary) {
  return summary.task_switch == "off";
}

/// The template that the rule means on this instance. `reason` says why there is none.
struct ResolvedTemplate {
  std::optional<cloud::Template> found;
  bool needs_list = false;  ///< the instance's templates must be listed (again) first
  std::string reason;
};
[[nodiscard]] ResolvedTemplate resolve_template(const policy::TemplateRef& ref, const Instance& instance);

/// How a window rule is remembered in the journal, and read back: "previous_day", "last 86400".
[[nodiscard]] std::string window_text(const schedule::WindowRule& rule);
[[nodiscard]] std::optional<schedule::WindowRule> window_rule(const std::string& text);

/// The seed of `H` and of `spread`: the same on every host, for as long as both names live.
[[nodiscard]] std::uint64_t schedule_hash(const ReportName& report, const InstanceId& instance);

/// Where in [0, spread) this instance's call goes.
[[nodiscard]] Seconds spread_offset(const policy::ReportRule& rule, const InstanceId& instance);

}  // namespace dbssd::planner
