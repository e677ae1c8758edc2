// What a policy can need of its host at once.
#pragma once

#include <cstddef>

#include "policy/policy.h"

namespace dbssd::policy {

struct Needs {
  std::size_t threads = 0;
  std::size_t descriptors = 0;
};

/// When every project has all the calls under way that its limits allow.
[[nodiscard]] inline Needs needs_of(const std::vector<Project>& projects) {
  // The main thread, signals, the endpoint and its lookout, the HTTP library's, and names that are looked up.
  constexpr std::size_t kThreads = 16;
  // The state and its log, the log, the endpoint's clients, the libraries' own.
  constexpr std::size_t kDescriptors = 128;
  Needs needs{kThreads, kDescriptors};
  for (const Project& project : projects) {
    const auto calls = static_cast<std::size_t>(project.limits.in_flight);
    needs.threads += 1 + calls;      // the lane and its workers
    needs.descriptors += 2 * calls;  // a connection each, and a file where it is a download
  }
  return needs;
}

}  // namespace dbssd::policy
