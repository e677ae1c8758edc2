#include "cloud/rest_client.h"

#include <atomic>
#include <optional>
#include <set>

#include "cloud/answer.h"
#include "cloud/calls.h"
#include "cloud/client_notices.h"
#include "cloud/decode.h"
#include "cloud/paging.h"
#include "cloud/region_paths.h"
#include "cloud/renewal.h"
#include "cloud/report_pages.h"
#include "cloud/sending.h"
#include "cloud/template_pages.h"

namespace dbssd::cloud {
namespace {

constexpr int kDownloadPatience = 10;  ///< time-outs that a download may take
constexpr Seconds kRetryProject{60};   ///< after IAM did not tell the project's id

class RestClient final : public CloudApi {
 public:
  RestClient(ClientConfig config, NoticeSink notices, std::unique_ptr<Transport> transport,
             const Clock& clock);

  Expected<InstanceListing> list_instances() override;
  Expected<void> start_instance(const InstanceId& id) override;
  Expected<std::vector<Job>> list_jobs(const ResourceId& id) override;
  Expected<SummaryTask> summary_task(BusiType type) override;
  Expected<void> create_report(const InstanceId& id, const CreateReport& request) override;
  Expected<ReportListing> list_reports(const InstanceId& id, const std::vector<ReportId>& wanted) override;
  Expected<TemplateListing> list_templates(const InstanceId& id) override;
  Expected<NativeSchedule> native_schedule(const InstanceId& id, const TemplateId& of) override;
  Expected<std::vector<Database>> list_databases(const InstanceId& id) override;
  Expected<void> download_report(const InstanceId& id, const ReportId& report, std::string_view locale,
                                 const Sink& sink) override;
  std::optional<TokenLife> token_life() const override { return sending_.token_life(); }
  std::optional<ServiceDate> service_date() const override { return sending_.service_date(); }
  void cancel() override;

 private:
  /// The calls of the project, and since when the one is under way that asks with them.
  struct Begun : Calls {
    /// Of the next request: the first one shares it with the look-up of the project's id.
    MonoTime take_start(MonoTime now) { return std::exchange(began, std::nullopt).value_or(now); }
    std::optional<MonoTime> began;
  };
  Expected<Begun> begin();
  Expected<InstanceListing> list_by(Begun make);
  /// Where nobody knows the region's paths, the list of instances finds them out. True for legacy ones.
  [[nodiscard]] bool finds_legacy_paths();
  Expected<Renewal<ProjectId>::Fresh> find_project(const Patience& patience);
  /// As Sending::send, where only JSON is a success.
  Expected<Response> ask(const Request& request, const ProjectId& project, const Patience& to_leave,
                         MonoTime ends);
  Expected<Response> ask(Begun& begun, const Expected<Request>& request);
  /// What a decoder made of a success: an error gets the call's name and, for a mutation, the right kind.
  template <class T>
  Expected<T> decoded(Expected<T> value, const Response& response, Effect effect, const char* call);
  template <class T>
  Expected<std::vector<T>> whole(Expected<Collected<T>> collected, const char* call);
  Expected<void> accepted(Begun& begun, const Expected<Request>& request, const char* call);
  void malformed(const std::string& message, const std::string& request_id) const {
    notices_.say(Notice::Kind::malformed, message, request_id);
  }

