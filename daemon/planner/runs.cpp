#include "planner/runs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/hash.h"
#include "planner/words.h"

namespace dbssd::planner {

using schedule::WindowRule;

namespace {

constexpr std::array<std::pair<std::string_view, WindowRule::Kind>, 4> kWindows{{
    {"previous_day", WindowRule::Kind::previous_day},
    {"previous_week", WindowRule::Kind::previous_week},
    {"previous_month", WindowRule::Kind::previous_month},
    {"since_previous", WindowRule::Kind::since_previous},
}};
constexpr std::string_view kLast = "last ";

/// A report that was taken and has not finished after so many times finish_within never will.
constexpr int kPatience = 3;
/// A lost call that cannot be looked up for so long is recorded as failed.
constexpr Millis kLookUpAtMost = std::chrono::hours{24};

}  // namespace

const policy::ReportRule* rule_of(const Scope& scope, const Memory& memory, const ReportName& report) {
  const auto index = memory.rules.find(report);
  return index == memory.rules.end() ? nullptr : &scope.policy.reports[index->second];
}

void conclude(journal::RunRecord& run, journal::Outcome outcome, std::string reason, Instant now) {
  run.state = journal::RunState::settled;
  run.outcome = outcome;
  run.reason = std::move(reason);
  run.settled_at = now;
}

std::string served_reason(const journal::RunRecord& carrier) {
  const bool is_served = carrier.outcome == journal::Outcome::finished;
  return (is_served ? "served by the report of " : "joined into the report of ") +
         format_utc(carrier.key.scheduled);
}

std::optional<schedule::Joined> begun_merge(const Memory& memory, const ReportName& report,
                                            const InstanceId& instance, Instant cursor) {
  const auto it = memory.joined.upper_bound(journal::RunKey{report, instance, cursor});
  if (it == memory.joined.end() || it->first.report != report || it->first.instance != instance)
    return std::nullopt;
  return schedule::Joined{it->first.scheduled, it->second.begin};
}

std::optional<AbandonedMerge> abandoned_merge(const Scope& scope, const Memory& memory,
                                              const journal::ScheduleRecord& record, Instant now) {
  const auto begun = begun_merge(memory, record.report, record.instance, record.cursor);
  if (!begun) return std::nullopt;
  journal::RunRecord carrier;
  carrier.key = {record.report, record.instance, begun->carrier};
  carrier.window = {begun->begin, begun->carrier};
  AbandonedMerge merge{{carrier.key, journal::Outcome::skipped, "its schedule has ended or begins anew", now},
                       run_event(telemetry::EventId::report_skipped, scope, memory, carrier,
                                 "missed times that were being joined into one report get none")};
  merge.event.reason = merge.served.reason;
  return merge;
}

Millis patience(const journal::RunRecord& run) {
  if (run.state == journal::RunState::unknown) return kLookUpAtMost;
  return std::max<Millis>(kPatience * run.finish_within, kWatchAtLeast);
}

ResolvedTemplate resolve_template(const policy::TemplateRef& ref, const Instance& instance) {
  using By = policy::TemplateRef::By;
  const auto is_meant = [&ref](const cloud::Template& t) {
    return ref.value == (ref.by == By::id ? t.id.str() : ref.by == By::type ? t.type : t.name);
  };
  std::optional<cloud::Template> found;
  for (const cloud::Template& t : instance.reporting->templates)
    if (is_meant(t) && (!found || t.id < found->id)) found = t;
  if (found) return {std::move(found), false, {}};
  // An id is what the call takes: it needs no list, and a template that is not there is the service's to
  // refuse.
  if (ref.by == By::id) return {cloud::Template{TemplateId(ref.value), {}, {}}, false, {}};
  const std::string what = std::string(ref.by == By::type ? "type " : "name ") + ref.value;
  const Look& look = instance.reporting->template_look;
  if (!look.last_error.empty())
    return {{}, true, "the instance's templates cannot be listed: " + look.last_error};
  if (!look.answered) return {{}, true, "the template of " + what + " is being looked for"};
  if (const std::string& doubt = instance.reporting->templates_doubt; !doubt.empty())
    return {{}, true, "the template of " + what + " is not listed, and may be there: " + doubt};
  return {{}, true, "the instance has no template of " + what};
}

std::string window_text(const WindowRule& rule) {
  for (const auto& [text, kind] : kWindows)
    if (kind == rule.kind) return std::string(text);
  return std::string(kLast) + std::to_string(rule.last.count());
}

std::optional<WindowRule> window_rule(const std::string& text) {
  WindowRule rule{};
  for (const auto& [name, kind] : kWindows) {
    if (name != text) continue;
    rule.kind = kind;
    return rule;
  }
  if (!text.starts_with(kLast)) return std::nullopt;
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + kLast.size(), end, count);
  if (error != std::errc{} || stopped != end || count <= 0) return std::nullopt;
  rule.kind = WindowRule::Kind::last;
  rule.last = Seconds{count};
  return rule;
}

std::uint64_t schedule_hash(const ReportName& report, const InstanceId& instance) {
  return stable_hash({report.str(), instance.str()});
}

Seconds spread_offset(const policy::ReportRule& rule, const InstanceId& instance) {
  if (rule.spread <= Seconds::zero()) return Seconds::zero();
  const auto hash = stable_hash({"spread", rule.name.str(), instance.str()});
  return Seconds(static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(rule.spread.count())));
}

}  // namespace dbssd::planner
