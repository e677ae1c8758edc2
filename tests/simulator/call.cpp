#include "simulator/call.h"

namespace dbss_sim {
namespace {

constexpr std::array<std::string_view, kCallCount> kNames{
    "list_instances", "start_instance", "list_jobs",       "create_report",     "summary_status",
    "list_reports",   "list_templates", "download_report", "template_schedule", "list_databases",
    "issue_token",    "find_projects",  "metadata_token",  "security_key",      "unknown"};

struct Pattern {
  Call call;
  std::string_view method;
  std::string_view path;  // {} is a segment of any text
  PathStyle style = PathStyle::kCurrent;
};

constexpr std::array kPatterns{
    Pattern{Call::kListInstances, "GET", "/v1/{}/audit/instances"},
    Pattern{Call::kListInstances, "GET", "/v2/{}/audit/instances"},
    Pattern{Call::kListInstances, "GET", "/v1/{}/dbss/audit/instances", PathStyle::kLegacy},
    Pattern{Call::kStartInstance, "POST", "/v1/{}/dbss/audit/instance/start", PathStyle::kLegacy},
    Pattern{Call::kListJobs, "GET", "/v1/{}/dbss/audit/jobs/{}", PathStyle::kLegacy},
    Pattern{Call::kListDatabases, "GET", "/v1/{}/{}/dbss/audit/databases", PathStyle::kLegacy},
    Pattern{Call::kStartInstance, "POST", "/v1/{}/audit/instance/start"},
    Pattern{Call::kCreateReport, "POST", "/v1/{}/audit/{}/reports/create"},
    Pattern{Call::kListReports, "POST", "/v1/{}/audit/{}/reports/list"},
    Pattern{Call::kDownloadReport, "GET", "/v1/{}/audit/{}/reports/{}/download"},
    Pattern{Call::kListJobs, "GET", "/v1/{}/audit/{}/jobs"},
    Pattern{Call::kSummaryStatus, "GET", "/v3/{}/audit/summary/{}/task-status"},
    Pattern{Call::kListTemplates, "GET", "/v2/{}/audit/{}/reports/templates"},
    Pattern{Call::kTemplateSchedule, "GET", "/v2/{}/audit/{}/reports/tasks/{}"},
    Pattern{Call::kListDatabases, "GET", "/v2/{}/audit/{}/databases"},
    Pattern{Call::kIssueToken, "POST", "/v3/auth/tokens"},
    Pattern{Call::kFindProjects, "GET", "/v3/projects"},
    Pattern{Call::kMetadataToken, "PUT", "/meta-data/latest/api/token"},
    Pattern{Call::kSecurityKey, "GET", "/openstack/latest/securitykey"},
};

std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool matches(std::string_view pattern, std::string_view path, Route& route) {
  std::size_t parameter = 0;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view expected = next_segment(pattern);
    const std::string_view segment = next_segment(path);
    if (expected == "{}") {
      if (segment.empty()) return false;
      route.parameters[parameter++] = segment;
    } else if (expected != segment) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

std::string_view call_name(Call call) { return kNames[static_cast<std::size_t>(call)]; }

std::optional<Call> call_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Call>(i);
  }
  return std::nullopt;
}

Route route(std::string_view method, std::string_view path) {
  if (path.empty() || path.front() != '/') return {};
  for (const Pattern& pattern : kPatterns) {
    Route found{pattern.call, pattern.method == method, pattern.style, {}};
    if (matches(pattern.path, path, found)) return found;
  }
  return {};
}

}  // namespace dbss_sim
