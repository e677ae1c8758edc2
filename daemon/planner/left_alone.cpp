#include "planner/left_alone.h"

#include <algorithm>
#include <map>
#include <utility>

namespace dbssd::planner {

std::string subject_of(const Standing& standing) {
  std::string subject = standing.instance_name.empty() ? standing.instance.str() : standing.instance_name;
  if (!standing.report.empty()) subject = standing.report.str() + " on " + subject;
  if (standing.scheduled) subject += " at " + format_utc(*standing.scheduled);
  return subject;
}

LeftAloneList left_alone(const Plan& plan) {
  LeftAloneList list;
  std::map<std::pair<ReportName, std::string>, std::size_t> places;
  for (const Standing& standing : plan.standing) {
    if (standing.verdict == "next" || standing.verdict == "well") continue;
    const auto [place, is_new] = places.try_emplace({standing.report, standing.reason}, list.groups.size());
    if (is_new) {
      list.groups.push_back(
          {(standing.report.empty() ? "start " : "") + subject_of(standing), standing.reason});
    } else {
      ++list.groups[place->second].count;
    }
  }
  std::ranges::stable_sort(list.groups, std::ranges::greater{}, &LeftAlone::count);
  if (list.groups.size() > kMostLeftAlone) {
    list.more = list.groups.size() - kMostLeftAlone;
    list.groups.resize(kMostLeftAlone);
  }
  return list;
}

}  // namespace dbssd::planner
