// Who keeps a journal, or kept it last: what a reader of it may believe of the daemon.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace dbssd::journal {

struct Keeper {
  enum class Stands : std::uint8_t {
    holds,    ///< it has the journal open to write it
    nobody,   ///< no process ever wrote the journal, as far as is known
    closed,   ///< it closed the journal in order
    killed,   ///< it was killed, or the host went down
    damaged,  ///< likewise, or it closed a journal in which it had met damage
  };

  Stands stands = Stands::nobody;
  std::string process = {};           ///< its id; empty of nobody
  std::optional<Instant> since = {};  ///< when it began to hold it, closed it or met the damage; of one that
                                      ///< was killed, when it had begun
  bool operator==(const Keeper&) const = default;
};

}  // namespace dbssd::journal
