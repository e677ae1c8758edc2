#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "overview/trouble.h"
#include "telemetry/gauges.h"
#include "telemetry/view.h"

namespace dbssd::telemetry {

using overview::ProjectOverview;
using prometheus::MetricFamily;

namespace {

std::size_t count_of(const std::vector<overview::Standing>& list, std::string_view what) {
  return static_cast<std::size_t>(std::ranges::count(list, what, &overview::Standing::what));
}

void append_projects(std::vector<MetricFamily>& families, const overview::Overview& overview) {
  const auto each = [&](const char* name, const char* help, const auto& samples) {
    MetricFamily family = gauges(name, help);
    for (const ProjectOverview& project : overview.projects)
      samples(project, [&](double value, std::initializer_list<Label> more = {}) {
        add(family, {{"project", project.name.str()}}, value);
        for (const auto& [label, text] : more) family.metric.back().label.push_back({label, text});
      });
    families.push_back(std::move(family));
  };
  const auto seconds = [](Instant time) { return static_cast<double>(time.time_since_epoch().count()); };
  each("dbssd_project_up", "1 where the cloud's last word was an answer, 0 where it has failed since.",
       [](const ProjectOverview& project, const auto& sample) {
         if (project.reachable) sample(*project.reachable ? 1 : 0);
       });
  each("dbssd_project_answer_timestamp_seconds", "When the cloud last answered.",
       [&](const ProjectOverview& project, const auto& sample) {
         if (project.answered) sample(seconds(*project.answered));
       });
  each("dbssd_project_list_timestamp_seconds", "When the project's instances were last listed.",
       [&](const ProjectOverview& project, const auto& sample) {
         if (project.listed) sample(seconds(*project.listed));
       });
  each("dbssd_token_issued_timestamp_seconds", "When the project's token was issued.",
       [&](const ProjectOverview& project, const auto& sample) {
         if (project.token) sample(seconds(project.token->issued));
       });
  each("dbssd_token_expiry_timestamp_seconds", "When the project's token ends.",
       [&](const ProjectOverview& project, const auto& sample) {
         if (project.token) sample(seconds(project.token->expires));
       });
  each("dbssd_instances", "Instances that are there, of each status.",
       [](const ProjectOverview& project, const auto& sample) {
         for (int i = 0; i <= static_cast<int>(cloud::InstanceStatus::unknown); ++i) {
           const std::string status(to_string(static_cast<cloud::InstanceStatus>(i)));
           const auto known = project.instances.find(status);
           sample(known == project.instances.end() ? 0 : static_cast<double>(known->second),
                  {{"status", status}});
         }
       });
  each(
      "dbssd_instances_blind", "Instances that are there and not ACTIVE: they record nothing.",
      [](const ProjectOverview& project, const auto& sample) { sample(static_cast<double>(project.blind)); });
  each("dbssd_instances_held", "Instances that are not started because something keeps stopping them.",
       [](const ProjectOverview& project, const auto& sample) {
         sample(static_cast<double>(count_of(project.wrong, overview::trouble::kHeld)));
       });
  each("dbssd_starts_overdue", "Instances that were started and are not ACTIVE in time.",
       [](const ProjectOverview& project, const auto& sample) {
         sample(static_cast<double>(count_of(project.wrong, overview::trouble::kStartOverdue)));
       });
  each("dbssd_creations", "Creations that are followed, overdue, or have failed within a day.",
       [](const ProjectOverview& project, const auto& sample) {
         const auto creations = [&](const auto& list, std::string_view what, const char* state) {
           sample(static_cast<double>(count_of(list, what)), {{"state", state}});
         };
         creations(project.in_flight, "creation", "followed");
         creations(project.wrong, overview::trouble::kCreationOverdue, "overdue");
         creations(project.wrong, overview::trouble::kCreationFailed, "failed");
       });
}

/// Each kind is there from 0 on: an alert sees the first one only where there was a 0 before it.
void append_wrong(std::vector<MetricFamily>& families, const overview::Overview& overview) {
  MetricFamily wrong = gauges("dbssd_wrong", "How many things are wrong, by what they are.");
  const auto add_all = [&wrong](const std::string& project, const auto& list, const auto& kinds) {
    for (const overview::Trouble& kind : kinds)
      add(wrong, {{"project", project}, {"what", std::string(kind.what)}},
          static_cast<double>(count_of(list, kind.what)));
  };
  const std::span all(overview::kTroubles);
  add_all("", overview.wrong, all.first(overview::kOfTheService));
  for (const ProjectOverview& project : overview.projects)
    add_all(project.name.str(), project.wrong, all.subspan(overview::kOfTheService));
  families.push_back(std::move(wrong));
  families.push_back(well_metric(is_well(overview)));
}

void append_reports(std::vector<MetricFamily>& families, const overview::Overview& overview) {
  MetricFamily open =
      gauges("dbssd_reports_open", "Scheduled reports that have not ended, by how they stand.");
  MetricFamily covered = gauges("dbssd_report_covered_until_timestamp_seconds",
                                "Up to where finished reports cover the instance that lags most.");
  MetricFamily next = gauges("dbssd_report_next_timestamp_seconds", "The next scheduled time.");
  MetricFamily holes =
      gauges("dbssd_coverage_gaps", "Stretches of the last 31 days that no report covers or will.");
  for (const ProjectOverview& project : overview.projects) {
    for (const auto& [name, report] : project.reports) {
      const Label of_project{"project", project.name.str()};
      const Label of_report{"report", name.str()};
      for (const auto& [state, count] :
           {std::pair("waiting", report.waiting), std::pair("in_flight", report.in_flight),
            std::pair("overdue", report.overdue), std::pair("undecided", report.undecided)})
        add(open, {of_project, of_report, {"state", state}}, static_cast<double>(count));
      if (report.covered_until) add(covered, {of_project, of_report}, *report.covered_until);
      if (report.next) add(next, {of_project, of_report}, *report.next);
      add(holes, {of_project, of_report}, static_cast<double>(report.gaps));
    }
  }
  for (MetricFamily* family : {&open, &covered, &next, &holes}) families.push_back(std::move(*family));
}

}  // namespace

std::vector<MetricFamily> service_metrics(const ServiceState& service, const std::string& version) {
  MetricFamily build = gauges("dbssd_build_info", "1; the version is in the label.");
  add(build, {{"version", version}}, 1);
  MetricFamily policy =
      gauges("dbssd_policy_info", "1; the fingerprint of the policy in force is in the label.");
  add(policy, {{"fingerprint", service.fingerprint}}, 1);
  MetricFamily since =
      gauges("dbssd_policy_reload_success_timestamp_seconds", "When the policy in force was taken up.");
  add(since, {}, service.policy_since);
  MetricFamily lanes =
      gauges("dbssd_lane_last_turn_timestamp_seconds", "When the project's lane last came round.");
  for (const auto& [project, turned] : service.lanes) {
    const auto wall = service.turned.wall - std::chrono::floor<Millis>(service.turned.mono - turned);
    add(lanes, {{"project", project.str()}}, std::chrono::floor<Seconds>(wall));
  }
  return {build, policy,
          gauge("dbssd_policy_reload_success", "0 where the last reload was refused, else 1.",
                service.refused.empty() ? 1 : 0),
          since, lanes};
}

MetricFamily well_metric(bool well) {
  return gauge("dbssd_well", "1 where `dbssd status` would say that all is well, else 0.", well ? 1 : 0);
}

std::vector<MetricFamily> overview_metrics(const overview::Overview& overview) {
  std::vector<MetricFamily> families;
  append_wrong(families, overview);
  append_projects(families, overview);
  append_reports(families, overview);
  families.push_back(
      gauges("dbssd_status_timestamp_seconds", "When the metrics of the state were read from it."));
  add(families.back(), {}, overview.now);
  return families;
}

}  // namespace dbssd::telemetry
