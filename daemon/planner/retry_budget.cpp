#include "planner/retry_budget.h"

#include <algorithm>

namespace dbssd::planner {
namespace {

constexpr Millis kFirstEarns = RetryBudget::kOne / 10;
constexpr Millis kFurtherEarns = RetryBudget::kOne * 2;

}  // namespace

int RetryBudget::allowed(MonoTime now) const {
  const auto missing = std::max(full_at_ - now, MonoTime::duration::zero());
  return static_cast<int>(std::max(kMost - missing, MonoTime::duration::zero()) / kOne);
}

MonoTime RetryBudget::when(int tries, MonoTime now) const {
  return std::max(now, std::max(full_at_, now) - kMost + tries * kOne);
}

void RetryBudget::spend(MonoTime now) { full_at_ = std::max(full_at_, now) + kOne; }

void RetryBudget::earn(bool was_further, MonoTime now) {
  full_at_ = std::max(full_at_ - (was_further ? kFurtherEarns : kFirstEarns), now);
}

}  // namespace dbssd::planner
