// One project of the cloud, in memory: instances that take time to start, reports that take time to be made.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cloud/cloud_api.h"
#include "fakes/fake_clock.h"
#include "schedule/zone.h"

namespace dbssd::fakes {

/// How the list of reports words what it says.
struct Dialect {
  bool names_template = true;   ///< template_type is the template's type; otherwise PDF or ZIP
  std::string name = "report";  ///< of each report, before its id; "": its template's name
  bool lists_databases = false;
  bool says_zone = false;                  ///< "2025-06-02T00:00:00.000Z"
  std::optional<Seconds> finish_offset{};  ///< finish_time is said, by a clock that is so far ahead of UTC
  std::int64_t first_page = 1;
  std::int64_t page_size = 100;  ///< as the client asks for
};

/// Lives by the clock's elapsed time. Its members are the truth, for a test to set and to read; a change by a
/// call is as the service makes it. Belongs to one thread.
class FakeCloud final : public cloud::CloudApi {
 public:
  struct Machine {
    cloud::Instance seen;
    std::vector<cloud::Template> templates;
    std::vector<TemplateId> unlisted;  ///< of the templates: the list is cut, or keeps them to itself
    std::optional<Millis> active_at;   ///< it is powering on until then
    bool listed = true;
    int starts = 0;  ///< taken
    std::map<TemplateId, std::string>
        native;  ///< templates that the service reports by itself, and how often
  };
  struct Made {
    InstanceId instance;
    TemplateId template_id;
    cloud::Report report;
    std::vector<std::string> databases;  ///< asked for
    Millis born{};
    Millis takes{};
  };

  explicit FakeCloud(const FakeClock& clock) : clock_(clock), begun_(clock.now().second()) {}

  std::map<InstanceId, Machine> machines;
  std::vector<Made> reports;
  std::map<ResourceId, std::vector<cloud::Job>> jobs;
  std::map<cloud::BusiType, cloud::SummaryTask> summaries;
  Dialect dialect;
  schedule::Zone zone = schedule::Zone::utc();  ///< in which the service takes windows
  std::string templates_doubt;                  ///< of every listing of templates
  bool newest_first = false;                    ///< in lists of reports
  int pages = 0;                                ///< of lists of reports, read so far
  std::vector<std::string> problems;            ///< of every listing of instances
  std::string doubt;                            ///< of every listing of reports
  Millis boot_takes = Seconds{60};
  Millis report_takes = Seconds{90};
  Millis hidden_for = Seconds{1};                      ///< a new report shows in the list only then
  Millis listed_for = std::chrono::hours{24 * 36500};  ///< the list forgets older ones
  int downloads = 0;
  std::optional<cloud::TokenLife> token;  ///< of what lets the calls in
  std::optional<Seconds> clock_ahead;     ///< of every listing of instances
  std::optional<Seconds> finish_shift;    ///< by which finish_time, read as UTC, is later than it was
  /// What its answers are dated: by the host's clock, or by the time that really passed; or not at all.
  enum class Dated { as_the_host, as_it_is, not_at_all };
  Dated dated = Dated::as_the_host;
  std::map<std::string, Error> refusals;  ///< calls of check --online that fail: "list_templates"

  /// An instance with the templates t-sox, of type SOX, and t-pci, of type PCI.
  Machine& add(const std::string& id, cloud::InstanceStatus status);
  Machine& machine(const std::string& id) { return machines.at(InstanceId(id)); }
  [[nodiscard]] int starts(const std::string& id) const { return machines.at(InstanceId(id)).starts; }
  [[nodiscard]] const Made* find(const ReportId& id) const;

  [[nodiscard]] Expected<cloud::InstanceListing> list_instances() override;
  [[nodiscard]] Expected<void> start_instance(const InstanceId& id) override;
  [[nodiscard]] Expected<std::vector<cloud::Job>> list_jobs(const ResourceId& id) override;
  [[nodiscard]] Expected<cloud::SummaryTask> summary_task(cloud::BusiType type) override;
  [[nodiscard]] Expected<void> create_report(const InstanceId& id,
                                             const cloud::CreateReport& request) override;
  [[nodiscard]] Expected<cloud::ReportListing> list_reports(const InstanceId& id,
                                                            const std::vector<ReportId>& wanted) override;
  [[nodiscard]] Expected<cloud::TemplateListing> list_templates(const InstanceId& id) override;
  [[nodiscard]] Expected<cloud::NativeSchedule> native_schedule(const InstanceId& id,
                                                                const TemplateId& of) override;
  [[nodiscard]] Expected<std::vector<cloud::Database>> list_databases(const InstanceId& id) override;
  [[nodiscard]] Expected<void> download_report(
      const InstanceId& id, const ReportId& report, std::string_view locale,
      const std::function<bool(std::span<const char>)>& sink) override;
  [[nodiscard]] std::optional<cloud::TokenLife> token_life() const override { return token; }
  [[nodiscard]] std::optional<cloud::ServiceDate> service_date() const override;
  void cancel() override {}

 private:
  void finish_booting(Machine& machine) const;
  [[nodiscard]] cloud::Report as_listed(const Made& made) const;

  const FakeClock& clock_;
  const Instant begun_;
};

}  // namespace dbssd::fakes
