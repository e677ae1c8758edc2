// What the lanes leave alone, for whoever asks: a lane alone knows it, and tells only while somebody listens.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/id.h"
#include "base/time.h"
#include "planner/left_alone.h"

namespace dbssd::engine {

/// Thread-safe. To explain a plan costs a lane about as much as to make it: it does so no more often than
/// every kInterval, and than a hundredth of its time allows, and not at all once nobody has asked for
/// kAttention.
class LeftAloneBoard {
 public:
  static constexpr Seconds kInterval{10};
  static constexpr Seconds kAttention{60};

  using Lists = std::map<ProjectName, std::shared_ptr<const planner::LeftAloneList>>;

  /// What each lane said last, of those that have said something since somebody began to ask. Lanes say more
  /// as they come round, within 30 s.
  [[nodiscard]] Lists ask(MonoTime now) {
    const std::lock_guard lock(mutex_);
    if (!is_attended(now)) lanes_.clear();
    asked_ = now;
    Lists lists;
    for (const auto& [project, lane] : lanes_) lists.emplace(project, lane.list);
    return lists;
  }

  [[nodiscard]] bool is_wanted(const ProjectName& project, MonoTime now) const {
    const std::lock_guard lock(mutex_);
    const auto lane = lanes_.find(project);
    return is_attended(now) && (lane == lanes_.end() || now >= lane->second.again_at);
  }

  /// `took`: how long it took to explain.
  void put(const ProjectName& project, planner::LeftAloneList list, MonoTime now, MonoTime::duration took) {
    auto kept = std::make_shared<const planner::LeftAloneList>(std::move(list));
    const std::lock_guard lock(mutex_);
    lanes_[project] = {std::move(kept), now + std::max<MonoTime::duration>(kInterval, 100 * took)};
  }

  /// The project's lane has ended.
  void forget(const ProjectName& project) {
    const std::lock_guard lock(mutex_);
    lanes_.erase(project);
  }

 private:
  struct Lane {
    std::shared_ptr<const planner::LeftAloneList> list;
    MonoTime again_at{};
  };
  [[nodiscard]] bool is_attended(MonoTime now) const { return asked_ && now - *asked_ < kAttention; }

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::optional<MonoTime> asked_;
  std::map<ProjectName, Lane> lanes_;
};

}  // namespace dbssd::engine
