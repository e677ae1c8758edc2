#include "cloud/rest_client.h"

#include "cloud/answer.h"
#include "cloud/calls.h"
#include "cloud/client_notices.h"
#include "cloud/credentials.h"
#include "cloud/decode.h"
#include "cloud/paging.h"
#include "cloud/region_paths.h"
#include "cloud/renewal.h"
#include "cloud/throttle.h"

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
  Expected<ReportListing> list_reports(const InstanceId& id) override;
  Expected<std::vector<Template>> list_templates(const InstanceId& id) override;
  Expected<NativeSchedule> native_schedule(const InstanceId& id, const TemplateId& of) override;
  Expected<std::vector<Database>> list_databases(const InstanceId& id) override;
  Expected<void> download_report(const InstanceId& id, const ReportId& report, std::string_view locale,
                                 const Sink& sink) override;
  std::optional<TokenLife> token_life() const override { return credentials_->life(); }
  void cancel() override;

 private:
  Expected<Calls> calls();
  Expected<InstanceListing> list_by(const Calls& make);
  /// Where nobody knows the region's paths, the list of instances finds them out. True for legacy ones.
  [[nodiscard]] bool finds_legacy_paths();
  Expected<Renewal<ProjectId>::Fresh> find_project();

  /// Sends with credentials, in turn, and once more with fresh ones after a 401.
  Expected<Response> send(const Request& request, const ProjectId& project, Seconds patience);
  /// The same, where only JSON is a success.
  Expected<Response> ask(const Request& request, const ProjectId& project);
  Expected<Response> ask(const Calls& calls, const Expected<Request>& request);
  /// What a decoder made of a success: an error gets the call's name and, for a mutation, the right kind.
  template <class T>
  Expected<T> decoded(Expected<T> value, const Response& response, Effect effect, const char* call);
  template <class T>
  Expected<std::vector<T>> whole(Expected<Collected<T>> collected, const char* call);
  Expected<void> accepted(const Calls& calls, const Expected<Request>& request, const char* call);
  void malformed(const std::string& message, const std::string& request_id) const {
    notices_.say(Notice::Kind::malformed, message, request_id);
  }

  const ClientConfig config_;
  const Clock& clock_;
  const std::unique_ptr<Transport> transport_;
  Throttle throttle_;
  const std::shared_ptr<CredentialLedger> ledger_;
  ClientNotices notices_;
  const std::shared_ptr<RegionPaths> paths_;
  const std::string place_;  ///< what paths_ calls the region
  const std::unique_ptr<Credentials> credentials_;
  Renewal<ProjectId> project_;
};

RestClient::RestClient(ClientConfig config, NoticeSink notices, std::unique_ptr<Transport> transport,
                       const Clock& clock)
    : config_(std::move(config)),
      clock_(clock),
      transport_(std::move(transport)),
      throttle_(clock_, config_.requests_per_second, config_.in_flight),
      ledger_(config_.ledger ? config_.ledger : std::make_shared<CredentialLedger>(clock_)),
      notices_(std::move(notices), ledger_),
      paths_(config_.paths ? config_.paths : std::make_shared<RegionPaths>(clock_)),
      place_(config_.dbss_endpoint + ' ' + config_.region),
      credentials_(make_credentials(
          config_.credential, {clock_, *transport_, config_.iam_endpoint, config_.region, config_.project_id,
                               config_.timeout, notices_.of_credentials(), *ledger_})),
      project_(
          clock_, [this](MonoTime) { return find_project(); },
          [](const Error& error, int) {
            return error.kind == ErrorKind::rejected ? kRetryProject : Seconds{0};
          }) {}

void RestClient::cancel() {
  throttle_.cancel();
  transport_->cancel();
}

