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

Request Calls::get(std::string_view api, std::vector<std::string> path) const {
  Request request;
  request.api = api;
  request.origin = origin_;
  request.path = std::move(path);
  request.max_bytes = kAnswerBytes;
  return request;
}

Request Calls::get(std::string_view api, std::string version, std::vector<std::string> rest) const {
  std::vector<std::string> path{std::move(version), project_.str()};
  if (is_legacy()) path.emplace_back("dbss");
  path.emplace_back("audit");
  std::ranges::move(rest, std::back_inserter(path));
  return get(api, std::move(path));
}

Expected<void> Calls::check_report_call(const InstanceId& id) const {
  if (!is_legacy()) return check(id);
  return fail(not_in_this_region());
}

bool Calls::has_legacy_path(const Request& request) {
  const auto has = [&](std::string_view segment) { return std::ranges::count(request.path, segment) > 0; };
  return !has("reports") && !has("summary");
}

Error Calls::not_in_this_region() const {
  Error error;
  error.kind = ErrorKind::rejected;
  error.message = "reports cannot be made by dbssd in this region, nor summary tasks watched: " + origin_ +
                  " has only the paths of former times (/v1/PROJECT/dbss/audit/…), and none for these; have "
                  "the service make the "
                  "reports by its own schedule";
  return error;
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
  return check(id).map([&] {
    return is_legacy() ? get("list jobs", "v1", {"jobs", id.str()})
                       : get("list jobs", "v1", {id.str(), "jobs"});
  });
}

Expected<Request> Calls::summary(BusiType type) const {
  if (is_legacy()) return fail(not_in_this_region());
  return get("summary task", "v3", {"summary", std::string(to_string(type)), "task-status"});
}

Expected<Request> Calls::create_report(const InstanceId& id, const CreateReport& report) const {
  if (auto good = check_report_call(id); !good) return fail(good.error());
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
  if (auto good = check_report_call(id); !good) return fail(good.error());
  Request request = get("list reports", "v1", {id.str(), "reports", "list"});
  request.method = Method::post;
  request.body = report_page_body(page, size);
  request.max_bytes = kListBytes;
  return request;
}

Expected<Request> Calls::templates(const InstanceId& id, std::size_t offset) const {
  if (auto good = check_report_call(id); !good) return fail(good.error());
  Request request = get("list templates", "v2", {id.str(), "reports", "templates"});
  if (offset > 0)
    request.query = {{"offset", std::to_string(offset)}, {"limit", std::to_string(kTemplatesAsked)}};
  request.max_bytes = kListBytes;
  return request;
}

Expected<Request> Calls::native_schedule(const InstanceId& id, const TemplateId& of) const {
  if (auto good = check_report_call(id).and_then([&] { return check(of); }); !good) return fail(good.error());
  Request request = get("native schedule", "v2", {id.str(), "reports", "tasks", of.str()});
  request.max_bytes = kAnswerBytes;
  return request;
}

Expected<Request> Calls::databases(const InstanceId& id, std::int64_t offset, std::int64_t limit) const {
  if (auto good = check(id); !good) return fail(good.error());
  Request request =
      is_legacy() ? get("list databases", {"v1", project_.str(), id.str(), "dbss", "audit", "databases"})
                  : get("list databases", "v2", {id.str(), "databases"});
  request.query = {{"offset", std::to_string(offset)}, {"limit", std::to_string(limit)}};
  request.max_bytes = kListBytes;
  return request;
}

Expected<Request> Calls::download(const InstanceId& id, const ReportId& report,
                                  std::string_view locale) const {
  if (auto good = check_report_call(id).and_then([&] { return check(report); }); !good)
    return fail(good.error());
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
