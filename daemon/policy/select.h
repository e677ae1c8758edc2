// Which instances a rule speaks of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dbssd::policy {

/// Lists of shell globs: `*`, `?`, `[a-z]`, `[!a-z]`, `\` escapes. No special treatment of `/` or a leading
/// dot; bytes, case-sensitive. An empty list matches everything as a condition, and nothing as an exclusion.
struct Patterns {
  std::vector<std::string> project;
  std::vector<std::string> name;
  std::vector<std::string> id;  ///< instance ids, literal or glob
  bool operator==(const Patterns&) const = default;
  [[nodiscard]] bool empty() const { return project.empty() && name.empty() && id.empty(); }
};

struct Select {
  Patterns include;  ///< every list that is given must match
  Patterns exclude;  ///< any list that matches takes the instance out
  bool operator==(const Select&) const = default;
};

[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);
/// True for a glob that can be matched: an unclosed `[` or a trailing `\` is not.
[[nodiscard]] bool glob_is_valid(std::string_view pattern);
[[nodiscard]] bool selects(const Select& select, std::string_view project, std::string_view name,
                           std::string_view id);

}  // namespace dbssd::policy
