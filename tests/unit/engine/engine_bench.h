// What an engine stands on, in memory.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "fakes/fake_clock.h"
#include "fakes/fake_cloud.h"
#include "fakes/memory_journal.h"
#include "fakes/recording_sink.h"

namespace dbssd::engine {

inline const ProjectName kProject{"prod"};

/// Answers every call with nothing in it, or as `answer` says. As thread-safe as these two are.
class HollowCloud : public cloud::CloudApi {
 public:
  using Sink = std::function<bool(std::span<const char>)>;
  std::function<Expected<void>()> answer = [] { return Expected<void>{}; };
  std::function<Expected<void>(const Sink&)> download = [](const Sink&) { return Expected<void>{}; };
  std::function<void()> on_cancel = [] {};

  Expected<cloud::InstanceListing> list_instances() override { return hollow<cloud::InstanceListing>(); }
  Expected<void> start_instance(const InstanceId&) override { return answer(); }
  Expected<std::vector<cloud::Job>> list_jobs(const ResourceId&) override {
    return hollow<std::vector<cloud::Job>>();
  }
  Expected<cloud::SummaryTask> summary_task(cloud::BusiType) override { return hollow<cloud::SummaryTask>(); }
  Expected<void> create_report(const InstanceId&, const cloud::CreateReport&) override { return answer(); }
  Expected<cloud::ReportListing> list_reports(const InstanceId&, const std::vector<ReportId>&) override {
    return hollow<cloud::ReportListing>();
  }
  Expected<cloud::TemplateListing> list_templates(const InstanceId&) override {
    return hollow<cloud::TemplateListing>();
  }
  Expected<cloud::NativeSchedule> native_schedule(const InstanceId&, const TemplateId&) override {
    return hollow<cloud::NativeSchedule>();
  }
  Expected<std::vector<cloud::Database>> list_databases(const InstanceId&) override {
    return hollow<std::vector<cloud::Database>>();
  }
  Expected<void> download_report(const InstanceId&, const ReportId&, std::string_view,
                                 const Sink& sink) override {
    return download(sink);
  }
  std::optional<cloud::TokenLife> token_life() const override { return {}; }
  std::optional<cloud::ServiceDate> service_date() const override { return {}; }
  void cancel() override { on_cancel(); }

 private:
  template <class T>
  Expected<T> hollow() {
    if (auto answered = answer(); !answered) return fail(answered.error());
    return T{};
  }
};

struct EngineBench {
  EngineBench() {
    policy.projects.emplace_back();
    policy.projects.front().name = kProject;
    policy.summary.busi_types.clear();
  }

  fakes::FakeClock clock{*parse_utc("2025-06-02T00:00:30Z")};
  fakes::FakeCloud cloud{clock};
  fakes::MemoryJournal journal;
  fakes::RecordingSink events;
  schedule::ZoneDatabase zones;
  policy::Policy policy;  ///< what the next lane or reload gets

  [[nodiscard]] std::shared_ptr<const policy::Policy> current_policy() const {
    return std::make_shared<policy::Policy>(policy);
  }
  /// Ports whose clients all pass what they are asked on to one cloud.
  [[nodiscard]] Ports ports(decltype(Ports::clients) clients = {}) {
    return {clock, journal, events, zones, std::move(clients)};
  }

  void keep_running(int max_per_cycle = 20) {
    policy::StartRule rule;
    rule.name = "keep-running";
    rule.max_per_cycle = max_per_cycle;
    policy.instances.start.push_back(rule);
  }
  void report_each_minute() {
    policy::ReportRule rule{.name = ReportName("every-minute"),
                            .report_template = {},
                            .schedule = schedule::Cron::parse("* * * * *").value(),
                            .time_zone = "UTC"};
    rule.report_template.value = "t-sox";
    rule.spread = Seconds::zero();
    policy.reports.push_back(rule);
  }
};

}  // namespace dbssd::engine
