// The service's calls, each as the request that makes it. Origin, project and ids in, no I/O.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cloud/transport.h"
#include "cloud/types.h"

namespace dbssd::cloud {

/// Makes the requests of one project. Deadlines and credentials are not its business. Each fails with
/// rejected for an id that cannot stand in a path.
class Calls {
 public:
  Calls(std::string origin, ProjectId project) : origin_(std::move(origin)), project_(std::move(project)) {}

  [[nodiscard]] const ProjectId& project() const { return project_; }

  [[nodiscard]] Request instances(std::int64_t offset, std::int64_t limit) const;
  [[nodiscard]] Request start(const InstanceId& id) const;
  [[nodiscard]] Expected<Request> jobs(const ResourceId& id) const;
  [[nodiscard]] Request summary(BusiType type) const;
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
  [[nodiscard]] Request get(std::string_view api, std::string version, std::vector<std::string> rest) const;
  std::string origin_;
  ProjectId project_;
};

/// IAM's own: the projects of a name.
[[nodiscard]] Request find_project_request(const std::string& iam_endpoint, const std::string& name);

}  // namespace dbssd::cloud
