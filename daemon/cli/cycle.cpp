#include "cli/cycle.h"

#include <algorithm>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.h"
#include "cli/command.h"
#include "cli/printing.h"
#include "planner/left_alone.h"

namespace dbssd::cli {
namespace {

using Json = nlohmann::ordered_json;
using Project = engine::CycleReport::Project;

/// Longer subjects push their reason to the right instead of everybody's.
constexpr std::size_t kWidestSubject = 72;
constexpr std::size_t kVerdictWidth = 6;

std::string name_of(const std::string& instance_name, const InstanceId& id) {
  return one_line(instance_name.empty() ? id.str() : instance_name);
}

std::string subject_of(const telemetry::Event& event) {
  std::string subject = one_line(event.msg);
  if (!event.report.empty()) subject += ": " + event.report.str();
  if (!event.instance_id.empty()) subject += " on " + name_of(event.instance_name, event.instance_id);
  if (event.scheduled_time) subject += " at " + format_utc(*event.scheduled_time);
  return subject;
}

std::string subject_of(const planner::Action& action) {
  const std::string& name = action.instance_name;
  return one_line(describe(action.call) + (name.empty() ? "" : " (" + name + ")"));
}

Json to_json(const planner::Action& action) {
  Json document{{"action", describe(action.call)}, {"changes_the_cloud", changes_the_cloud(action.call)}};
  if (const InstanceId* instance = instance_of(action.call)) document["instance_id"] = instance->str();
  if (!action.instance_name.empty()) document["instance_name"] = action.instance_name;
  document["reason"] = action.reason;
  return document;
}

Json to_json(const planner::Standing& standing) {
  Json document{{"verdict", standing.verdict},
                {"instance_id", standing.instance.str()},
                {"instance_name", standing.instance_name}};
  if (!standing.report.empty()) document["report"] = standing.report.str();
  if (standing.scheduled) document["scheduled_time"] = format_utc(*standing.scheduled);
  document["reason"] = standing.reason;
  return document;
}

Json to_json(const telemetry::Event& event) {
  Json document{{"decision", event.msg}};
  if (!event.instance_id.empty()) document["instance_id"] = event.instance_id.str();
  if (!event.instance_name.empty()) document["instance_name"] = event.instance_name;
  if (!event.report.empty()) document["report"] = event.report.str();
  if (event.scheduled_time) document["scheduled_time"] = format_utc(*event.scheduled_time);
  if (event.window) {
    document["window_begin"] = format_utc(event.window->begin);
    document["window_end"] = format_utc(event.window->end);
  }
  document["reason"] = event.reason;
  return document;
}

Json to_json(const Project& project) {
  Json document{{"project", project.name.str()}, {"asked", project.asked}, {"failures", project.failures}};
  if (!project.first_failure.empty()) document["first_failure"] = project.first_failure;
  if (!project.plan.clock_hold.empty()) document["clock_held"] = project.plan.clock_hold;
  document["actions"] = Json::array();
  for (const planner::Action& action : project.plan.actions) document["actions"].push_back(to_json(action));
  document["records"] = Json::array();
  for (const telemetry::Event& event : project.plan.events) document["records"].push_back(to_json(event));
  document["standing"] = Json::array();
  for (const planner::Standing& standing : project.plan.standing)
    document["standing"].push_back(to_json(standing));
  if (project.plan.next_wall) document["next_wake_up"] = format_utc(*project.plan.next_wall);
  return document;
}

}  // namespace

std::vector<Decision> decisions_of(const planner::Plan& plan) {
  std::vector<Decision> decisions;
  for (const planner::Action& action : plan.actions) {
    decisions.push_back({"do", subject_of(action), one_line(action.reason)});
  }
  for (const telemetry::Event& event : plan.events) {
    decisions.push_back({"record", subject_of(event), one_line(event.reason)});
  }
  for (const planner::Standing& standing : plan.standing) {
    decisions.push_back(
        {standing.verdict, one_line(planner::subject_of(standing)), one_line(standing.reason)});
  }
  return decisions;
}

void print_text(const engine::CycleReport& cycle, std::ostream& out, const Paint& paint) {
  for (const Project& project : cycle.projects) {
    const auto decisions = decisions_of(project.plan);
    std::size_t width = 0;
    for (const Decision& decision : decisions) width = std::max(width, decision.subject.size());
    width = std::min(width, kWidestSubject);

    out << "project " << project.name.str() << ": " << counted(project.plan.actions.size(), "call")
        << " to make";
    if (!project.asked) out << "; " << paint(Tone::error, "the cloud did not answer");
    out << '\n' << std::left;
    if (!project.plan.clock_hold.empty())
      out << "  " << paint(Tone::error, "clock held") << ": " << one_line(project.plan.clock_hold) << '\n';
    for (const auto& [verdict, subject, reason] : decisions) {
      const std::string word = padded(verdict, kVerdictWidth);
      out << "  " << (verdict == "do" ? paint(Tone::head, word) : word) << "  ";
      if (reason.empty()) {
        out << subject << '\n';
      } else {
        out << std::setw(static_cast<int>(width)) << subject << "  " << reason << '\n';
      }
    }
  }
}

nlohmann::ordered_json to_json(const engine::CycleReport& cycle) {
  Json document{{"projects", Json::array()}};
  for (const Project& project : cycle.projects) document["projects"].push_back(to_json(project));
  return document;
}

int report_failures(const engine::CycleReport& cycle, std::ostream& err) {
  std::size_t failed = 0;
  std::size_t asked = 0;
  for (const Project& project : cycle.projects) {
    if (project.asked) ++asked;
    if (project.asked && project.failures == 0) continue;
    ++failed;
    err << "dbssd: project " << project.name.str() << ": " << counted(project.failures, "failure");
    if (!project.first_failure.empty()) err << ", the first: " << one_line(project.first_failure);
    err << '\n';
  }
  if (failed == 0) return kWell;
  return asked == 0 ? kNotAsked : kFailed;
}

}  // namespace dbssd::cli
