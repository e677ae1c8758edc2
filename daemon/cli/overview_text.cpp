#include "cli/overview_text.h"

#include <algorithm>
#include <iomanip>
#include <map>
#include <ostream>
#include <tuple>

#include "base/text.h"
#include "cli/printing.h"
#include "cli/run_lines.h"
#include "overview/trouble.h"

namespace dbssd::cli {

using overview::ComingFire;
using overview::Overview;
using overview::ProjectOverview;
using overview::Standing;
namespace trouble = overview::trouble;

namespace {

// Of each list; the rest is counted.
constexpr std::size_t kMostProjects = 10;
constexpr std::size_t kMostWrong = 6;
constexpr std::size_t kMostInFlight = 5;
constexpr std::size_t kMostWaiting = 3;
constexpr std::size_t kMostNotSelected = 2;
constexpr std::size_t kWidestColumn = 44;

using Row = std::vector<std::string>;

/// How wide each column but the last is. What is wider than that pushes the rest of its line to the right.
std::vector<std::size_t> widths_of(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size() - 1));
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      widths[i] = std::max(widths[i], std::min(row[i].size(), kWidestColumn));
  }
  return widths;
}

// --- the projects ---

std::string cloud_of(const ProjectOverview& project, Instant now) {
  if (!project.reachable) return "not asked yet";
  if (!*project.reachable) return "fails for " + rough_duration(now - *project.failing_since);
  return "answered " + rough_duration(now - *project.answered) + " ago";
}

std::string token_of(const ProjectOverview& project, Instant now) {
  if (!project.token) return "-";
  if (project.token->expires <= now) return "ended";
  return rough_duration(now - project.token->issued) + " of " +
         rough_duration(project.token->expires - project.token->issued);
}

/// "3: 2 ACTIVE, 1 SHUTOFF; 1 no longer listed"
std::string instances_of(const ProjectOverview& project) {
  std::string text = std::to_string(total_of(project.instances)) + by_status(project.instances);
  if (project.vanished > 0) text += "; " + std::to_string(project.vanished) + " no longer listed";
  return text;
}

bool is_failing(const ProjectOverview& project) { return !project.reachable.value_or(true); }

/// By what the list below says of it.
Tone tone_of(const ProjectOverview& project) {
  constexpr std::string_view kOfTheCloud[] = {trouble::kProjectFails, trouble::kNeverAsked,
                                              trouble::kNeverListed, trouble::kListOld};
  const bool is_wrong = std::ranges::any_of(project.wrong, [&](const Standing& standing) {
    return std::ranges::find(kOfTheCloud, standing.what) != std::end(kOfTheCloud);
  });
  return is_wrong ? Tone::error : Tone::well;
}

void print_projects(const Overview& overview, const Paint& paint, std::ostream& out) {
  std::vector<const ProjectOverview*> order;
  for (const ProjectOverview& project : overview.projects) order.push_back(&project);
  std::ranges::stable_sort(order,
                           [](const auto* a, const auto* b) { return is_failing(*a) > is_failing(*b); });

  std::vector<Row> rows{{"project", "cloud", "token age", "instances"}};
  for (const ProjectOverview* project : order) {
    if (rows.size() > kMostProjects) break;
    rows.push_back({one_line(project->name.str()), cloud_of(*project, overview.now),
                    token_of(*project, overview.now), instances_of(*project)});
  }
  const auto widths = widths_of(rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const auto tone = i == 0 ? Tone::head : tone_of(*order[i - 1]);
    const std::string name = padded(row[0], widths[0]), cloud = padded(row[1], widths[1]);
    out << (i == 0 ? paint(Tone::head, name) : name) << "  " << paint(tone, cloud) << "  "
        << padded(row[2], widths[2]) << "  " << row[3] << '\n';
  }
  if (order.size() >= rows.size()) {
    std::map<std::string, std::size_t> instances;
    std::size_t failing = 0;
    for (std::size_t i = rows.size() - 1; i < order.size(); ++i) {
      for (const auto& [status, count] : order[i]->instances) instances[status] += count;
      failing += is_failing(*order[i]) ? 1U : 0U;
    }
    out << "and " << counted(order.size() - rows.size() + 1, "more project")
        << (failing > 0 ? ", of which " + std::to_string(failing) + " fail: " : ": ") << census(instances)
        << '\n';
  }
}

