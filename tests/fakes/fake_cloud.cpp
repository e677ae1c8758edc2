#include "fakes/fake_cloud.h"

#include <algorithm>

namespace dbssd::fakes {

using cloud::InstanceStatus;
using cloud::InstanceTask;

FakeCloud::Machine& FakeCloud::add(const std::string& id, InstanceStatus status) {
  Machine& machine = machines[InstanceId(id)];
  machine.seen = {InstanceId(id), ResourceId("r-" + id), "name-" + id, status, InstanceTask::none, {}};
  machine.templates = {{TemplateId("t-sox"), "Sarbanes-Oxley", "SOX"}, {TemplateId("t-pci"), "Cards", "PCI"}};
  return machine;
}

const FakeCloud::Made* FakeCloud::find(const ReportId& id) const {
  const auto made = std::ranges::find(reports, id, [](const Made& m) { return m.report.id; });
  return made == reports.end() ? nullptr : &*made;
}

Expected<cloud::InstanceListing> FakeCloud::list_instances() {
  cloud::InstanceListing listing;
  listing.problems = problems;
  listing.clock_ahead = clock_ahead;
  if (const auto refusal = refusals.find("list_instances"); refusal != refusals.end())
    return fail(refusal->second);
  for (auto& [id, machine] : machines) {
    finish_booting(machine);
    if (machine.listed) listing.instances.push_back(machine.seen);
  }
  return listing;
}

Expected<void> FakeCloud::start_instance(const InstanceId& id) {
  const auto it = machines.find(id);
  if (it == machines.end()) return fail(ErrorKind::not_found, "no such instance");
  Machine& machine = it->second;
  finish_booting(machine);
  if (machine.seen.status != InstanceStatus::shutoff || machine.active_at)
    return fail(ErrorKind::rejected, "the instance is not SHUTOFF");
  ++machine.starts;
  machine.seen.task = InstanceTask::powering_on;
  machine.active_at = clock_.elapsed() + boot_takes;
  return {};
}

Expected<std::vector<cloud::Job>> FakeCloud::list_jobs(const ResourceId& id) {
  const auto it = jobs.find(id);
  if (it == jobs.end()) return fail(ErrorKind::not_found, "no such resource");
  return it->second;
}

Expected<cloud::SummaryTask> FakeCloud::summary_task(cloud::BusiType type) {
  const auto it = summaries.find(type);
  if (it == summaries.end()) return fail(ErrorKind::rejected, "no summary task");
  return it->second;
}

Expected<void> FakeCloud::create_report(const InstanceId& id, const cloud::CreateReport& request) {
  const auto it = machines.find(id);
  if (it == machines.end()) return fail(ErrorKind::not_found, "no such instance");
  finish_booting(it->second);
  if (it->second.seen.status != InstanceStatus::active)
    return fail(ErrorKind::rejected, "the instance is not ACTIVE");
  const auto of = std::ranges::find(it->second.templates, request.template_id, &cloud::Template::id);
  if (of == it->second.templates.end()) return fail(ErrorKind::rejected, "no such template");
  cloud::Report report;
  report.id = ReportId("rep-" + std::to_string(1'000'000 + reports.size()));  // in the order of their making
  report.name = "report " + report.id.str();
  report.type = "AUDIT_REPORT_REAL_TIME";
  report.template_type = of->type;
  report.start = request.window.begin;
  report.end = request.window.end;
  reports.push_back({id, of->id, std::move(report), clock_.elapsed(), report_takes});
  return {};
}

Expected<cloud::ReportListing> FakeCloud::list_reports(const InstanceId& id) {
  if (!machines.contains(id)) return fail(ErrorKind::not_found, "no such instance");
  cloud::ReportListing listing{{}, doubt};
  // In the order of their making, so a year of them need not be looked through.
  const Millis oldest = clock_.elapsed() - listed_for;
  for (auto it = std::ranges::lower_bound(reports, oldest, {}, &Made::born); it != reports.end(); ++it) {
    const Made& made = *it;
    const Millis age = clock_.elapsed() - made.born;
    if (made.instance != id || age < hidden_for) continue;
    listing.reports.push_back(made.report);
    if (finish_shift && made.takes <= age) {
      cloud::Report& finished = listing.reports.back();
      finished.finished =
          std::chrono::floor<Seconds>(WallTime(begun_) + made.born + made.takes) + *finish_shift;
      finished.wire_offset = Seconds{0};
      finished.finish_time = format_utc(*finished.finished);
    }
    listing.reports.back().percentum = made.takes <= age ? 100 : static_cast<int>(100 * age / made.takes);
  }
  return listing;
}

Expected<cloud::NativeSchedule> FakeCloud::native_schedule(const InstanceId& id, const TemplateId& of) {
  if (const auto refusal = refusals.find("native_schedule"); refusal != refusals.end())
    return fail(refusal->second);
  const auto& native = machines.at(id).native;
  const auto found = native.find(of);
  if (found == native.end()) return cloud::NativeSchedule{};
  return cloud::NativeSchedule{true, found->second};
}

Expected<std::vector<cloud::Template>> FakeCloud::list_templates(const InstanceId& id) {
  if (const auto refusal = refusals.find("list_templates"); refusal != refusals.end())
    return fail(refusal->second);
  const auto it = machines.find(id);
  if (it == machines.end()) return fail(ErrorKind::not_found, "no such instance");
  return it->second.templates;
}

Expected<std::vector<cloud::Database>> FakeCloud::list_databases(const InstanceId&) {
  return std::vector<cloud::Database>{};
}

Expected<void> FakeCloud::download_report(const InstanceId&, const ReportId& report, std::string_view,
                                          const std::function<bool(std::span<const char>)>&) {
  ++downloads;
  if (find(report) == nullptr) return fail(ErrorKind::not_found, "no such report");
  return {};
}

std::optional<cloud::ServiceDate> FakeCloud::service_date() const {
  if (dated == Dated::not_at_all) return std::nullopt;
  const Now now = clock_.now();
  const Instant date = dated == Dated::as_the_host
                           ? now.second()
                           : std::chrono::floor<Seconds>(WallTime(begun_) + clock_.elapsed());
  return cloud::ServiceDate{date, now.mono, now.mono};
}

void FakeCloud::finish_booting(Machine& machine) const {
  if (!machine.active_at || clock_.elapsed() < *machine.active_at) return;
  machine.active_at.reset();
  machine.seen.status = InstanceStatus::active;
  machine.seen.task = InstanceTask::none;
}

}  // namespace dbssd::fakes
