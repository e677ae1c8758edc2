#include "telemetry/view.h"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "journal/sqlite_journal.h"
#include "overview/json.h"
#include "overview/trouble.h"

namespace dbssd::telemetry {
namespace {

using Json = nlohmann::ordered_json;
using journal::RunRecord;

/// Reads until it is told to stop. What is read comes in pages, so that is soon.
class StoppableReader final : public journal::Journal {
 public:
  StoppableReader(journal::Journal& journal, const std::stop_token& stop) : journal_(journal), stop_(stop) {}

  Expected<journal::Remembered> load(const ProjectName& project, Instant starts_since) override {
    if (stop_.stop_requested()) return stopped();
    return journal_.load(project, starts_since);
  }
  Expected<void> commit(const ProjectName& project, const journal::Batch& batch) override {
    return journal_.commit(project, batch);
  }
  Expected<std::vector<RunRecord>> archived_runs(const ProjectName& project, const ReportName& report,
                                                 Instant before, const std::string& below,
                                                 std::size_t limit) override {
    return journal_.archived_runs(project, report, before, below, limit);
  }
  Expected<std::vector<ReportId>> claimed_reports(const ProjectName& project, const InstanceId& instance,
                                                  const std::vector<ReportId>& listed) override {
    return journal_.claimed_reports(project, instance, listed);
  }
  Expected<std::vector<ProjectName>> projects() override { return journal_.projects(); }
  Expected<std::vector<RunRecord>> runs(const ProjectName& project, const journal::RunQuery& query) override {
    if (stop_.stop_requested()) return stopped();
    return journal_.runs(project, query);
  }
  Expected<std::size_t> prune(Instant before, const std::stop_token& stop) override {
    return journal_.prune(before, stop);
  }

 private:
  static tl::unexpected<Error> stopped() { return fail(ErrorKind::internal, "stopping"); }

  journal::Journal& journal_;
  const std::stop_token& stop_;
};

Json service_json(const ServiceState& service) {
  return {{"started", format_utc(std::chrono::floor<Seconds>(service.started))},
          {"policy",
           {{"path", service.policy_path},
            {"fingerprint", service.fingerprint},
            {"since", format_utc(service.policy_since)},
            {"last_reload", service.refused.empty() ? "ok" : "refused"},
            {"refused_because", service.refused}}}};
}

void add_left_alone(Json& project, const planner::LeftAloneList& list) {
  project["left_alone"] = Json::array();
  for (const auto& [subject, reason, count] : list.groups)
    project["left_alone"].push_back({{"subject", subject}, {"reason", reason}, {"count", count}});
  project["left_alone_more"] = list.more;
}

/// What the cloud says may be no UTF-8.
std::string text_of(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

Expected<overview::Overview> look(const policy::Policy& policy, const std::string& state_path,
                                  schedule::ZoneDatabase& zones, Instant now, const std::stop_token& stop) {
  const auto opened = journal::open_sqlite(state_path, journal::Access::read_only);
  if (!opened) return fail(opened.error());
  StoppableReader reader(*opened->journal, stop);
  auto overview = overview::look(policy, reader, zones, now);
  if (!overview) return overview;
  overview->state_path = state_path;
  return overview;
}

/// What is wrong with the service itself, as the main thread noted it.
void add_service(overview::Overview& overview, const ServiceState& service, MonoTime now) {
  if (std::string reason = why_unhealthy(service, now); !reason.empty())
    overview.wrong.push_back(
        {.what = std::string(overview::trouble::kStandsStill), .reason = std::move(reason)});
  if (!service.refused.empty())
    overview.wrong.push_back({.what = std::string(overview::trouble::kPolicyRefused),
                              .since = service.refused_at,
                              .reason = service.refused});
}

}  // namespace

View view_of(const policy::Policy& policy, const std::string& state_path, schedule::ZoneDatabase& zones,
             const Now& now, const ServiceState& service, const LeftAlone& left_alone,
             const std::string& version, const std::stop_token& stop) {
  View view;
  auto overview = look(policy, state_path, zones, now.second(), stop);
  if (!overview) {
    view.failure = overview.error().message;
    view.gauges.push_back(well_metric(false));
    view.status = text_of({{"time", format_utc(now.second())}, {"well", false}, {"error", view.failure}});
    return view;
  }
  const Instant started = std::chrono::floor<Seconds>(service.started);
  overview::add_keeper(*overview,
                       journal::Keeper{journal::Keeper::Stands::holds, std::to_string(::getpid()), started});
  add_service(*overview, service, now.mono);
  Json document = overview::to_json(*overview);
  document["version"] = version;
  document["service"] = service_json(service);
  for (Json& project : document["projects"]) {
    const auto lane = left_alone.find(ProjectName(project["project"].get<std::string>()));
    add_left_alone(project, lane == left_alone.end() ? planner::LeftAloneList() : *lane->second);
  }
  view.status = text_of(document);
  view.gauges = overview_metrics(*overview);
  return view;
}

}  // namespace dbssd::telemetry
