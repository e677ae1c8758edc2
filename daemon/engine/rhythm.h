// How often a lane thinks, and how many calls it has under way meanwhile. Pure: time is an argument.
#pragma once

#include <cstddef>

#include "base/time.h"
#include "policy/policy.h"

namespace dbssd::engine {

/// A turn looks at all that a lane has open, whatever few answers came since the last one. So a lane hands
/// its workers enough for half a second where the project's limits allow as much, and between two turns it
/// rests for a multiple of what it took to plan the first one: of its time it thinks a small part, however
/// much is open. It thinks sooner where its workers would run out of calls while more are due, and where
/// anything but an answer comes.
class Rhythm {
 public:
  explicit Rhythm(const policy::Limits& limits) { allow(limits); }
  void allow(const policy::Limits& limits);

  /// How many calls may be handed over while so many are under way.
  [[nodiscard]] std::size_t room(std::size_t under_way) const;

  /// A turn has ended that thought for so long, could hand over `room` calls and handed over `calls`; now so
  /// many are under way.
  void turned(MonoTime ended, MonoTime::duration thought, std::size_t room, std::size_t calls,
              std::size_t under_way);

  /// So many answers are worth a turn at once.
  [[nodiscard]] std::size_t enough() const { return enough_; }
  /// From then on every answer is.
  [[nodiscard]] MonoTime rests_until() const { return rests_until_; }

 private:
  std::size_t most_ = 1;  ///< calls under way
  std::size_t few_ = 1;   ///< calls under way below which workers may soon have none
  std::size_t enough_ = 1;
  MonoTime rests_until_{};
};

}  // namespace dbssd::engine
