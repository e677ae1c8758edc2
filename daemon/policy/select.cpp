#include "policy/select.h"

#include <algorithm>
#include <optional>

namespace dbssd::policy {
namespace {

/// The index after the `]` that ends the set whose `[` stands at `open`; nothing where it never ends.
std::optional<std::size_t> end_of_set(std::string_view pattern, std::size_t open) {
  std::size_t i = open + 1;
  if (i < pattern.size() && pattern[i] == '!') ++i;
  for (bool first = true; i < pattern.size(); ++i, first = false) {
    if (pattern[i] == ']' && !first) return i + 1;
    if (pattern[i] == '\\') ++i;
  }
  return std::nullopt;
}

unsigned char byte(char c) { return static_cast<unsigned char>(c); }

/// `set` is what stands between the brackets.
bool set_holds(std::string_view set, char c) {
  const bool negated = !set.empty() && set.front() == '!';
  if (negated) set.remove_prefix(1);
  const auto take = [&set] {
    if (set.front() == '\\' && set.size() > 1) set.remove_prefix(1);
    const unsigned char taken = byte(set.front());
    set.remove_prefix(1);
    return taken;
  };
  bool holds = false;
  while (!set.empty()) {
    const unsigned char low = take();
    unsigned char high = low;
    if (set.size() > 1 && set.front() == '-') {
      set.remove_prefix(1);
      high = take();
    }
    holds = holds || (low <= byte(c) && byte(c) <= high);
  }
  return holds != negated;
}

struct Step {
  bool matches;
  std::size_t next;  ///< in the pattern
};

/// Holds the one-character element at `at` (anything but `*`) against c.
Step step(std::string_view pattern, std::size_t at, char c) {
  switch (pattern[at]) {
    case '?':
      return {true, at + 1};
    case '[':
      if (const auto end = end_of_set(pattern, at)) {
        return {set_holds(pattern.substr(at + 1, *end - at - 2), c), *end};
      }
      return {false, pattern.size()};
    case '\\':
      if (at + 1 == pattern.size()) return {false, pattern.size()};
      return {pattern[at + 1] == c, at + 2};
    default:
      return {pattern[at] == c, at + 1};
  }
}

bool any_matches(const std::vector<std::string>& patterns, std::string_view text) {
  return std::ranges::any_of(patterns, [&](const std::string& p) { return glob_matches(p, text); });
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  // Only the last star is ever tried again, so the cost is at most pattern times text.
  std::size_t p = 0;
  std::size_t t = 0;
  std::optional<std::size_t> after_star;
  std::size_t star_takes_to = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_takes_to = t;
      continue;
    }
    if (p < pattern.size()) {
      const Step s = step(pattern, p, text[t]);
      if (s.matches) {
        p = s.next;
        ++t;
        continue;
      }
    }
    if (!after_star) return false;
    p = *after_star;
    t = ++star_takes_to;
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool glob_is_valid(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && ++i == pattern.size()) return false;
    if (pattern[i] != '[') continue;
    const auto end = end_of_set(pattern, i);
    if (!end) return false;
    i = *end - 1;
  }
  return true;
}

bool selects(const Select& select, std::string_view project, std::string_view name, std::string_view id) {
  const auto condition = [](const std::vector<std::string>& patterns, std::string_view text) {
    return patterns.empty() || any_matches(patterns, text);
  };
  return condition(select.include.project, project) && condition(select.include.name, name) &&
         condition(select.include.id, id) && !any_matches(select.exclude.project, project) &&
         !any_matches(select.exclude.name, name) && !any_matches(select.exclude.id, id);
}

}  // namespace dbssd::policy
