#include "overview/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "overview/trouble.h"

namespace dbssd::overview {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Standing& standing) {
  Json document{{"what", standing.what}};
  if (!standing.instance.empty()) {
    document["instance_id"] = standing.instance.str();
    document["instance_name"] = standing.instance_name;
  }
  if (!standing.resource.empty()) document["resource_id"] = standing.resource.str();
  if (!standing.report.empty()) document["report"] = standing.report.str();
  if (standing.scheduled) document["scheduled_time"] = format_utc(*standing.scheduled);
  if (standing.since) document["since"] = format_utc(*standing.since);
  if (standing.percentum) document["percentum"] = *standing.percentum;
  document["reason"] = standing.reason;
  if (const std::string_view remedy = remedy_for(standing.what); !remedy.empty()) document["remedy"] = remedy;
  return document;
}

/// Of what is wrong, in flight or waiting in a project.
constexpr std::size_t kMostStandings = 500;

void add(Json& document, const char* name, const std::vector<Standing>& list) {
  const std::size_t shown = std::min(list.size(), kMostStandings);
  Json documents = Json::array();
  for (std::size_t i = 0; i < shown; ++i) documents.push_back(to_json(list[i]));
  document[name] = std::move(documents);
  document[std::string(name) + "_more"] = list.size() - shown;
}

Json to_json(const ProjectOverview& project) {
  Json instances = Json::object();
  for (const auto& [status, count] : project.instances) instances[status] = count;
  Json token;
  if (project.token)
    token = {{"issued", format_utc(project.token->issued)}, {"expires", format_utc(project.token->expires)}};
  Json document{{"project", project.name.str()},
                {"reachable", project.reachable ? Json(*project.reachable) : Json()},
                {"failing_since", time_or_null(project.failing_since)},
                {"failure", project.failure},
                {"answered", time_or_null(project.answered)},
                {"listed", time_or_null(project.listed)},
                {"token", std::move(token)},
                {"instances", std::move(instances)},
                {"vanished", project.vanished}};
  add(document, "wrong", project.wrong);
  add(document, "in_flight", project.in_flight);
  add(document, "waiting", project.waiting);
  add(document, "not_selected", project.not_selected);
  return document;
}

Json to_json(const ComingFire& fire) {
  return {{"scheduled_time", format_utc(fire.at)}, {"project", fire.project.str()},
          {"report", fire.report.str()},           {"instance_id", fire.instance.str()},
          {"instance_name", fire.instance_name},   {"instances", fire.instances}};
}

Json keeper_json(const Overview& overview) {
  const auto& keeper = overview.keeper;
  const bool held = keeper && keeper->stands == journal::Keeper::Stands::holds;
  Json document{{"path", overview.state_path},
                {"held", keeper ? Json(held) : Json()},
                {"process", held ? Json(keeper->process) : Json()},
                {"since", keeper ? time_or_null(keeper->since) : Json()}};
  if (!overview.keeper_error.empty()) document["error"] = overview.keeper_error;
  return document;
}

}  // namespace

Json time_or_null(const std::optional<Instant>& time) { return time ? Json(format_utc(*time)) : Json(); }

Json to_json(const planner::Uncovered& uncovered) {
  return {{"begin", format_utc(uncovered.span.begin)},
          {"end", format_utc(uncovered.span.end)},
          {"outcome", uncovered.outcome ? Json(journal::to_string(*uncovered.outcome)) : Json()},
          {"reason", uncovered.reason}};
}

Json to_json(const Overview& overview) {
  Json document{
      {"time", format_utc(overview.now)}, {"well", is_well(overview)}, {"state", keeper_json(overview)}};
  add(document, "wrong", overview.wrong);
  document["projects"] = Json::array();
  document["next"] = Json::array();
  for (const ProjectOverview& project : overview.projects) document["projects"].push_back(to_json(project));
  for (const ComingFire& fire : overview.next) document["next"].push_back(to_json(fire));
  Json newest;
  if (overview.newest_gap) {
    const Series& series = overview.newest_gap->series;
    newest = {{"project", series.project.str()},
              {"report", series.report.str()},
              {"instance_id", series.instance.str()},
              {"instance_name", overview.newest_gap_name}};
    newest.update(to_json(overview.newest_gap->coverage.gaps.back()));
  }
  document["gaps"] = {{"count", overview.gaps}, {"newest", std::move(newest)}};
  document["blind"] = Json::array();
  for (const BlindInstance& blind : overview.blind.longest)
    document["blind"].push_back(to_json(blind, overview.now));
  document["blind_more"] = overview.blind.count - overview.blind.longest.size();
  Json rows = Json::array();
  for (const TimelineRow& row : overview.timeline) rows.push_back(to_json(row));
  document["timeline"] = {{"from", format_utc(overview.now - kTimelineReach)},
                          {"to", format_utc(overview.now + kTimelineReach)},
                          {"rows", std::move(rows)},
                          {"rows_more", overview.timeline_more}};
  document["coverage"] = Json::array();
  for (const ReportCoverage& report : overview.coverage) document["coverage"].push_back(to_json(report));
  document["coverage_more"] = overview.coverage_more;
  return document;
}

}  // namespace dbssd::overview
