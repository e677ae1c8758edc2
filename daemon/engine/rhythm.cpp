#include "engine/rhythm.h"

#include <algorithm>
#include <limits>

namespace dbssd::engine {
namespace {

/// Beyond those that the workers can make at once, so that none of them idles.
constexpr std::size_t kLeastPerWorker = 4;
/// What was handed over and has not left when the process is killed must be looked up by the next one.
constexpr std::size_t kMostPerWorker = 32;
constexpr std::size_t kFewPerWorker = 2;

constexpr int kRestsTimes = 20;
constexpr Millis kRestsAtMost = Seconds{1};

}  // namespace

void Rhythm::allow(const policy::Limits& limits) {
  const auto workers = static_cast<std::size_t>(std::max(limits.in_flight, 1));
  const auto in_half_a_second = static_cast<std::size_t>(std::max(limits.requests_per_second, 1)) / 2;
  most_ = std::clamp(in_half_a_second, workers * kLeastPerWorker, workers * kMostPerWorker);
  few_ = workers * kFewPerWorker;
}

std::size_t Rhythm::room(std::size_t under_way) const { return most_ - std::min(most_, under_way); }

void Rhythm::turned(MonoTime ended, MonoTime::duration thought, std::size_t room, std::size_t calls,
                    std::size_t under_way) {
  rests_until_ = ended + std::min<MonoTime::duration>(kRestsTimes * thought, kRestsAtMost);
  const bool more_may_be_due = calls >= room;
  if (!more_may_be_due) {
    enough_ = std::numeric_limits<std::size_t>::max();
  } else {
    enough_ = under_way > few_ ? under_way - few_ : 1;
  }
}

}  // namespace dbssd::engine