  const ClientConfig config_;
  const Clock& clock_;
  const std::unique_ptr<Transport> transport_;
  const std::shared_ptr<CredentialLedger> ledger_;
  ClientNotices notices_;
  const std::shared_ptr<RegionPaths> paths_;
  const std::string place_;  ///< what paths_ calls the region
  Sending sending_;
  Renewal<ProjectId> project_;
  std::atomic<bool> reports_begin_at_one_ = false;  ///< the service refused a page 0
};

RestClient::RestClient(ClientConfig config, NoticeSink notices, std::unique_ptr<Transport> transport,
                       const Clock& clock)
    : config_(std::move(config)),
      clock_(clock),
      transport_(std::move(transport)),
      ledger_(config_.ledger ? config_.ledger : std::make_shared<CredentialLedger>(clock_)),
      notices_(std::move(notices), ledger_),
      paths_(config_.paths ? config_.paths : std::make_shared<RegionPaths>(clock_)),
      place_(config_.dbss_endpoint + ' ' + config_.region),
      sending_(config_, *ledger_, notices_, *transport_, clock_),
      project_(
          clock_, [this](const Patience& patience) { return find_project(patience); },
          [](const Error& error, int) {
            return error.kind == ErrorKind::rejected ? kRetryProject : Seconds{0};
          }) {}

void RestClient::cancel() {
  sending_.cancel();
  transport_->cancel();
}

Expected<Response> RestClient::ask(const Request& request, const ProjectId& project, const Patience& to_leave,
                                   MonoTime ends) {
  Expected<Response> response = sending_.send(request, project, to_leave, ends);
  if (!response || is_json_success(*response)) return response;
  Error error = error_of(*response, request.effect);
  malformed(error.message, error.request_id);
  return fail(std::move(error));
}

Expected<Response> RestClient::ask(Begun& begun, const Expected<Request>& request) {
  if (!request) return fail(request.error());
  const MonoTime start = begun.take_start(clock_.now().mono);
  Expected<Response> response =
      ask(*request, begun.project(), sending_.to_leave(start), start + config_.timeout);
  // Not every call comes after a list.
  const bool lacks_path = !response && is_no_such_api(response.error()) && !Calls::has_legacy_path(*request);
  if (lacks_path && finds_legacy_paths()) return fail(begun.not_in_this_region());
  return response;
}

template <class T>
Expected<T> RestClient::decoded(Expected<T> value, const Response& response, Effect effect,
                                const char* call) {
  if (value) return value;
  Error error = std::move(value.error());
  error.http_status = response.status;
  error.request_id = response.request_id.substr(0, 128);
  error.message = std::string(call) + ": " + error.message;
  sending_.redact(error.message);
  if (error.kind == ErrorKind::malformed) {
    malformed(error.message, error.request_id);
    if (effect == Effect::mutation) error.kind = ErrorKind::outcome_unknown;
  }
  return fail(std::move(error));
}

template <class T>
Expected<std::vector<T>> RestClient::whole(Expected<Collected<T>> collected, const char* call) {
  if (!collected) return fail(collected.error());
  for (const std::string& problem : collected->problems) malformed(std::string(call) + ": " + problem, {});
  return std::move(collected->items);
}

Expected<Renewal<ProjectId>::Fresh> RestClient::find_project(const Patience& patience) {
  const Expected<Response> response = ask(find_project_request(config_.iam_endpoint, config_.region),
                                          ProjectId(), patience, patience.deadline);
  if (!response) return fail(response.error());
  Expected<ProjectId> id =
      decoded(decode_project(response->body, config_.region), *response, Effect::read, "find project");
  if (!id) return fail(id.error());
  return Renewal<ProjectId>::Fresh{*std::move(id), MonoTime::max(), MonoTime::max()};
}

Expected<RestClient::Begun> RestClient::begin() {
  const MonoTime start = clock_.now().mono;
  const PathStyle style =
      config_.path_style ? *config_.path_style : paths_->style(place_).value_or(PathStyle::current);
  if (config_.project_id) return Begun{Calls(config_.dbss_endpoint, *config_.project_id, style), start};
  const auto project = project_.get(sending_.to_leave(start));
  if (!project) return fail(project.error());
  return Begun{Calls(config_.dbss_endpoint, project->value, style), start};
}

Expected<InstanceListing> RestClient::list_instances() {
  Expected<Begun> make = begin();
  if (!make) return fail(make.error());
  if (config_.path_style) return list_by(*std::move(make));
  FoundByPaths found = list_by_paths(*paths_, place_, [&](PathStyle style) {
    return list_by(Begun{make->by(style), std::exchange(make->began, std::nullopt)});
  });
  if (found.news) {
    const bool is_legacy = found.news == PathStyle::legacy;
    notices_.say(is_legacy ? Notice::Kind::legacy_paths : Notice::Kind::current_paths,
                 config_.dbss_endpoint + " lists the instances at /v1/PROJECT/" + (is_legacy ? "dbss/" : "") +
                     "audit/instances");
  }
  return std::move(found.listing);
}

bool RestClient::finds_legacy_paths() {
  if (config_.path_style) return false;
  if (!paths_->style(place_)) (void)list_instances();
  return paths_->style(place_) == PathStyle::legacy;
}

Expected<InstanceListing> RestClient::list_by(Begun make) {
  constexpr std::int64_t kSize = 1000;
  std::optional<Seconds> ahead;
  auto all = collect<Instance>(kSize, [&](const Cursor& at) -> Expected<Page<Instance>> {
    const auto response = ask(make, make.instances(at.offset, kSize));
    if (!response) return fail(response.error());
    if (const auto there = service_now(*response)) ahead = *there - clock_.now().second();
    return decoded(decode_instances(response->body), *response, Effect::read, "list instances");
  });
  if (!all) return fail(all.error());
  // Any of the absent ones may be among those that are missing: then absence says nothing.
  if (all->problems.empty() && all->total && std::cmp_less(all->items.size(), *all->total)) {
    all->problem(std::to_string(all->items.size()) + " of " + std::to_string(*all->total) +
                 " instances were listed");
  }
  return InstanceListing{std::move(all->items), std::move(all->problems), ahead};
}

Expected<void> RestClient::accepted(Begun& begun, const Expected<Request>& request, const char* call) {
  const auto response = ask(begun, request);
  if (!response) return fail(response.error());
  return decoded(decode_result(response->body), *response, Effect::mutation, call);
}

Expected<void> RestClient::start_instance(const InstanceId& id) {
  Expected<Begun> make = begin();
  if (!make) return fail(make.error());
  return accepted(*make, make->start(id), "start instance");
}

Expected<void> RestClient::create_report(const InstanceId& id, const CreateReport& report) {
  Expected<Begun> make = begin();
  if (!make) return fail(make.error());
  return accepted(*make, make->create_report(id, report), "create report");
}

Expected<std::vector<Job>> RestClient::list_jobs(const ResourceId& id) {
  Expected<Begun> make = begin();
  if (!make) return fail(make.error());
  auto response = ask(*make, make->jobs(id));
  if (!response && is_no_such_api(response.error()) && finds_legacy_paths()) {
    Begun legacy{make->by(PathStyle::legacy), std::nullopt};
    response = ask(legacy, legacy.jobs(id));
  }
  if (!response) return fail(response.error());
  auto page = decoded(decode_jobs(response->body), *response, Effect::read, "list jobs");
  if (!page) return fail(page.error());
  for (const std::string& problem : page->problems) malformed("list jobs: " + problem, response->request_id);
  for (Job& job : page->items)
    if (job.resource_id.empty()) job.resource_id = id;
  return std::move(page->items);
}

Expected<SummaryTask> RestClient::summary_task(BusiType type) {
  Expected<Begun> make = begin();
  if (!make) return fail(make.error());
  const auto response = ask(*make, make->summary(type));
  if (!response) return fail(response.error());
  return decoded(decode_summary(response->body, type), *response, Effect::read, "summary task");
}

Expected<ReportListing> RestClient::list_reports(const InstanceId& id, const std::vector<ReportId>& wanted) {
  Expected<Begun> make = begin();
  if (!make) return fail(make.error());
  constexpr std::int64_t kSize = 100;
  bool begins_at_one = reports_begin_at_one_;
  const auto page = [&](std::int64_t number) -> Expected<Page<Report>> {
    const auto response = ask(*make, make->reports(id, number, kSize));
    if (!response) return fail(response.error());
    return decoded(decode_reports(response->body, config_.api_zone), *response, Effect::read, "list reports");
  };
  auto pages = read_report_pages(kSize, wanted, begins_at_one, page);
  if (begins_at_one) reports_begin_at_one_ = true;
  if (!pages) return fail(pages.error());
  for (const std::string& problem : pages->problems) malformed("list reports: " + problem, {});
  return std::move(pages->listing);
}

Expected<TemplateListing> RestClient::list_templates(const InstanceId& id) {
  Expected<Begun> make = begin();
  if (!make) return fail(make.error());
  auto pages = read_template_pages([&](std::size_t offset) -> Expected<Page<Template>> {
    const auto response = ask(*make, make->templates(id, offset));
    if (!response) return fail(response.error());
    return decoded(decode_templates(response->body), *response, Effect::read, "list templates");
  });
  if (!pages) return fail(pages.error());
  for (const std::string& problem : pages->problems) malformed("list templates: " + problem, {});
  return std::move(pages->listing);
}

Expected<NativeSchedule> RestClient::native_schedule(const InstanceId& id, const TemplateId& of) {
  Expected<Begun> make = begin();
  if (!make) return fail(make.error());
  const auto response = ask(*make, make->native_schedule(id, of));
  if (!response) return fail(response.error());
  return decoded(decode_native_schedule(response->body), *response, Effect::read, "native schedule");
}

Expected<std::vector<Database>> RestClient::list_databases(const InstanceId& id) {
  Expected<Begun> make = begin();
  if (!make) return fail(make.error());
  constexpr std::int64_t kSize = 100;
  return whole(collect<Database>(kSize,
                                 [&](const Cursor& at) -> Expected<Page<Database>> {
                                   const auto response = ask(*make, make->databases(id, at.offset, kSize));
                                   if (!response) return fail(response.error());
                                   return decoded(decode_databases(response->body), *response, Effect::read,
                                                  "list databases");
                                 }),
               "list databases");
}

Expected<void> RestClient::download_report(const InstanceId& id, const ReportId& report,
                                           std::string_view locale, const Sink& sink) {
  Expected<Begun> make = begin();
  if (!make) return fail(make.error());
  Expected<Request> request = make->download(id, report, locale);
  if (!request) return fail(request.error());
  request->sink = &sink;
  const MonoTime start = make->take_start(clock_.now().mono);
  const auto response = sending_.send(*request, make->project(), sending_.to_leave(start),
                                      start + config_.timeout * kDownloadPatience);
  if (!response) return fail(response.error());
  if (response->status != 200) return fail(error_of(*response, Effect::read));
  return {};
}

}  // namespace

std::unique_ptr<CloudApi> make_client(ClientConfig config, NoticeSink notices,
                                      std::unique_ptr<Transport> transport, const Clock& clock) {
  return std::make_unique<RestClient>(std::move(config), std::move(notices), std::move(transport), clock);
}

}  // namespace dbssd::cloud
