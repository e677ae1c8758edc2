// Instances that are there and record nothing: what is done on their databases meanwhile, nobody will know.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "journal/journal.h"

namespace dbssd::overview {

struct BlindInstance {
  ProjectName project;
  InstanceId instance;
  std::string instance_name;
  cloud::InstanceStatus status = cloud::InstanceStatus::unknown;
  Instant since{};     ///< its status, task or name last changed
  std::string reason;  ///< what is known of why; can be empty
};

struct Blind {
  std::vector<BlindInstance> longest = {};  ///< the longest first, kMostBlind at the most
  std::size_t count = 0;
};
inline constexpr std::size_t kMostBlind = 200;

/// Adds the project's, and returns how many it has.
std::size_t add_blind(Blind& blind, const ProjectName& project, const journal::Remembered& remembered,
                      Instant now);

}  // namespace dbssd::overview
