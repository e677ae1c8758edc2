// The service's calls, each as the request that makes it. Origin, project and ids in, no I/O.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cloud/path_style.h"
#include "cloud/transport.h"
#include "cloud/types.h"

namespace dbssd::cloud {

/// Makes the requests of one project, by the paths that its region has. Deadlines and credentials are not its
/// business. Each fails with rejected for an id that cannot stand in a path, and for a call that the region's
/// paths do not know.
class Calls {
 public:
  Calls(std::string origin, ProjectId project, PathStyle style = PathStyle::current)
      : origin_(std::move(origin)), project_(std::move(project)), style_(style) {}

  [[nodiscard]] const ProjectId& project() const { return project_; }
  /// The same project's, by other paths.
  [[nodiscard]] Calls by(PathStyle style) const { return {origin_, project_, style}; }
  /// Whether a region of legacy paths has one for what this asks.
  [[nodiscard]] static bool has_legacy_path(const Request& request);
  /// What it means where it has none.
  [[nodiscard]] Error not_in_this_region() const;

  [[nodiscard]] Request instances(std::int64_t offset, std::int64_t limit) const;
  [[nodiscard]] Request start(const InstanceId& id) const;
  [[nodiscard]] Expected<Request> jobs(const ResourceId& id) const;
  [[nodiscard]] Expected<Request> summary(BusiType type) const;
  [[nodiscard]] Expected<Request> create_report(const InstanceId& id, const CreateReport& report) const;
  [[nodiscard]] Expected<Request> reports(const InstanceId& id, std::int64_t page, std::int64_t size) const;
  /// From `offset` on; from the beginning without any word of pages, as documented.
  [[nodiscard]] Expected<Request> templates(const InstanceId& id, std::size_t offset = 0) const;
  [[nodiscard]] Expected<Request> native_schedule(const InstanceId& id, const TemplateId& of) const;
  [[nodiscard]] Expected<Request> databases(const InstanceId& id, std::int64_t offset,
                                            std::int64_t limit) const;
  [[nodiscard]] Expected<Request> download(const InstanceId& id, const ReportId& report,
                                           std::string_view locale) const;

 private:
  [[nodiscard]] bool is_legacy() const { return style_ == PathStyle::legacy; }
  [[nodiscard]] Request get(std::string_view api, std::vector<std::string> path) const;
  /// Below /VERSION/{project}/audit.
  [[nodiscard]] Request get(std::string_view api, std::string version, std::vector<std::string> rest) const;
  /// What all calls of reports begin with: whether there can be any, and the ids are some.
  [[nodiscard]] Expected<void> check_report_call(const InstanceId& id) const;
  std::string origin_;
  ProjectId project_;
  PathStyle style_;
};

/// IAM's own: the projects of a name.
[[nodiscard]] Request find_project_request(const std::string& iam_endpoint, const std::string& name);

}  // namespace dbssd::cloud
