#include <algorithm>

#include "policy/sections.h"

namespace dbssd::policy {
namespace {

bool matches_all(const std::string& pattern) { return pattern.find_first_not_of('*') == std::string::npos; }

bool any_matches_all(const std::vector<std::string>& patterns) {
  return std::ranges::any_of(patterns, matches_all);
}

bool holds_each(const std::vector<std::string>& all, const std::vector<std::string>& some) {
  return std::ranges::all_of(some,
                             [&](const std::string& p) { return std::ranges::find(all, p) != all.end(); });
}

using Projects = std::vector<Project>;

/// Unnamed projects have been reported, and would only be the cause of doubtful warnings.
bool are_known(const Projects& projects) {
  return !projects.empty() && std::ranges::none_of(projects, [](const Project& p) { return p.name.empty(); });
}

/// Returns whether the pattern means a project.
bool look_up(const Value& pattern, const std::string& text, const Projects& projects) {
  if (!are_known(projects) ||
      std::ranges::any_of(projects, [&](const Project& p) { return glob_matches(text, p.name.str()); }))
    return true;
  constexpr std::size_t kMostNames = 50;
  std::vector<std::string_view> names;
  for (const Project& project : projects)
    if (names.size() < kMostNames) names.push_back(project.name.str());
  pattern.warning(Lint::unknown_project, "means no project of this policy" + did_you_mean(text, names));
  return false;
}

/// Returns whether every project that is named is there.
bool read_patterns(Fields& keys, Patterns& patterns, const Projects& projects) {
  bool all_known = true;
  keys("project").texts(patterns.project, glob, [&](const Value& item, const std::string& text) {
    all_known = look_up(item, text, projects) && all_known;
  });
  keys("name").texts(patterns.name, glob);
  keys("id").texts(patterns.id, glob);
  return all_known;
}

/// Why no instance of any project can be selected; nothing where one may be.
Flawed selects_nothing(const Select& select, const std::vector<Project>& projects) {
  if (any_matches_all(select.exclude.project) || any_matches_all(select.exclude.name) ||
      any_matches_all(select.exclude.id)) {
    return "selects nothing: it excludes everything";
  }
  Select by_project;
  by_project.include.project = select.include.project;
  by_project.exclude.project = select.exclude.project;
  const bool some = std::ranges::any_of(
      projects, [&](const Project& project) { return selects(by_project, project.name.str(), "", ""); });
  if (!some) return "selects nothing: it excludes every project that it names";
  return std::nullopt;
}

}  // namespace

void read_select(const Value& value, const std::vector<Project>& projects, Select& select) {
  bool all_known = true;
  value.map([&](Fields& keys) {
    all_known = read_patterns(keys, select.include, projects);
    keys("exclude").map([&](Fields& excluded) { read_patterns(excluded, select.exclude, projects); });
  });
  if (!value.given() || !all_known || !are_known(projects)) return;
  if (const Flawed flaw = selects_nothing(select, projects)) value.warning(Lint::selects_nothing, *flaw);
}

bool covers(const Select& earlier, const Select& later) {
  const auto condition = [](const std::vector<std::string>& wide, const std::vector<std::string>& narrow) {
    return wide.empty() || any_matches_all(wide) || (!narrow.empty() && holds_each(wide, narrow));
  };
  return condition(earlier.include.project, later.include.project) &&
         condition(earlier.include.name, later.include.name) &&
         condition(earlier.include.id, later.include.id) &&
         holds_each(later.exclude.project, earlier.exclude.project) &&
         holds_each(later.exclude.name, earlier.exclude.name) &&
         holds_each(later.exclude.id, earlier.exclude.id);
}

}  // namespace dbssd::policy