Expected<Response> RestClient::send(const Request& request, const ProjectId& project, Seconds patience) {
  for (bool again = false;; again = true) {
    const Expected<Throttle::Pass> pass = throttle_.enter(clock_.now().mono + config_.timeout);
    if (!pass) return fail(pass.error());
    Request attempt = request;
    const auto generation = credentials_->authorize(attempt, project);
    if (!generation) return fail(generation.error());
    attempt.deadline = clock_.now().mono + patience;
    const WallTime left = clock_.now().wall;
    Expected<Response> response = transport_->send(attempt);
    if (response) notices_.compare_clocks(left, *response);

    Outcome outcome = Outcome::unclear;
    if (response && response->status == 401)
      outcome = Outcome::refused;
    else if (response && response->status < 500 && response->status != 429)
      outcome = Outcome::admitted;
    if (outcome == Outcome::admitted) notices_.let_in();
    const bool repeat =
        credentials_->concluded(*generation, outcome, response ? response->date : std::optional<Instant>());
    // A 401 comes from the gateway, before the service has seen anything.
    if (outcome == Outcome::refused && repeat && !again) continue;

    if (response && response->status >= 200 && response->status < 300) return response;
    Error error = response ? error_of(*response, request.effect) : std::move(response.error());
    if (error.kind == ErrorKind::throttled) throttle_.refused(*pass, error);
    credentials_->redact(error.message);
    return fail(std::move(error));
  }
}

Expected<Response> RestClient::ask(const Request& request, const ProjectId& project) {
  Expected<Response> response = send(request, project, config_.timeout);
  if (!response || is_json_success(*response)) return response;
  Error error = error_of(*response, request.effect);
  malformed(error.message, error.request_id);
  return fail(std::move(error));
}

