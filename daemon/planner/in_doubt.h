// The calls of an instance of which nobody knows yet whether they made a report.
#pragma once

#include <vector>

#include "planner/memory.h"

namespace dbssd::planner {

/// Two reports that the list does not tell apart are asked for one after the other, so that one that is there
/// is that of the call which was lost.
class InDoubt {
 public:
  InDoubt(const Memory& memory, const InstanceId& instance) : memory_(memory), instance_(instance) {}

  /// One that leaves with the plan.
  void add(const journal::RunRecord& intent) { leaving_.push_back(intent); }
  /// A call for another run that may be listed as this one would be.
  [[nodiscard]] bool has_one_like(const journal::RunRecord& intent) const;

 private:
  const Memory& memory_;
  const InstanceId& instance_;
  std::vector<journal::RunRecord> leaving_;
};

}  // namespace dbssd::planner
