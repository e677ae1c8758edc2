// Runs and what they cover, as history prints them.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/paint.h"
#include "overview/survey.h"

namespace dbssd::cli {

/// How wide the columns of names are; longer ones push the rest of their line to the right.
struct ColumnWidths {
  std::size_t project = 0;
  std::size_t report = 0;
  std::size_t instance = 0;

  /// Makes room for names like these, within reason.
  void fit(const std::string& of_project, const std::string& of_report, const std::string& of_instance);
};

/// "missed" or, before there is an outcome, "accepted".
[[nodiscard]] std::string standing_of(const journal::RunRecord& run);

/// "expired: later than the deadline of 6h"
[[nodiscard]] std::string text_of(const planner::Uncovered& uncovered);

/// One line: scheduled time, project, report, instance, window, where it stands, what is known of when it was
/// asked for and how long it took, reason.
void print_text(const ProjectName& project, const journal::RunRecord& run, const std::string& instance_name,
                const ColumnWidths& widths, const Paint& paint, std::ostream& out);

/// One line where there is neither a gap nor a run in flight; else a line for each after the first.
void print_text(const overview::SeriesCoverage& found, const std::string& instance_name,
                const ColumnWidths& widths, const Paint& paint, std::ostream& out);

[[nodiscard]] nlohmann::ordered_json to_json(const ProjectName& project, const journal::RunRecord& run,
                                             const std::string& instance_name);
[[nodiscard]] nlohmann::ordered_json to_json(const overview::SeriesCoverage& found,
                                             const std::string& instance_name);

}  // namespace dbssd::cli
