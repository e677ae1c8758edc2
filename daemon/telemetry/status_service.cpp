#include "telemetry/status_service.h"

#include <iterator>
#include <utility>

#include "telemetry/gauges.h"
#include "telemetry/page.h"

namespace dbssd::telemetry {
namespace {

constexpr unsigned kOk = 200;
constexpr unsigned kNotFound = 404;
constexpr unsigned kUnavailable = 503;

Response text(unsigned status, std::string body, std::string_view type = "text/plain; charset=utf-8") {
  return {status, type, std::make_shared<const std::string>(std::move(body))};
}

Response page(std::string_view name) {
  for (const PageFile& file : page_files()) {
    if (file.name != name) continue;
    const std::string_view type = name.ends_with(".css")  ? "text/css; charset=utf-8"
                                  : name.ends_with(".js") ? "text/javascript; charset=utf-8"
                                                          : "text/html; charset=utf-8";
    return text(kOk, std::string(file.bytes), type);
  }
  return text(kNotFound, "there is /, /status.json, /metrics, /healthz and /readyz\n");
}

/// "ok", or why not.
Response verdict(const std::string& reason) {
  return reason.empty() ? text(kOk, "ok\n") : text(kUnavailable, reason + "\n");
}

}  // namespace

StatusService::StatusService(StatusSources sources, std::string state_path,
                             std::shared_ptr<const policy::Policy> policy)
    : sources_(std::move(sources)),
      state_path_(std::move(state_path)),
      policy_(std::move(policy)),
      lookout_(
          sources_.clock, [this](const std::stop_token& stop) { return look(stop); }, [this] { wake(); },
          sources_.threads) {}

StatusService::~StatusService() { close(); }

Expected<bool> StatusService::listen(const std::optional<policy::Status>& status) {
  if (status == listening_) return false;
  const auto serve_path = [this](std::string_view path) { return serve(path); };
  std::unique_ptr<Endpoint> opened;
  if (status) {
    auto endpoint = Endpoint::open(status->host, status->port, serve_path);
    if (!endpoint && listening_ && listening_->port == status->port) {
      // Its own listener may be what is in the way, as 127.0.0.1 is of 0.0.0.0.
      const std::lock_guard lock(endpoint_mutex_);
      endpoint_.reset();
      endpoint = Endpoint::open(status->host, status->port, serve_path);
      if (!endpoint) {
        if (auto former = Endpoint::open(listening_->host, listening_->port, serve_path))
          endpoint_ = *std::move(former);
      }
    }
    if (!endpoint) return fail(std::move(endpoint.error()));
    opened = *std::move(endpoint);
  }
  listening_ = status;
  const std::lock_guard lock(endpoint_mutex_);
  endpoint_ = std::move(opened);
  return true;
}

std::string StatusService::url() const {
  const std::lock_guard lock(endpoint_mutex_);
  return endpoint_ ? "http://" + endpoint_->address() + "/" : std::string();
}

void StatusService::take_up(std::shared_ptr<const policy::Policy> policy) {
  const std::lock_guard lock(policy_mutex_);
  policy_ = std::move(policy);
}

void StatusService::close() {
  lookout_.stop();
  const std::lock_guard lock(endpoint_mutex_);
  endpoint_.reset();
}

void StatusService::wake() {
  const std::lock_guard lock(endpoint_mutex_);
  if (endpoint_) endpoint_->wake();
}

std::optional<Response> StatusService::serve(std::string_view path) {
  const auto now = [this] { return sources_.clock.now().mono; };
  if (path == "/healthz") return verdict(why_unhealthy(sources_.board.read(), now()));
  if (path == "/readyz") return verdict(why_not_ready(sources_.board.read(), now()));
  if (path == "/metrics") return metrics();
  if (path == "/status.json") return status();
  if (path == "/") return page("index.html");
  return page(path.substr(path.starts_with('/') ? 1 : 0));
}

std::optional<Response> StatusService::metrics() {
  const auto view = lookout_.ask();
  if (!view) return std::nullopt;
  const ServiceState state = sources_.board.read();
  std::vector<prometheus::MetricFamily> families = service_metrics(state, sources_.version);
  families.push_back(counter("dbssd_log_lines_lost_total", "Lines of the log that could not be written.",
                             static_cast<double>(sources_.log_lines_lost())));
  const auto append = [&families](std::vector<prometheus::MetricFamily> more) {
    families.insert(families.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
  };
  append(sources_.metrics.collect());
  append(view->gauges);
  append(process_metrics(state.started));
  return text(kOk, exposition(families), kExpositionType);
}

std::optional<Response> StatusService::status() {
  const auto view = lookout_.ask();
  if (!view) return std::nullopt;
  constexpr std::string_view kJson = "application/json";
  if (view->failure.empty())
    return Response{kOk, kJson, std::shared_ptr<const std::string>(view, &view->status)};
  // A view that could not be begun has no document.
  if (view->status.empty()) return text(kUnavailable, view->failure + "\n");
  return text(kUnavailable, view->status, kJson);
}

View StatusService::look(const std::stop_token& stop) {
  const auto policy = [this] {
    const std::lock_guard lock(policy_mutex_);
    return policy_;
  }();
  const Now now = sources_.clock.now();
  return view_of(*policy, state_path_, sources_.zones, now, sources_.board.read(),
                 sources_.left_alone(now.mono), sources_.version, stop);
}

}  // namespace dbssd::telemetry
