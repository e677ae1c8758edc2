#include "cli/overview_text.h"

#include <algorithm>
#include <iomanip>
#include <ostream>

#include "base/text.h"
#include "cli/printing.h"
#include "cli/run_lines.h"

namespace dbssd::cli {

using overview::ComingFire;
using overview::Overview;
using overview::ProjectOverview;
using overview::Standing;

namespace {

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
    const overview::Series& series = overview.newest_gap->series;
    const planner::Uncovered& gap = overview.newest_gap->coverage.gaps.back();
    out << "; the newest, of " << one_line(series.report.str()) << " on "
        << one_line(overview.newest_gap_name) << " in " << one_line(series.project.str()) << ", is "
        << format_utc(gap.span.begin) << " to " << format_utc(gap.span.end) << ", " << text_of(gap)
        << "; dbssd history has all";
  }
  out << '\n';
}

}  // namespace dbssd::cli
