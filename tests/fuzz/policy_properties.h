// What holds of every text that is read as a policy.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>

#include "policy/difference.h"
#include "policy/reader.h"

namespace dbssd::policy::fuzz {

inline bool is_one_line(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

/// The promise of a finding that is broken; empty where none is.
inline std::string broken_finding_promise(const Finding& finding, std::string_view text) {
  const auto lines = std::ranges::count(text, '\n') + 1;
  if (finding.line < 1 || finding.line > lines || finding.column < 1)
    return "a finding is outside of the text";
  if (finding.message.empty() || finding.message.size() > 1000) return "a message has a strange length";
  if (!is_one_line(format(finding, "policy.yaml"))) return "a finding has control characters";
  return "";
}

/// The promise of a policy that is broken; empty where none is.
inline std::string broken_value_promise(const Policy& policy) {
  if (policy.projects.empty()) return "a policy has no project";
  for (const Project& project : policy.projects) {
    if (project.name.empty() || project.dbss_endpoint.empty() || project.iam_endpoint.empty())
      return "a project lacks something";
    if (project.limits.in_flight < 1 || project.limits.timeout < Seconds{1}) return "a limit is out of range";
  }
  for (const StartRule& rule : policy.instances.start) {
    if (rule.name.empty() || rule.max_per_cycle < 1 || rule.flap.hold > policy.state.keep)
      return "a start rule is out of range";
  }
  for (const ReportRule& rule : policy.reports) {
    if (rule.name.empty() || rule.report_template.value.empty()) return "a report lacks something";
    if (rule.spread >= rule.deadline || rule.deadline > policy.state.keep) return "a report is out of range";
    if (rule.window.kind == schedule::WindowRule::Kind::last && rule.window.last < Seconds{1})
      return "a window is empty";
  }
  if (!difference(policy, policy).empty()) return "a policy differs from itself";
  return "";
}

/// The promise of the reader that a text breaks; empty where it breaks none.
inline std::string broken_policy_promise(const std::string& text) {
  // No zone but UTC: what an unknown one may have meant is looked up in a directory, which is another's to
  // test.
  static schedule::ZoneDatabase zones("/nonexistent");
  const ReadContext context{zones, nullptr, Instant{}};
  const ReadResult result = read_policy(text, context);
  const auto place = [](const Finding& f) { return std::tuple(f.line, f.column); };
  if (!std::ranges::is_sorted(result.findings, {}, place)) return "findings are not in the order of the text";
  for (const Finding& finding : result.findings) {
    if (const std::string broken = broken_finding_promise(finding, text); !broken.empty()) return broken;
  }
  const bool errors = std::ranges::any_of(result.findings, &Finding::is_error);
  if (!result.policy) return errors ? "" : "a policy is refused without an error";
  if (errors) return "a policy is accepted with an error";
  if (*result.policy != *read_policy(text, context).policy) return "a text is read in two ways";
  return broken_value_promise(*result.policy);
}

}  // namespace dbssd::policy::fuzz