// --- what there is to say of instances and reports ---

/// Standings that differ in their instance alone, or where they are about a whole project in that alone.
struct Alike {
  std::string project;  ///< of the first
  const Standing* first;
  std::size_t count = 1;
  std::optional<Instant> since;
  int least = 100;
  int most = 0;
};

bool is_of_a_project(const Standing& standing) {
  return standing.instance.empty() && standing.resource.empty() && standing.report.empty();
}

class AlikeStandings {
 public:
  void add(const std::string& project, const Standing& standing) {
    const auto [entry, is_new] =
        known_.try_emplace({is_of_a_project(standing) ? std::string() : project, standing.what,
                            standing.report, standing.scheduled, standing.reason},
                           all_.size());
    if (is_new) all_.push_back({project, &standing, 0, standing.since});
    Alike& alike = all_[entry->second];
    ++alike.count;
    if (standing.since) alike.since = std::min(alike.since.value_or(*standing.since), *standing.since);
    if (standing.percentum) {
      alike.least = std::min(alike.least, *standing.percentum);
      alike.most = std::max(alike.most, *standing.percentum);
    }
  }

  /// The gravest first, otherwise as they came.
  std::vector<Alike> in_order() && {
    std::ranges::stable_sort(all_, {},
                             [](const Alike& alike) { return overview::rank_of(alike.first->what); });
    return std::move(all_);
  }

 private:
  std::vector<Alike> all_;
  std::map<std::tuple<std::string, std::string, ReportName, std::optional<Instant>, std::string>, std::size_t>
      known_;
};

using List = std::vector<Standing> ProjectOverview::*;

std::vector<Alike> alike_in(const Overview& overview, List list) {
  AlikeStandings all;
  if (list == &ProjectOverview::wrong)
    for (const Standing& standing : overview.wrong) all.add({}, standing);
  for (const ProjectOverview& project : overview.projects)
    for (const Standing& standing : project.*list) all.add(project.name.str(), standing);
  return std::move(all).in_order();
}

std::string subject_of(const Alike& alike, Instant now) {
  const Standing& standing = *alike.first;
  std::string subject = standing.instance_name.empty() ? standing.instance.str() : standing.instance_name;
  if (subject.empty()) subject = standing.resource.str();
  if (is_of_a_project(standing)) subject = alike.project;
  if (alike.count > 1) subject += " and " + counted(alike.count - 1, "other");
  if (!standing.report.empty()) subject = standing.report.str() + (subject.empty() ? "" : " on " + subject);
  if (standing.scheduled) subject += ", " + short_utc(*standing.scheduled, now);
  return one_line(subject);
}

/// "40 %, for 3m: accepted; …"
std::string detail_of(const Alike& alike, Instant now) {
  std::string text;
  if (alike.first->percentum) {
    if (alike.least < alike.most) text = std::to_string(alike.least) + " to ";
    text += std::to_string(alike.most) + " %";
  }
  if (alike.since && *alike.since <= now)
    text += (text.empty() ? "for " : ", for ") + rough_duration(now - *alike.since);
  if (!alike.first->reason.empty()) text += (text.empty() ? "" : ": ") + one_line(alike.first->reason);
  return text;
}

