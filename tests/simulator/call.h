#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace dbss_sim {

// The calls that the simulated services offer, and what matches none of them.
enum class Call {
  kListInstances,
  kStartInstance,
  kListJobs,
  kCreateReport,
  kSummaryStatus,
  kListReports,
  kListTemplates,
  kDownloadReport,
  kTemplateSchedule,
  kListDatabases,
  kIssueToken,
  kFindProjects,
  kMetadataToken,
  kSecurityKey,
  kUnknown,
};
inline constexpr std::size_t kCallCount = static_cast<std::size_t>(Call::kUnknown) + 1;

// As it is called in fleet files, faults and the truth: list_instances.
std::string_view call_name(Call call);
std::optional<Call> call_named(std::string_view name);

// Regions of former times have the paths below /dbss/ alone, for the few calls that have any.
enum class PathStyle { kCurrent, kLegacy };

// Where a request goes. `parameters` are the path's variable segments, in order, and live as long as the
// path.
struct Route {
  Call call = Call::kUnknown;
  bool method_allowed = true;
  PathStyle style = PathStyle::kCurrent;
  std::array<std::string_view, 3> parameters{};
};
Route route(std::string_view method, std::string_view path);

}  // namespace dbss_sim
