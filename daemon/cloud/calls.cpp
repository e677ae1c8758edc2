#include "cloud/calls.h"

#include <algorithm>

#include "cloud/bodies.h"
#include "cloud/template_pages.h"
#include "cloud/url.h"

namespace dbssd::cloud {
namespace {

constexpr std::size_t kListBytes = 16 << 20;
constexpr std::size_t kAnswerBytes = 1 << 20;
constexpr std::size_t kReportBytes = std::size_t{1} << 30;

template <class Tag>
Expected<void> check(const Id<Tag>& id) {
  if (is_plain_segment(id.str())) return {};
  return fail(ErrorKind::rejected, "\"" + id.str() + "\" cannot be an id");
}

}  // namespace

Request Calls::get(std::string_view api, std::string version, std::vector<std::string> rest) const {
  Request request;
  request.api = api;
  request.origin = origin_;
  request.path = {std::move(version), project_.str(), "audit"};
  std::ranges::move(rest, std::back_inserter(request.path));
  request.max_bytes = kAnswerBytes;
  return request;
}

Request Calls::instances(std::int64_t offset, std::int64_t limit) const {
  Request request = get("list instances", "v1", {"instances"});
  request.query = {{"offset", std::to_string(offset)}, {"limit", std::to_string(limit)}};
  request.max_bytes = kListBytes;
  return request;
}

Request Calls::start(const InstanceId& id) const {
  Request request = get("start instance", "v1", {"instance", "start"});
  request.method = Method::post;
  request.effect = Effect::mutation;
  request.body = start_body(id);
  return request;
}

Expected<Request> Calls::jobs(const ResourceId& id) const {
  return check(id).map([&] { return get("list jobs", "v1", {id.str(), "jobs"}); });
}

Request Calls::summary(BusiType type) const {
  return get("summary task", "v3", {"summary", std::string(to_string(type)), "task-status"});
}

Expected<Request> Calls::create_report(const InstanceId& id, const CreateReport& report) const {
  if (auto good = check(id); !good) return fail(good.error());
  for (const std::string& database : report.databases) {
    // The service takes one text with commas between the ids.
    if (database.empty() || database.find(',') != std::string::npos)
      return fail(ErrorKind::rejected, "\"" + database + "\" cannot be a database id");
  }
  Request request = get("create report", "v1", {id.str(), "reports", "create"});
  request.method = Method::post;
  request.effect = Effect::mutation;
  request.body = create_report_body(report);
  return request;
}

Expected<Request> Calls::reports(const InstanceId& id, std::int64_t page, std::int64_t size) const {
  if (auto good = check(id); !good) return fail(good.error());
  Request request = get("list reports", "v1", {id.str(), "reports", "list"});
  request.method = Method::post;
  request.body = report_page_body(page, size);
  request.max_bytes = kListBytes;
  return request;
}

Expected<Request> Calls::templates(const InstanceId& id, std::size_t offset) const {
  if (auto good = check(id); !good) return fail(good.error());
  Request request = get("list templates", "v2", {id.str(), "reports", "templates"});
  if (offset > 0)
    request.query = {{"offset", std::to_string(offset)}, {"limit", std::to_string(kTemplatesAsked)}};
  request.max_bytes = kListBytes;
  return request;
}

Expected<Request> Calls::native_schedule(const InstanceId& id, const TemplateId& of) const {
  if (auto good = check(id).and_then([&] { return check(of); }); !good) return fail(good.error());
  Request request = get("native schedule", "v2", {id.str(), "reports", "tasks", of.str()});
  request.max_bytes = kAnswerBytes;
  return request;
}

Expected<Request> Calls::databases(const InstanceId& id, std::int64_t offset, std::int64_t limit) const {
  if (auto good = check(id); !good) return fail(good.error());
  Request request = get("list databases", "v2", {id.str(), "databases"});
  request.query = {{"offset", std::to_string(offset)}, {"limit", std::to_string(limit)}};
  request.max_bytes = kListBytes;
  return request;
}

Expected<Request> Calls::download(const InstanceId& id, const ReportId& report,
                                  std::string_view locale) const {
  if (auto good = check(id).and_then([&] { return check(report); }); !good) return fail(good.error());
  Request request = get("download report", "v1", {id.str(), "reports", report.str(), "download"});
  request.query = {{"local", std::string(locale)}};
  request.max_bytes = kReportBytes;
  return request;
}

Request find_project_request(const std::string& iam_endpoint, const std::string& name) {
  Request request;
  request.api = "find project";
  request.origin = iam_endpoint;
  request.path = {"v3", "projects"};
  request.query = {{"name", name}};
  request.max_bytes = kAnswerBytes;
  return request;
}

}  // namespace dbssd::cloud
