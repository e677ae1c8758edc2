#include <algorithm>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/overview.h"
#include "cli/printing.h"
#include "cli/run_lines.h"

namespace dbssd::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Of each list; the rest is counted.
constexpr std::size_t kMostLines = 8;
constexpr std::size_t kWidestSubject = 72;

std::string subject_of(const Standing& standing) {
  std::string subject = standing.instance_name.empty() ? standing.instance.str() : standing.instance_name;
  if (subject.empty()) subject = standing.resource.str();
  if (!standing.report.empty()) subject = standing.report.str() + (subject.empty() ? "" : " on " + subject);
  if (standing.scheduled) subject += " at " + format_utc(*standing.scheduled);
  return one_line(subject);
}

/// "40 %, for 3m: accepted; …"
std::string detail_of(const Standing& standing, Instant now) {
  std::string text;
  if (standing.percentum) text = std::to_string(*standing.percentum) + " %";
  if (standing.since && *standing.since <= now)
    text += (text.empty() ? "for " : ", for ") + format_duration(now - *standing.since);
  if (!standing.reason.empty()) text += (text.empty() ? "" : ": ") + one_line(standing.reason);
  return text;
}

void print(const char* kind, const std::vector<Standing>& list, Instant now, std::ostream& out) {
  const std::size_t shown = std::min(list.size(), kMostLines);
  std::size_t what_width = 0, subject_width = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    what_width = std::max(what_width, list[i].what.size());
    subject_width = std::max(subject_width, std::min(subject_of(list[i]).size(), kWidestSubject));
  }
  for (std::size_t i = 0; i < shown; ++i)
    out << "  " << std::left << std::setw(9) << kind << "  " << std::setw(static_cast<int>(what_width))
        << list[i].what << "  " << std::setw(static_cast<int>(subject_width)) << subject_of(list[i]) << "  "
        << detail_of(list[i], now) << '\n';
  if (list.size() > shown)
    out << "  " << std::left << std::setw(9) << kind << "  and " << list.size() - shown
        << " more; --output json has all\n";
}

void print(const ProjectOverview& project, Instant now, std::ostream& out) {
  out << "project " << one_line(project.name.str()) << ": " << census(project.instances);
  if (project.vanished > 0) out << "; " << project.vanished << " no longer listed";
  out << '\n';
  print("wrong", project.wrong, now, out);
  print("in flight", project.in_flight, now, out);
  print("waiting", project.waiting, now, out);
}

void print_holder(const Overview& overview, std::ostream& out) {
  const std::string path = one_line(overview.state_path);
  if (!overview.holder_error.empty()) {
    out << "whether a daemon runs is not known: " << one_line(overview.holder_error) << '\n';
  } else if (overview.holder) {
    out << "a daemon runs: process " << one_line(*overview.holder) << " holds " << path << '\n';
  } else {
    out << "no daemon runs: nobody holds " << path << '\n';
  }
}

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
  return document;
}

Json to_json(const std::vector<Standing>& list) {
  Json documents = Json::array();
  for (const Standing& standing : list) documents.push_back(to_json(standing));
  return documents;
}

Json to_json(const ProjectOverview& project) {
  Json instances = Json::object();
  for (const auto& [status, count] : project.instances) instances[status] = count;
  return {{"project", project.name.str()},
          {"instances", std::move(instances)},
          {"vanished", project.vanished},
          {"wrong", to_json(project.wrong)},
          {"in_flight", to_json(project.in_flight)},
          {"waiting", to_json(project.waiting)}};
}

Json to_json(const ComingFire& fire) {
  return {{"scheduled_time", format_utc(fire.at)}, {"project", fire.project.str()},
          {"report", fire.report.str()},           {"instance_id", fire.instance.str()},
          {"instance_name", fire.instance_name},   {"instances", fire.instances}};
}

Json holder_json(const Overview& overview) {
  Json document{{"path", overview.state_path},
                {"held", overview.holder_error.empty() ? Json(overview.holder.has_value()) : Json()},
                {"process", overview.holder ? Json(*overview.holder) : Json()}};
  if (!overview.holder_error.empty()) document["error"] = overview.holder_error;
  return document;
}

}  // namespace

void print_text(const Overview& overview, std::ostream& out) {
  print_holder(overview, out);
  for (const ProjectOverview& project : overview.projects) print(project, overview.now, out);

  if (!overview.next.empty()) out << "next\n";
  for (const ComingFire& fire : overview.next) {
    out << "  " << format_utc(fire.at) << "  " << one_line(fire.project.str()) << "  "
        << one_line(fire.report.str()) << " on " << one_line(fire.instance_name);
    if (fire.instances > 1) out << " and " << counted(fire.instances - 1, "other");
    out << '\n';
  }

  out << counted(overview.gaps, "gap") << " in the last 31 days";
  if (overview.newest_gap) {
    const Series& series = overview.newest_gap->series;
    const planner::Uncovered& gap = overview.newest_gap->coverage.gaps.back();
    out << "; the newest, of " << one_line(series.report.str()) << " on "
        << one_line(overview.newest_gap_name) << " in " << one_line(series.project.str()) << ", is "
        << format_utc(gap.span.begin) << " to " << format_utc(gap.span.end) << ", " << text_of(gap)
        << "; dbssd history has all";
  }
  out << '\n';
}

Json to_json(const Overview& overview) {
  Json document{{"time", format_utc(overview.now)},
                {"well", is_well(overview)},
                {"state", holder_json(overview)},
                {"projects", Json::array()},
                {"next", Json::array()}};
  for (const ProjectOverview& project : overview.projects) document["projects"].push_back(to_json(project));
  for (const ComingFire& fire : overview.next) document["next"].push_back(to_json(fire));
  Json newest;
  if (overview.newest_gap) {
    const Series& series = overview.newest_gap->series;
    newest = {{"project", series.project.str()},
              {"report", series.report.str()},
              {"instance_id", series.instance.str()},
              {"instance_name", overview.newest_gap_name}};
    newest.update(cli::to_json(overview.newest_gap->coverage.gaps.back()));
  }
  document["gaps"] = {{"count", overview.gaps}, {"newest", std::move(newest)}};
  return document;
}

}  // namespace dbssd::cli
