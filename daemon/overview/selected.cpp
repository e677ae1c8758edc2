#include "overview/selected.h"

#include <string>
#include <utility>

#include "overview/trouble.h"

namespace dbssd::overview {
namespace {

using cloud::InstanceStatus;

/// "start rule keep-running", "report daily-sox"; empty where none does.
std::string selecting_rule(const policy::Policy& policy, const ProjectName& project,
                           const journal::InstanceRecord& instance) {
  const auto is_meant = [&](const auto& rule) {
    return policy::selects(rule.select, project.str(), instance.name, instance.id.str());
  };
  for (const policy::StartRule& rule : policy.instances.start)
    if (is_meant(rule)) return "start rule " + rule.name;
  for (const policy::ReportRule& rule : policy.reports)
    if (is_meant(rule)) return "report " + rule.name.str();
  return {};
}

/// Frozen in one way or another, as the service numbers them.
bool is_frozen(const journal::InstanceRecord& instance) {
  return instance.status == InstanceStatus::frozen ||
         (instance.status != InstanceStatus::active && instance.effect && *instance.effect >= 1 &&
          *instance.effect <= 3);
}

/// Empty of an instance that is well, or that a start or some time may make so.
std::string_view trouble_of(const journal::InstanceRecord& instance) {
  if (instance.vanished) return trouble::kVanished;
  if (is_frozen(instance)) return trouble::kFrozen;
  switch (instance.status) {
    case InstanceStatus::error:
      return trouble::kInError;
    case InstanceStatus::deleting:
    case InstanceStatus::deleted:
      return trouble::kDeleted;
    case InstanceStatus::unknown:
      return trouble::kStatusUnknown;
    default:
      return {};
  }
}

std::string reason_of(const journal::InstanceRecord& instance, const std::string& rule) {
  std::string reason = instance.vanished ? "it is no longer listed" : "the list says ";
  if (!instance.vanished) reason += to_string(instance.status);
  if (!instance.vanished && instance.status != InstanceStatus::frozen && is_frozen(instance))
    reason += ", frozen with effect " + std::to_string(*instance.effect);
  return reason + (rule.empty() ? ", and no rule selects it" : ", and " + rule + " selects it");
}

}  // namespace

void add_selected(ProjectOverview& project, const policy::Policy& policy,
                  const std::vector<journal::InstanceRecord>& instances, Instant now) {
  for (const journal::InstanceRecord& instance : instances) {
    const std::string_view what = trouble_of(instance);
    if (what.empty()) continue;
    const Instant since =
        instance.vanished ? instance.vanished_at.value_or(instance.changed_at) : instance.changed_at;
    if (instance.vanished && since <= now - kVanishedSince) continue;
    const std::string rule = selecting_rule(policy, project.name, instance);
    if (instance.vanished && rule.empty()) continue;  // it is counted
    (rule.empty() ? project.not_selected : project.wrong)
        .push_back({.what = std::string(what),
                    .instance = instance.id,
                    .instance_name = instance.name,
                    .since = since,
                    .reason = reason_of(instance, rule)});
  }
}

}  // namespace dbssd::overview
