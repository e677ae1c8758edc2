// What changed from one policy to the next, field by field, for the log of a reload.
#pragma once

#include <string>
#include <vector>

#include "policy/policy.h"

namespace dbssd::policy {

struct Change {
  std::string path;  ///< "reports[daily-sox].schedule": items of lists by their name, or by number where they
                     ///< have none
  std::string before;  ///< as the policy would write it; "absent" where there was nothing
  std::string after;
  bool operator==(const Change&) const = default;
};

/// In the order of the policy's sections; empty exactly where the policies are equal. An item that is new or
/// gone is one change. Names where secrets are found, never a secret: a Policy holds none.
[[nodiscard]] std::vector<Change> difference(const Policy& before, const Policy& after);

}  // namespace dbssd::policy
