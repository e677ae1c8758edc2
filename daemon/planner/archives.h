// How long archived files are kept.
#pragma once

#include <string>

#include "policy/report_rule.h"

namespace dbssd::planner {

/// Found at once, and so held in Memory; the rest is found when these are gone.
inline constexpr std::size_t kMostExpired = 256;

[[nodiscard]] inline bool is_kept_for_a_time(const policy::ReportRule& rule) {
  return rule.archive && rule.archive->keep;
}

/// What was archived elsewhere, before the policy changed, is not this rule's any more.
[[nodiscard]] inline std::string beginning_of_paths(const policy::Archive& archive) {
  return archive.directory.ends_with('/') ? archive.directory : archive.directory + '/';
}

}  // namespace dbssd::planner
