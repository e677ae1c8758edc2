// The two families of paths that the service has, by region and age.
#pragma once

#include <cstdint>

namespace dbssd::cloud {

enum class PathStyle : std::uint8_t {
  current,  ///< /v1/{project}/audit/…, for every call
  legacy,  ///< /v1/{project}/dbss/audit/…, for instances, starts and creation jobs: no report and no summary
           ///< task can be asked for in a region that has these alone
};

}  // namespace dbssd::cloud
