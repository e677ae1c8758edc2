// What the reports of one rule cover, over all instances of a project.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "overview/names.h"
#include "overview/survey.h"

namespace dbssd::overview {

enum class CoverageState : std::uint8_t { covered, pending, gap };
[[nodiscard]] std::string_view to_string(CoverageState state);

/// A stretch of time, as the worst of the instances has it.
struct CoverageSegment {
  Window span;
  CoverageState state = CoverageState::covered;
  std::size_t instances = 0;  ///< how many are in that state; where stretches were joined, the most at once
  std::string reason = {};    ///< of one of them
};

struct CoverageGap {
  InstanceId instance;
  std::string instance_name;
  planner::Uncovered what;
};

struct ReportCoverage {
  ProjectName project;
  ReportName report;
  std::size_t instances = 0;
  Window span{};                               ///< empty where no run has a window
  std::vector<CoverageSegment> segments = {};  ///< oldest first, without overlaps, kMostSegments at the most
  std::vector<CoverageGap> newest_gaps = {};   ///< newest first, kMostGaps at the most
  std::size_t gaps = 0;
};
inline constexpr std::size_t kMostSegments = 200;
inline constexpr std::size_t kMostGaps = 20;

/// One for each report that occurs. `found` is of one project, in the order of the reports' names; `names`
/// are of its instances.
[[nodiscard]] std::vector<ReportCoverage> by_report(const std::vector<SeriesCoverage>& found,
                                                    const InstanceNames& names);

}  // namespace dbssd::overview
