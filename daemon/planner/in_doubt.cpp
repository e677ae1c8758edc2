#include "planner/in_doubt.h"

#include <algorithm>

#include "planner/fit.h"

namespace dbssd::planner {

using journal::RunRecord;
using journal::RunState;

bool InDoubt::has_one_like(const RunRecord& intent) const {
  const auto is_like = [&intent](const RunRecord& other) { return are_alike(other, intent); };
  if (std::ranges::any_of(leaving_, is_like)) return true;
  const auto [begin, end] = memory_.runs.equal_range(instance_);
  return std::any_of(begin, end, [&](const auto& entry) {
    const RunRecord& other = entry.second.record;
    const bool is_in_doubt = other.state == RunState::submitting || other.state == RunState::unknown;
    return is_in_doubt && other.key != intent.key && is_like(other);
  });
}

}  // namespace dbssd::planner