void print_list(const char* head, Tone tone, const Overview& overview, List list, std::size_t most,
                const Paint& paint, std::ostream& out) {
  const std::vector<Alike> all = alike_in(overview, list);
  if (all.empty()) return;
  std::vector<Row> rows;
  std::size_t left = 0;
  for (const Alike& alike : all) {
    if (rows.size() == most) {
      left += alike.count;
      continue;
    }
    Row row;
    if (overview.projects.size() > 1)
      row.push_back(is_of_a_project(*alike.first) ? "" : one_line(alike.project));
    row.push_back(alike.first->what);
    row.push_back(subject_of(alike, overview.now));
    row.push_back(detail_of(alike, overview.now));
    rows.push_back(std::move(row));
  }
  out << paint(tone, head) << '\n';
  const auto widths = widths_of(rows);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const Row& row = rows[r];
    for (std::size_t i = 0; i + 1 < row.size(); ++i) out << "  " << padded(row[i], widths[i]);
    out << "  " << row.back() << '\n';
    // What to do, once for all of a kind.
    const std::string& what = all[r].first->what;
    const bool is_last = r + 1 == rows.size() || all[r + 1].first->what != what;
    const std::string_view remedy =
        is_last && list == &ProjectOverview::wrong ? overview::remedy_for(what) : "";
    if (!remedy.empty()) out << "    to do: " << remedy << '\n';
  }
  if (left > 0) out << "  and " << left << " more; --output json has more\n";
}

void print_keeper(const Overview& overview, const Paint& paint, std::ostream& out) {
  const std::string path = one_line(overview.state_path);
  const auto& keeper = overview.keeper;
  if (!keeper) {
    out << paint(Tone::error, "whether a daemon runs is not known") << '\n';
  } else if (keeper->stands == journal::Keeper::Stands::holds) {
    out << "a daemon runs: process " << one_line(keeper->process) << " holds " << path << '\n';
  } else {
    out << paint(Tone::error, "no daemon runs:") << " nobody holds " << path << '\n';
  }
}

void print_next(const Overview& overview, const Paint& paint, std::ostream& out) {
  if (overview.next.empty()) return;
  out << paint(Tone::head, "next") << '\n';
  for (const ComingFire& fire : overview.next) {
    out << "  " << format_utc(fire.at) << "  in " << padded(rough_duration(fire.at - overview.now), 7);
    if (overview.projects.size() > 1) out << "  " << one_line(fire.project.str());
    out << "  " << one_line(fire.report.str()) << " on " << one_line(fire.instance_name);
    if (fire.instances > 1) out << " and " << counted(fire.instances - 1, "other");
    out << '\n';
  }
}

}  // namespace

void print_text(const Overview& overview, const Paint& paint, std::ostream& out) {
  print_keeper(overview, paint, out);
  print_projects(overview, paint, out);
  print_list("wrong", Tone::error, overview, &ProjectOverview::wrong, kMostWrong, paint, out);
  print_list("selected by no rule", Tone::head, overview, &ProjectOverview::not_selected, kMostNotSelected,
             paint, out);
  print_list("in flight", Tone::head, overview, &ProjectOverview::in_flight, kMostInFlight, paint, out);
  print_list("waiting", Tone::head, overview, &ProjectOverview::waiting, kMostWaiting, paint, out);
  print_next(overview, paint, out);

  const std::string gaps = counted(overview.gaps, "gap") + " in the last 31 days";
  out << paint(overview.gaps > 0 ? Tone::error : Tone::well, gaps);
  if (overview.newest_gap) {
    const overview::Series& series = overview.newest_gap->series;
    const planner::Uncovered& gap = overview.newest_gap->coverage.gaps.back();
    out << "; the newest, of " << one_line(series.report.str()) << " on "
        << one_line(overview.newest_gap_name) << " in " << one_line(series.project.str()) << ",\n  is "
        << format_utc(gap.span.begin) << " to " << format_utc(gap.span.end) << ", " << text_of(gap)
        << "; dbssd history has all, and dbssd trigger makes a report by hand";
  }
  out << '\n';
}

}  // namespace dbssd::cli
