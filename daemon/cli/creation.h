// The creation of an instance, as the cloud's answers tell it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/types.h"

namespace dbssd::cli {

struct Creation {
  enum class Standing : std::uint8_t { not_known, under_way, succeeded, failed };
  Standing standing = Standing::not_known;
  std::string reason;  ///< for people; names come from the cloud as they are
};

[[nodiscard]] std::string_view to_string(Creation::Standing standing);

/// Whether these jobs leave it open how the creation stands: the service shows them some time after the order
/// and forgets them some time after their end, and a standby's job follows the first. Then the list of
/// instances is to be asked too.
[[nodiscard]] bool needs_instance(const std::vector<cloud::Job>& jobs);

/// `instance` is the one of the same resource, null where none is listed or none was needed.
[[nodiscard]] Creation creation_of(const std::vector<cloud::Job>& jobs, const cloud::Instance* instance);

}  // namespace dbssd::cli
