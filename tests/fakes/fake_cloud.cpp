#include "fakes/fake_cloud.h"

#include <algorithm>

#include "cloud/report_pages.h"
#include "cloud/wire_time.h"

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
  if (it != summaries.end()) return it->second;
  Error error;
  error.kind = ErrorKind::rejected;
  error.http_status = 400;
  error.message = "no summary task";
  return fail(std::move(error));
}

Expected<void> FakeCloud::create_report(const InstanceId& id, const cloud::CreateReport& request) {
  const auto it = machines.find(id);
  if (it == machines.end()) return fail(ErrorKind::not_found, "no such instance");
  finish_booting(it->second);
  if (it->second.seen.status != InstanceStatus::active)
    return fail(ErrorKind::rejected, "the instance is not ACTIVE");
  const auto of = std::ranges::find(it->second.templates, request.template_id, &cloud::Template::id);
  if (of == it->second.templates.end()) return fail(ErrorKind::rejected, "no such template");
  const auto begin = cloud::read_wire_time(request.begin_words, zone);
  const auto end = cloud::read_wire_time(request.end_words, zone);
  if (!begin || !end) return fail(ErrorKind::rejected, "no such time");
  cloud::Report report;
  report.id = ReportId("rep-" + std::to_string(1'000'000 + reports.size()));  // in the order of their making
  report.name = dialect.name.empty() ? of->name : dialect.name + " " + report.id.str();
  report.type = "AUDIT_REPORT_REAL_TIME";
  report.template_type = dialect.names_template ? of->type : reports.size() % 2 == 0 ? "PDF" : "ZIP";
  report.begin_words = request.begin_words;
  report.end_words = request.end_words;
  report.start = begin->at;
  report.end = end->at;
  if (dialect.lists_databases) report.databases = request.databases;
  reports.push_back({id, of->id, std::move(report), request.databases, clock_.elapsed(), report_takes});
  return {};
}

cloud::Report FakeCloud::as_listed(const Made& made) const {
  cloud::Report report = made.report;
  const Millis age = clock_.elapsed() - made.born;
  report.percentum = made.takes <= age ? 100 : static_cast<int>(100 * age / made.takes);
  if (dialect.says_zone) report.begin_words = report.end_words = {};
  if (dialect.finish_offset && report.percentum == 100) {
    const auto at = std::chrono::floor<Seconds>(clock_.now().wall - age + made.takes);
    report.finish = {at + *dialect.finish_offset, at + *dialect.finish_offset + std::chrono::hours{14}};
  }
  if (finish_shift && report.percentum == 100) {
    report.finished = std::chrono::floor<Seconds>(WallTime(begun_) + made.born + made.takes) + *finish_shift;
    report.wire_offset = Seconds{0};
    report.finish_time = format_utc(*report.finished);
  }
  return report;
}

Expected<cloud::ReportListing> FakeCloud::list_reports(const InstanceId& id,
                                                       const std::vector<ReportId>& wanted) {
  if (!machines.contains(id)) return fail(ErrorKind::not_found, "no such instance");
  std::vector<const Made*> listed;
  // In the order of their making, so a year of them need not be looked through.
  const Millis oldest = clock_.elapsed() - listed_for;
  for (auto it = std::ranges::lower_bound(reports, oldest, {}, &Made::born); it != reports.end(); ++it)
    if (it->instance == id && clock_.elapsed() - it->born >= hidden_for) listed.push_back(&*it);
  if (newest_first) std::ranges::reverse(listed);
  bool begins_at_one = false;
  auto read = cloud::read_report_pages(
      dialect.page_size, wanted, begins_at_one,
      [&](std::int64_t number) -> Expected<cloud::Page<cloud::Report>> {
        ++pages;
        if (number < dialect.first_page) return fail(ErrorKind::rejected, "no such page");
        cloud::Page<cloud::Report> page;
        page.total = static_cast<std::int64_t>(listed.size());
        const auto begin = static_cast<std::size_t>((number - dialect.first_page) * dialect.page_size);
        for (std::size_t i = begin; i < listed.size() && std::cmp_less(i - begin, dialect.page_size); ++i)
          page.items.push_back(as_listed(*listed[i]));
        page.entries = page.items.size();
        return page;
      });
  if (!read) return fail(read.error());
  if (!doubt.empty()) read->listing.doubt = doubt;
  return std::move(read->listing);
}

Expected<cloud::NativeSchedule> FakeCloud::native_schedule(const InstanceId& id, const TemplateId& of) {
  if (const auto refusal = refusals.find("native_schedule"); refusal != refusals.end())
    return fail(refusal->second);
  const auto& native = machines.at(id).native;
  const auto found = native.find(of);
  if (found == native.end()) return cloud::NativeSchedule{};
  return cloud::NativeSchedule{true, found->second};
}

Expected<cloud::TemplateListing> FakeCloud::list_templates(const InstanceId& id) {
  if (const auto refusal = refusals.find("list_templates"); refusal != refusals.end())
    return fail(refusal->second);
  const auto it = machines.find(id);
  if (it == machines.end()) return fail(ErrorKind::not_found, "no such instance");
  cloud::TemplateListing listing{it->second.templates, templates_doubt};
  std::erase_if(listing.templates, [&](const cloud::Template& t) {
    return std::ranges::find(it->second.unlisted, t.id) != it->second.unlisted.end();
  });
  return listing;
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
