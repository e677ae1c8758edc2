#include "cloud/region_paths.h"

#include "cloud/answer.h"

namespace dbssd::cloud {
namespace {

constexpr Seconds kLookAgain{3600};

}  // namespace

std::optional<PathStyle> RegionPaths::style(const std::string& place) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(place);
  return found == known_.end() ? std::nullopt : std::optional(found->second.style);
}

std::optional<PathStyle> RegionPaths::learn(const std::string& place, PathStyle style) {
  const MonoTime now = clock_.now().mono;
  const std::lock_guard lock(mutex_);
  const auto [at, is_new] = known_.try_emplace(place, Known{style, now});
  if (is_new) return std::nullopt;
  const PathStyle before = at->second.style;
  if (before != style) at->second = {style, now};
  return before;
}

bool RegionPaths::is_to_be_looked_at_again(const std::string& place) {
  const MonoTime now = clock_.now().mono;
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(place);
  if (found == known_.end() || found->second.style == PathStyle::current) return false;
  if (now - found->second.looked < kLookAgain) return false;
  found->second.looked = now;
  return true;
}

FoundByPaths list_by_paths(RegionPaths& paths, const std::string& place,
                           const std::function<Expected<InstanceListing>(PathStyle)>& list) {
  const auto listed_by = [&](PathStyle style) {
    FoundByPaths found{list(style), {}};
    if (!found.listing) return found;
    const PathStyle before = paths.learn(place, style).value_or(PathStyle::current);
    if (before != style) found.news = style;
    return found;
  };
  const std::optional<PathStyle> known = paths.style(place);
  const bool is_doubted = known == PathStyle::legacy && paths.is_to_be_looked_at_again(place);
  const bool legacy_first = known == PathStyle::legacy && !is_doubted;
  FoundByPaths first = listed_by(legacy_first ? PathStyle::legacy : PathStyle::current);
  if (first.listing) return first;
  // Paths that have once answered are there: that the gateway has none such may be so for a moment.
  const bool may_be_others = known != PathStyle::current && is_no_such_api(first.listing.error());
  if (!may_be_others && !is_doubted) return first;
  FoundByPaths second = listed_by(legacy_first ? PathStyle::current : PathStyle::legacy);
  return !second.listing && is_no_such_api(second.listing.error()) ? first : second;
}

}  // namespace dbssd::cloud
