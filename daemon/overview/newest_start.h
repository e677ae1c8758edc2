// Of each instance the newest start counts: where that was confirmed, the ones before are forgotten.
#pragma once

#include <map>

#include "journal/journal.h"

namespace dbssd::overview {

/// Points into what is remembered.
[[nodiscard]] inline std::map<InstanceId, const journal::StartRecord*> newest_starts(
    const journal::Remembered& remembered) {
  std::map<InstanceId, const journal::StartRecord*> newest;
  for (const journal::StartRecord& start : remembered.starts) {
    const journal::StartRecord*& known = newest[start.instance];
    if (known == nullptr || known->requested_at <= start.requested_at) known = &start;
  }
  return newest;
}

}  // namespace dbssd::overview
