#include "overview/report_coverage.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <utility>

namespace dbssd::overview {
namespace {

/// From `at` on there is one instance more, or one less, in that state.
struct Edge {
  Instant at{};
  CoverageState state = CoverageState::covered;
  int change = 0;
  const std::string* reason = nullptr;
};

std::vector<Edge> edges_of(std::span<const SeriesCoverage> all) {
  static const std::string kNone;
  std::vector<Edge> edges;
  const auto add = [&edges](const Window& span, CoverageState state, const std::string& reason) {
    edges.push_back({span.begin, state, 1, &reason});
    edges.push_back({span.end, state, -1, &reason});
  };
  for (const SeriesCoverage& one : all) {
    for (const Window& span : one.coverage.covered) add(span, CoverageState::covered, kNone);
    for (const planner::Uncovered& piece : one.coverage.pending)
      add(piece.span, CoverageState::pending, piece.reason);
    for (const planner::Uncovered& piece : one.coverage.gaps)
      add(piece.span, CoverageState::gap, piece.reason);
  }
  std::ranges::sort(edges, {}, &Edge::at);
  return edges;
}

/// How many instances are in each state, and why.
class Tally {
 public:
  void apply(const Edge& edge) {
    auto& reasons = reasons_[static_cast<std::size_t>(edge.state)];
    const auto known = reasons.try_emplace(*edge.reason, 0).first;
    known->second += edge.change;
    if (known->second == 0) reasons.erase(known);
  }

  /// Nothing where there are no instances at all.
  [[nodiscard]] std::optional<CoverageSegment> worst(const Window& span) const {
    for (const CoverageState state : {CoverageState::gap, CoverageState::pending, CoverageState::covered}) {
      const auto& reasons = reasons_[static_cast<std::size_t>(state)];
      if (reasons.empty()) continue;
      CoverageSegment segment{span, state, 0, reasons.begin()->first};
      for (const auto& [reason, instances] : reasons)
        segment.instances += static_cast<std::size_t>(instances);
      return segment;
    }
    return std::nullopt;
  }

 private:
  std::array<std::map<std::string, int>, 3> reasons_;
};

/// What touches and says the same is one.
void append(std::vector<CoverageSegment>& to, CoverageSegment segment) {
  if (!to.empty()) {
    CoverageSegment& last = to.back();
    if (last.span.end == segment.span.begin && last.state == segment.state &&
        last.instances == segment.instances && last.reason == segment.reason) {
      last.span.end = segment.span.end;
      return;
    }
  }
  to.push_back(std::move(segment));
}

std::vector<CoverageSegment> segments_of(const std::vector<Edge>& edges) {
  std::vector<CoverageSegment> segments;
  Tally tally;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    tally.apply(edges[i]);
    if (i + 1 == edges.size() || edges[i + 1].at == edges[i].at) continue;
    if (auto segment = tally.worst({edges[i].at, edges[i + 1].at})) append(segments, *std::move(segment));
  }
  return segments;
}

/// The worst of what lies in each of kMostSegments parts of the whole.
std::vector<CoverageSegment> coarsened(const std::vector<CoverageSegment>& fine) {
  const Window whole{fine.front().span.begin, fine.back().span.end};
  const Seconds part = (whole.end - whole.begin) / static_cast<int>(kMostSegments) + Seconds{1};
  std::vector<CoverageSegment> segments;
  auto from = fine.begin();
  for (Instant begin = whole.begin; begin < whole.end; begin += part) {
    const Instant end = std::min(begin + part, whole.end);
    while (from != fine.end() && from->span.end <= begin) ++from;
    const CoverageSegment* worst = nullptr;
    for (auto piece = from; piece != fine.end() && piece->span.begin < end; ++piece) {
      const auto rank = [](const CoverageSegment& one) { return std::pair(one.state, one.instances); };
      if (worst == nullptr || rank(*piece) > rank(*worst)) worst = &*piece;
    }
    if (worst == nullptr) continue;
    CoverageSegment segment = *worst;
    segment.span = {begin, end};
    append(segments, std::move(segment));
  }
  return segments;
}

ReportCoverage summed_up(std::span<const SeriesCoverage> all, const InstanceNames& names) {
  ReportCoverage report{
      .project = all.front().series.project, .report = all.front().series.report, .instances = all.size()};
  report.segments = segments_of(edges_of(all));
  if (!report.segments.empty())
    report.span = {report.segments.front().span.begin, report.segments.back().span.end};
  if (report.segments.size() > kMostSegments) report.segments = coarsened(report.segments);
  for (const SeriesCoverage& one : all) {
    report.gaps += one.coverage.gaps.size();
    for (const planner::Uncovered& gap : one.coverage.gaps) {
      auto& newest = report.newest_gaps;
      const auto end_of = [](const CoverageGap& known) { return known.what.span.end; };
      if (newest.size() == kMostGaps && end_of(newest.back()) >= gap.span.end) continue;
      newest.insert(std::ranges::upper_bound(newest, gap.span.end, std::ranges::greater{}, end_of),
                    {one.series.instance, name_in(names, one.series.instance), gap});
      if (newest.size() > kMostGaps) newest.pop_back();
    }
  }
  return report;
}

}  // namespace

std::string_view to_string(CoverageState state) {
  switch (state) {
    case CoverageState::covered:
      return "covered";
    case CoverageState::pending:
      return "pending";
    case CoverageState::gap:
      return "gap";
  }
  return "gap";
}

std::vector<ReportCoverage> by_report(const std::vector<SeriesCoverage>& found, const InstanceNames& names) {
  std::vector<ReportCoverage> reports;
  for (auto first = found.begin(); first != found.end();) {
    const auto is_other = [&](const SeriesCoverage& one) {
      return one.series.report != first->series.report;
    };
    const auto last = std::find_if(first, found.end(), is_other);
    reports.push_back(summed_up({first, last}, names));
    first = last;
  }
  return reports;
}

}  // namespace dbssd::overview
