// What a plan leaves undone, and why, in few words.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "planner/plan.h"

namespace dbssd::planner {

/// Things that are left alone for the same reason.
struct LeftAlone {
  std::string subject;  ///< the first of them: "start prod-orders-01", "daily-sox on prod-orders-01 at …"
  std::string reason;
  std::size_t count = 1;
};

struct LeftAloneList {
  std::vector<LeftAlone> groups;  ///< the largest first, kMostLeftAlone at the most
  std::size_t more = 0;           ///< groups beyond those
};
inline constexpr std::size_t kMostLeftAlone = 50;

/// "prod-orders-01", "daily-sox on prod-orders-01 at 2025-03-09T07:00:00Z"
[[nodiscard]] std::string subject_of(const Standing& standing);

/// Of a plan that was asked to explain. What is merely scheduled for later, or runs as it should, is not
/// among it.
[[nodiscard]] LeftAloneList left_alone(const Plan& plan);

}  // namespace dbssd::planner
