// What one cycle came to, in words: for plan, for a dry run, and for the exit status of both and of run
// --once.
#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/paint.h"
#include "engine/engine.h"

namespace dbssd::cli {

/// One decision.
struct Decision {
  std::string verdict;  ///< "do", "record", or why nothing is done: "leave", "wait", "next", "well"
  std::string subject;
  std::string reason;
};

/// Of one project: what is to be done first, then what is only recorded, then what is left alone.
[[nodiscard]] std::vector<Decision> decisions_of(const planner::Plan& plan);

/// Aligned lines, a head line for each project.
void print_text(const engine::CycleReport& cycle, std::ostream& out, const Paint& paint = {});
[[nodiscard]] nlohmann::ordered_json to_json(const engine::CycleReport& cycle);

/// Says on `err` what failed. kWell where nothing did, kNotAsked where no project answered, else kFailed.
[[nodiscard]] int report_failures(const engine::CycleReport& cycle, std::ostream& err);

}  // namespace dbssd::cli
