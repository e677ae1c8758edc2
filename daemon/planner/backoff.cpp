#include "planner/backoff.h"

#include <algorithm>
#include <string>

#include "base/hash.h"

namespace dbssd::planner {
namespace {
constexpr Millis kFloor{100};
constexpr Millis kLongestAsked = std::chrono::hours{1};
}  // namespace

Millis backoff_ceiling(int failures, Millis first, Millis cap) {
  const int doublings = std::clamp(failures - 1, 0, 30);
  const auto grown =
      first.count() > (cap.count() >> doublings) ? cap : first * (std::int64_t{1} << doublings);
  return std::min(grown, cap);
}

Millis backoff(std::string_view key, int failures, Millis first, Millis cap) {
  const Millis ceiling = backoff_ceiling(failures, first, cap);
  if (ceiling <= kFloor) return ceiling;
  const auto span = static_cast<std::uint64_t>((ceiling - kFloor).count()) + 1;
  const std::string attempt = std::to_string(failures);
  return kFloor + Millis(static_cast<std::int64_t>(stable_hash({"backoff", key, attempt}) % span));
}

Millis asked_wait(const Error& error) {
  return std::clamp(error.retry_after.value_or(Millis::zero()), Millis::zero(), kLongestAsked);
}

}  // namespace dbssd::planner
