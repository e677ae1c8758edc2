// How a project stands, in as few words as its lane has to spare for whoever asks.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/time.h"

namespace dbssd::engine {

struct ProjectStanding {
  bool listed = false;                     ///< this process has a list of its instances
  std::size_t instances = 0;               ///< in the newest list
  std::size_t open_runs = 0;               ///< without an outcome
  std::optional<Instant> failing_since{};  ///< none: the cloud answers, or was not asked yet
  std::string failure{};                   ///< the newest one of that time, for people
  bool saving_fails = false;               ///< the journal takes nothing of it, and so nothing is done
  bool operator==(const ProjectStanding&) const = default;
};

/// The cloud has listed its instances to this process, or is known not to.
[[nodiscard]] inline bool is_asked(const ProjectStanding& standing) {
  return standing.listed || standing.failing_since.has_value();
}

using ProjectStandings = std::map<ProjectName, ProjectStanding>;

}  // namespace dbssd::engine
