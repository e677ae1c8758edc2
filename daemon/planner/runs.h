// What is true of any run, wherever it is decided.
#pragma once

#include <optional>
#include <string>

#include "planner/memory.h"
#include "planner/planner.h"
#include "policy/report_rule.h"
#include "schedule/due.h"

namespace dbssd::planner {

/// What those that were merged into this run say when it has ended.
[[nodiscard]] std::string served_reason(const journal::RunRecord& carrier);

/// The carrier that times of this schedule were merged into, and which is not decided yet.
[[nodiscard]] std::optional<schedule::Joined> begun_merge(const Memory& memory, const ReportName& report,
                                                          const InstanceId& instance, Instant cursor);

/// Asked for by hand: such a run has a second for its name, and schedules name whole minutes.
[[nodiscard]] inline bool is_by_hand(const journal::RunKey& key) {
  return key.scheduled != std::chrono::floor<std::chrono::minutes>(key.scheduled);
}

/// For so long after a look that showed no report of a run it is sent without another.
inline constexpr Millis kLookedForLives = std::chrono::minutes{5};
/// Its call may have left before this process began, unknown to a journal that was set back: a backup that
/// was put back, a log that broke off. So it is looked for in the service's list, and then it is sent. What
/// was looked for once, after an answer was lost too, is looked for again where it was not sent soon.
[[nodiscard]] inline bool is_to_be_looked_for(const Memory& memory, const Run& run, const Now& now) {
  if (run.record.state != journal::RunState::due) return false;
  if (run.looked_for_at) return now.mono - *run.looked_for_at > kLookedForLives;
  return run.record.key.scheduled < memory.began;
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

/// What is to be written and said of times that were merged into a carrier which will not be decided any
/// more, because their schedule ends or begins anew.
struct AbandonedMerge {
  journal::Served served;
  telemetry::Event event;
};
[[nodiscard]] std::optional<AbandonedMerge> abandoned_merge(const Scope& scope, const Memory& memory,
                                                            const journal::ScheduleRecord& record,
                                                            Instant now);

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
