// Which paths the service has in a region, as the clients of one process have found out.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/expected.h"
#include "base/time.h"
#include "cloud/path_style.h"
#include "cloud/types.h"

namespace dbssd::cloud {

/// What one client has found out, the others need not, nor one that a reload makes. Thread-safe.
class RegionPaths {
 public:
  /// `clock` outlives it.
  explicit RegionPaths(const Clock& clock) : clock_(clock) {}

  /// Nothing where nobody has found out yet. `place` names an endpoint and its region.
  [[nodiscard]] std::optional<PathStyle> style(const std::string& place) const;
  /// An instance list was answered by these paths. Returns what was known before.
  std::optional<PathStyle> learn(const std::string& place, PathStyle style);
  /// Legacy paths were found an hour ago, and may have been all there was for a moment; or the region has got
  /// the others since. True to one caller, who looks again; an hour later to the next.
  [[nodiscard]] bool is_to_be_looked_at_again(const std::string& place);

 private:
  struct Known {
    PathStyle style = PathStyle::current;
    MonoTime looked{};  ///< when that was found out or doubted last
  };

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Known> known_;  ///< guarded by mutex_
};

struct FoundByPaths {
  Expected<InstanceListing> listing;
  std::optional<PathStyle>
      news;  ///< what is known now and was not so before; absent: nothing new, or the usual
};
/// The instances by the paths that are known, or by those that answer: the current ones, and where the
/// gateway has no such call the legacy ones. Asks `list` once or twice. What fails teaches nothing.
[[nodiscard]] FoundByPaths list_by_paths(RegionPaths& paths, const std::string& place,
                                         const std::function<Expected<InstanceListing>(PathStyle)>& list);

}  // namespace dbssd::cloud
