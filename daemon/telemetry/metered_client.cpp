#include "telemetry/metered_client.h"

#include <type_traits>
#include <utility>

namespace dbssd::telemetry {
namespace {

class MeteredClient final : public cloud::CloudApi {
 public:
  MeteredClient(std::unique_ptr<cloud::CloudApi> client, ProjectName project, Metrics& metrics,
                const Clock& clock)
      : client_(std::move(client)), project_(std::move(project)), metrics_(metrics), clock_(clock) {}

  Expected<cloud::InstanceListing> list_instances() override {
    return count("list_instances", [&] { return client_->list_instances(); });
  }
  Expected<void> start_instance(const InstanceId& id) override {
    return count("start_instance", [&] { return client_->start_instance(id); });
  }
  Expected<std::vector<cloud::Job>> list_jobs(const ResourceId& id) override {
    return count("list_jobs", [&] { return client_->list_jobs(id); });
  }
  Expected<cloud::SummaryTask> summary_task(cloud::BusiType type) override {
    return count("summary_task", [&] { return client_->summary_task(type); });
  }
  Expected<void> create_report(const InstanceId& id, const cloud::CreateReport& request) override {
    return count("create_report", [&] { return client_->create_report(id, request); });
  }
  Expected<cloud::ReportListing> list_reports(const InstanceId& id,
                                              const std::vector<ReportId>& wanted) override {
    return count("list_reports", [&] { return client_->list_reports(id, wanted); });
  }
  Expected<cloud::TemplateListing> list_templates(const InstanceId& id) override {
    return count("list_templates", [&] { return client_->list_templates(id); });
  }
  Expected<cloud::NativeSchedule> native_schedule(const InstanceId& id, const TemplateId& of) override {
    return count("native_schedule", [&] { return client_->native_schedule(id, of); });
  }
  Expected<std::vector<cloud::Database>> list_databases(const InstanceId& id) override {
    return count("list_databases", [&] { return client_->list_databases(id); });
  }
  Expected<void> download_report(const InstanceId& id, const ReportId& report, std::string_view locale,
                                 const std::function<bool(std::span<const char>)>& sink) override {
    return count("download_report", [&] { return client_->download_report(id, report, locale, sink); });
  }
  std::optional<cloud::TokenLife> token_life() const override { return client_->token_life(); }
  std::optional<cloud::ServiceDate> service_date() const override { return client_->service_date(); }
  void cancel() override { client_->cancel(); }

 private:
  template <class Call>
  std::invoke_result_t<Call> count(std::string_view name, const Call& call) {
    const MonoTime begun = clock_.now().mono;
    auto answer = call();
    metrics_.count_call(project_, name, answer ? "ok" : to_string(answer.error().kind),
                        std::chrono::floor<Millis>(clock_.now().mono - begun));
    return answer;
  }

  const std::unique_ptr<cloud::CloudApi> client_;
  const ProjectName project_;
  Metrics& metrics_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<cloud::CloudApi> metered(std::unique_ptr<cloud::CloudApi> client, const ProjectName& project,
                                         Metrics& metrics, const Clock& clock) {
  return std::make_unique<MeteredClient>(std::move(client), project, metrics, clock);
}

}  // namespace dbssd::telemetry
