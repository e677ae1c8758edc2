#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "overview/json.h"

namespace dbssd::overview {

using Json = nlohmann::ordered_json;

Json to_json(const BlindInstance& blind, Instant now) {
  return {{"project", blind.project.str()},
          {"instance_id", blind.instance.str()},
          {"instance_name", blind.instance_name},
          {"status", to_string(blind.status)},
          {"since", format_utc(blind.since)},
          {"seconds", std::max(now - blind.since, Seconds::zero()).count()},
          {"reason", blind.reason}};
}

Json to_json(const TimelineRow& row) {
  Json marks = Json::array();
  for (const Mark& mark : row.marks)
    marks.push_back({{"at", format_utc(mark.at)},
                     {"until", time_or_null(mark.until)},
                     {"finished", mark.finished},
                     {"running", mark.running},
                     {"failed", mark.failed},
                     {"missed", mark.missed},
                     {"due", mark.due}});
  return {{"project", row.project.str()}, {"report", row.report.str()}, {"marks", std::move(marks)}};
}

Json to_json(const ReportCoverage& report) {
  const bool empty = report.segments.empty();
  Json segments = Json::array();
  for (const CoverageSegment& segment : report.segments)
    segments.push_back({{"begin", format_utc(segment.span.begin)},
                        {"end", format_utc(segment.span.end)},
                        {"state", to_string(segment.state)},
                        {"instances", segment.instances},
                        {"reason", segment.reason}});
  Json gaps = Json::array();
  for (const CoverageGap& gap : report.newest_gaps) {
    Json document{{"instance_id", gap.instance.str()}, {"instance_name", gap.instance_name}};
    document.update(to_json(gap.what));
    gaps.push_back(std::move(document));
  }
  return {{"project", report.project.str()},
          {"report", report.report.str()},
          {"instances", report.instances},
          {"from", empty ? Json() : Json(format_utc(report.span.begin))},
          {"to", empty ? Json() : Json(format_utc(report.span.end))},
          {"segments", std::move(segments)},
          {"gaps", std::move(gaps)},
          {"gaps_more", report.gaps - report.newest_gaps.size()}};
}

}  // namespace dbssd::overview
