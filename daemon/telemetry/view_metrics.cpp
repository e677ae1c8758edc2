#include "telemetry/gauges.h"
#include "telemetry/view.h"

namespace dbssd::telemetry {

using prometheus::MetricFamily;

std::vector<MetricFamily> service_metrics(const ServiceState& service, const std::string& version) {
  MetricFamily build = gauges("dbssd_build_info", "1; the version is in the label.");
  add(build, {{"version", version}}, 1);
  std::vector<MetricFamily> families{build};
  if (!service.fingerprint.empty()) {
    MetricFamily policy =
        gauges("dbssd_policy_info", "1; the fingerprint of the policy in force is in the label.");
    add(policy, {{"fingerprint", service.fingerprint}}, 1);
    families.push_back(std::move(policy));
  }
  families.push_back(gauge("dbssd_policy_reload_success", "0 where the last reload was refused, else 1.",
                           service.refused ? 0 : 1));
  if (service.policy_since) {
    MetricFamily since =
        gauges("dbssd_policy_reload_success_timestamp_seconds", "When the policy in force was taken up.");
    add(since, {}, *service.policy_since);
    families.push_back(std::move(since));
  }
  MetricFamily lanes =
      gauges("dbssd_lane_last_turn_timestamp_seconds", "When the project's lane last came round.");
  for (const auto& [project, turned] : service.lanes) {
    const auto wall = service.turned.wall - std::chrono::floor<Millis>(service.turned.mono - turned);
    add(lanes, {{"project", project.str()}}, std::chrono::floor<Seconds>(wall));
  }
  families.push_back(std::move(lanes));
  return families;
}

std::vector<MetricFamily> overview_metrics(const overview::Overview& overview) {
  MetricFamily looked =
      gauges("dbssd_status_timestamp_seconds", "When what is below was read from the state.");
  add(looked, {}, overview.now);
  return {looked};
}

}  // namespace dbssd::telemetry
