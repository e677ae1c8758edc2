#include "simulator/world.h"

#include "simulator/calendar.h"
#include "simulator/json_writer.h"
#include "simulator/report_page.h"

namespace dbss_sim {
namespace {

std::string network_of(const Chance& chance, const Project& project) {
  JsonWriter out;
  out.open()
      .field("region", project.region)
      .field("zone", project.region + "a")
      .field("vpc_id", chance.uuid(project.id, "vpc"))
      .field("subnet_id", chance.uuid(project.id, "subnet"))
      .field("security_group_id", chance.uuid(project.id, "security group"));
  return out.take().substr(1);
}

}  // namespace

World::World(Fleet described, WorldOptions options)
    : chance(options.seed), tally(0), described_(std::move(described)), options_(options) {
  reset();
}

void World::reset() {
  fleet = described_;
  clock = Clock(options_.time_factor, options_.clock_rate);
  chance = Chance(options_.seed);
  projects.clear();
  projects_by_id_.clear();
  by_id_.clear();
  by_resource_.clear();
  instances.clear();
  iam = Iam(fleet.iam);
  faults = {};
  throttle = {};
  summary = {};
  tally = Tally(fleet.projects.size(), tally.next_ticket());
  populate();
}

void World::populate() {
  const Instant now = clock.now();
  for (std::size_t i = 0; i < fleet.projects.size(); ++i) {
    const ProjectSpec& spec = fleet.projects[i];
    Project& project = projects.emplace_back();
    project.region = spec.region;
    project.name = spec.name.empty() ? spec.region : spec.name;
    project.id = spec.id.empty() ? chance.hex(std::to_string(i), "project", 32) : spec.id;
    project.network = network_of(chance, project);
    projects_by_id_.emplace(project.id, i);
  }
  std::string problem;
  for (std::size_t i = 0; i < fleet.projects.size(); ++i) {
    const ProjectSpec& spec = fleet.projects[i];
    projects[i].instances.reserve(spec.instances.size() + spec.generated);
    for (const InstanceSpec& instance : spec.instances) add(projects[i], instance, now, problem);
    for (std::size_t k = 0; k < spec.generated; ++k) {
      InstanceSpec instance;
      std::string number = std::to_string(k + 1);
      number.insert(0, 5 - std::min<std::size_t>(5, number.size()), '0');
      instance.name = projects[i].name + '-' + number;
      if (k < spec.generated_shutoff) instance.status = "SHUTOFF";
      add(projects[i], std::move(instance), now, problem);
    }
  }
}

Project* World::project(std::string_view id) {
  const auto found = projects_by_id_.find(id);
  return found == projects_by_id_.end() ? nullptr : &projects[found->second];
}

Instance* World::instance_anywhere(std::string_view id, Instant now) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  settle(*found->second, now);
  return found->second;
}

Instance* World::instance(const Project& in, std::string_view id, Instant now) {
  Instance* found = instance_anywhere(id, now);
  return found != nullptr && found->project == index_of(in) ? found : nullptr;
}

Instance* World::instance_of_resource(const Project& in, std::string_view resource_id, Instant now) {
  const auto found = by_resource_.find(resource_id);
  if (found == by_resource_.end() || found->second->project != index_of(in)) return nullptr;
  settle(*found->second, now);
  return found->second;
}

Instance* World::add(Project& to, InstanceSpec spec, Instant now, std::string& problem) {
  const std::string number = std::to_string(instances.size());
  if (spec.id.empty()) spec.id = chance.uuid(number, "instance");
  if (spec.resource_id.empty()) spec.resource_id = chance.uuid(number, "resource");
  if (spec.name.empty()) spec.name = "DBSS-" + spec.id.substr(0, 4);
  if (!spec.templates) spec.templates = default_templates();
  if (!spec.databases) spec.databases = default_databases();
  if (by_id_.contains(spec.id) || by_resource_.contains(spec.resource_id)) {
    problem = "the id " + spec.id + " or the resource_id " + spec.resource_id + " is taken";
    return nullptr;
  }
  Instance& instance = instances.emplace_back();
  instance.spec = std::move(spec);
  instance.project = index_of(to);
  instance.quirks = chance.of(instance.spec.id, "quirks");
  // A fleet has grown over some years, unless it is being built.
  const auto age = std::chrono::hours(24 * (instance.quirks % 1000) + 1);
  instance.created = instance.spec.build ? now : now - age;
  for (const OtherReport& other : instance.spec.reports) {
    Report& report = instance.reports.emplace_back();
    report.id = chance.word(instance.spec.id + std::to_string(instance.reports.size()), "other report", 20);
    report.name = other.template_type + " report";
    report.type = other.type;
    report.template_type = other.template_type;
    report.format = "pdf";
    const auto offset = report_offset(fleet.behaviour, instance.spec);
    report.begin = *parse_date_time(other.start_time) - offset;
    report.end = *parse_date_time(other.end_time) - offset;
    report.takes = Span{1};
    report.created = report.visible_from = now - report.takes;
    report.finished = other.finished ? now : Instant::max();
  }
  by_id_.emplace(instance.spec.id, &instance);
  by_resource_.emplace(instance.spec.resource_id, &instance);
  to.instances.push_back(&instance);
  begin_anew(instance, now, "was so");
  return &instance;
}

void World::remove(Instance& instance, Instant now) {
  settle(instance, now);
  instance.removed = true;
  instance.ahead.clear();
  instance.history.push_back({now, instance.spec.status, instance.spec.task, "removed"});
  std::erase(projects[instance.project].instances, &instance);
  by_id_.erase(instance.spec.id);
  by_resource_.erase(instance.spec.resource_id);
}

void World::begin_anew(Instance& instance, Instant now, std::string_view why) {
  begin_life(instance, {clock, fleet.behaviour}, now, why);
}

Answer World::refuse(int status, std::string_view code, std::string_view message) {
  const std::string& shape = fleet.behaviour.error_shape;
  const bool nested = shape == "nested" || (shape == "mixed" && (chance.next() & 3) == 0);
  return service_error(status, code, message, nested ? ErrorShape::kNested : ErrorShape::kFlat);
}

std::string_view World::next_request_id() {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  request_id_.clear();
  for (int half = 0; half < 2; ++half) {
    std::uint64_t bits = chance.next();
    for (int i = 0; i < 16; ++i, bits >>= 4) request_id_ += kDigits[bits & 15];
  }
  return request_id_;
}

}  // namespace dbss_sim
