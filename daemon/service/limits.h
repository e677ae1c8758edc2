// How many threads and descriptors this host grants the service.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace dbssd::service {

/// A limit, and who sets it: "TasksMax=2048 of dbssd.service". Nothing: there is none, or it does not show.
struct Limit {
  std::size_t most = 0;
  std::string set_by;
};
struct Limits {
  std::optional<Limit> threads;
  std::optional<Limit> descriptors;
};

/// Those of the unit dbssd.service where it is installed, with its drop-ins; else those of this process: its
/// control groups, RLIMIT_NPROC (which does not bind root) and RLIMIT_NOFILE. `root` is "/", but in tests.
[[nodiscard]] Limits limits_of_service(const std::string& root = "/");

}  // namespace dbssd::service