Expected<Response> RestClient::ask(const Calls& calls, const Expected<Request>& request) {
  if (!request) return fail(request.error());
  Expected<Response> response = ask(*request, calls.project());
  // Not every call comes after a list.
  const bool lacks_path = !response && is_no_such_api(response.error()) && !Calls::has_legacy_path(*request);
  if (lacks_path && finds_legacy_paths()) return fail(calls.not_in_this_region());
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
  credentials_->redact(error.message);
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

Expected<Renewal<ProjectId>::Fresh> RestClient::find_project() {
  const Expected<Response> response =
      ask(find_project_request(config_.iam_endpoint, config_.region), ProjectId());
  if (!response) return fail(response.error());
  Expected<ProjectId> id =
      decoded(decode_project(response->body, config_.region), *response, Effect::read, "find project");
  if (!id) return fail(id.error());
  return Renewal<ProjectId>::Fresh{*std::move(id), MonoTime::max(), MonoTime::max()};
}

Expected<Calls> RestClient::calls() {
  const PathStyle style =
      config_.path_style ? *config_.path_style : paths_->style(place_).value_or(PathStyle::current);
  if (config_.project_id) return Calls(config_.dbss_endpoint, *config_.project_id, style);
  const auto project = project_.get(clock_.now().mono + config_.timeout);
  if (!project) return fail(project.error());
  return Calls(config_.dbss_endpoint, project->value, style);
}

Expected<InstanceListing> RestClient::list_instances() {
  const Expected<Calls> make = calls();
  if (!make) return fail(make.error());
  if (config_.path_style) return list_by(*make);
  FoundByPaths found =
      list_by_paths(*paths_, place_, [&](PathStyle style) { return list_by(make->by(style)); });
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

Expected<InstanceListing> RestClient::list_by(const Calls& make) {
  constexpr std::int64_t kSize = 1000;
  std::optional<Seconds> ahead;
  auto all = collect<Instance>(kSize, [&](const Cursor& at) -> Expected<Page<Instance>> {
    const auto response = ask(make, make.instances(at.offset, kSize));
    if (!response) return fail(response.error());
    if (response->date) ahead = *response->date - clock_.now().second();
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

Expected<void> RestClient::accepted(const Calls& calls, const Expected<Request>& request, const char* call) {
  const auto response = ask(calls, request);
  if (!response) return fail(response.error());
  return decoded(decode_result(response->body), *response, Effect::mutation, call);
}

Expected<void> RestClient::start_instance(const InstanceId& id) {
  const Expected<Calls> make = calls();
  if (!make) return fail(make.error());
  return accepted(*make, make->start(id), "start instance");
}

Expected<void> RestClient::create_report(const InstanceId& id, const CreateReport& report) {
  const Expected<Calls> make = calls();
  if (!make) return fail(make.error());
  return accepted(*make, make->create_report(id, report, config_.api_zone), "create report");
}

Expected<std::vector<Job>> RestClient::list_jobs(const ResourceId& id) {
  const Expected<Calls> make = calls();
  if (!make) return fail(make.error());
  auto response = ask(*make, make->jobs(id));
  if (!response && is_no_such_api(response.error()) && finds_legacy_paths())
    response = ask(*make, make->by(PathStyle::legacy).jobs(id));
  if (!response) return fail(response.error());
  auto page = decoded(decode_jobs(response->body), *response, Effect::read, "list jobs");
  if (!page) return fail(page.error());
  for (const std::string& problem : page->problems) malformed("list jobs: " + problem, response->request_id);
  for (Job& job : page->items)
    if (job.resource_id.empty()) job.resource_id = id;
  return std::move(page->items);
}

Expected<SummaryTask> RestClient::summary_task(BusiType type) {
  const Expected<Calls> make = calls();
  if (!make) return fail(make.error());
  const auto response = ask(*make, make->summary(type));
  if (!response) return fail(response.error());
  return decoded(decode_summary(response->body, type), *response, Effect::read, "summary task");
}

/// What keeps a listing from proving that there is no other report.
std::string doubt_about(const Collected<Report>& all) {
  if (!all.problems.empty()) return "an entry of the list cannot be read: " + all.problems.front();
  if (!all.total || std::cmp_greater_equal(all.items.size(), *all.total)) return {};
  return std::to_string(all.items.size()) + " of " + std::to_string(*all.total) + " reports were listed";
}

Expected<ReportListing> RestClient::list_reports(const InstanceId& id) {
  const Expected<Calls> make = calls();
  if (!make) return fail(make.error());
  constexpr std::int64_t kSize = 100;
  const auto page = [&](std::int64_t number) -> Expected<Page<Report>> {
    const auto response = ask(*make, make->reports(id, number, kSize));
    if (!response) return fail(response.error());
    return decoded(decode_reports(response->body, config_.api_zone), *response, Effect::read, "list reports");
  };
  auto all = collect<Report>(kSize, [&](const Cursor& at) { return page(at.page + 1); });
  // That pages count from one is nowhere said. Where entries are missing, they may be on a page before the
  // first; a report that is overlooked would be made again.
  if (all && all->total && std::cmp_less(all->items.size(), *all->total)) {
    auto before = page(0);
    if (!before && before.error().kind != ErrorKind::rejected) return fail(before.error());
    if (before) all->add(*std::move(before));
  }
  std::string doubt = all ? doubt_about(*all) : std::string();
  Expected<std::vector<Report>> reports = whole(std::move(all), "list reports");
  if (!reports) return fail(reports.error());
  return ReportListing{*std::move(reports), std::move(doubt)};
}

Expected<std::vector<Template>> RestClient::list_templates(const InstanceId& id) {
  const Expected<Calls> make = calls();
  if (!make) return fail(make.error());
  const auto response = ask(*make, make->templates(id));
  if (!response) return fail(response.error());
  auto page = decoded(decode_templates(response->body), *response, Effect::read, "list templates");
  if (!page) return fail(page.error());
  for (const std::string& problem : page->problems)
    malformed("list templates: " + problem, response->request_id);
  return std::move(page->items);
}

Expected<NativeSchedule> RestClient::native_schedule(const InstanceId& id, const TemplateId& of) {
  const Expected<Calls> make = calls();
  if (!make) return fail(make.error());
  const auto response = ask(*make, make->native_schedule(id, of));
  if (!response) return fail(response.error());
  return decoded(decode_native_schedule(response->body), *response, Effect::read, "native schedule");
}

Expected<std::vector<Database>> RestClient::list_databases(const InstanceId& id) {
  const Expected<Calls> make = calls();
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
  const Expected<Calls> make = calls();
  if (!make) return fail(make.error());
  Expected<Request> request = make->download(id, report, locale);
  if (!request) return fail(request.error());
  request->sink = &sink;
  const auto response = send(*request, make->project(), config_.timeout * kDownloadPatience);
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
