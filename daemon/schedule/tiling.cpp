#include <algorithm>
#include <array>
#include <optional>

#include "schedule/window.h"

namespace dbssd::schedule {
namespace {

constexpr std::size_t kFewestFires = 25;
constexpr std::size_t kFiresInARow = 20'000;
constexpr std::chrono::days kSpan{400};
constexpr std::chrono::days kAroundAChange{1};

class Tiling {
 public:
  Tiling(const WindowRule& rule, const Cron& cron, const Zone& zone)
      : rule_(rule), cron_(cron), zone_(zone) {}

  // Compares the windows of consecutive fires after `from`, until one is at or after `to` and `fewest` have
  // been compared, or `most` have. Returns where it stopped.
  Instant walk(Instant from, Instant to, std::size_t fewest, std::size_t most) {
    std::optional<Fire> fire = next(cron_, zone_, from);
    if (!fire) return to;
    Window window = window_for(rule_, cron_, zone_, fire->at);
    for (std::size_t n = 0; n < most && (fire->at < to || n < fewest); ++n) {
      const std::optional<Fire> following = next(cron_, zone_, fire->at);
      if (!following) return to;
      const Window later = window_for(rule_, cron_, zone_, following->at, fire->at);
      compare(window, later);
      fire = following;
      window = later;
    }
    return fire->at;
  }

  [[nodiscard]] std::vector<TilingFinding> findings() const {
    std::vector<TilingFinding> all;
    for (const TilingFinding& finding : {gaps_, overlaps_}) {
      if (finding.count > 0) all.push_back(finding);
    }
    return all;
  }

 private:
  void compare(const Window& earlier, const Window& later) {
    if (earlier.end == later.begin) return;
    const bool gap = earlier.end < later.begin;
    TilingFinding& finding = gap ? gaps_ : overlaps_;
    const Instant begin = gap ? earlier.end : std::max(earlier.begin, later.begin);
    const Seconds amount = (gap ? later.begin : std::min(earlier.end, later.end)) - begin;
    if (amount <= Seconds{0}) return;
    if (finding.count++ == 0) {
      finding.at = begin;
      finding.amount = amount;
    }
    finding.largest = std::max(finding.largest, amount);
  }

  const WindowRule& rule_;
  const Cron& cron_;
  const Zone& zone_;
  TilingFinding gaps_{true, {}, {}, 0, {}};
  TilingFinding overlaps_{false, {}, {}, 0, {}};
};

}  // namespace

std::vector<TilingFinding> check_tiling(const WindowRule& rule, const Cron& cron, const Zone& zone,
                                        Instant from) {
  Tiling tiling(rule, cron, zone);
  const Instant to = from + kSpan;
  Instant seen = tiling.walk(from, to, kFewestFires, kFiresInARow);
  for (std::size_t i = zone.index(seen) + 1; i < zone.stretches().size() && seen < to; ++i) {
    const Instant change = zone.stretches()[i].begin;
    if (change >= to) break;
    seen = tiling.walk(std::max(seen - Seconds{1}, change - kAroundAChange), change + kAroundAChange, 0,
                       kFiresInARow);
  }
  return tiling.findings();
}

}  // namespace dbssd::schedule
