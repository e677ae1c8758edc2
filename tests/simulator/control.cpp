#include "simulator/control.h"

#include <nlohmann/json.hpp>

#include "simulator/calendar.h"
#include "simulator/calls.h"
#include "simulator/dialect.h"
#include "simulator/fields.h"
#include "simulator/json_writer.h"

namespace dbss_sim {
namespace {

using nlohmann::json;

constexpr std::string_view kPrefix = "/_sim";
constexpr std::size_t kRequestsShown = 1000;

Answer done() { return {200, R"({"ok":true})"}; }

Answer wrong(std::string_view problem) {
  JsonWriter out;
  return {400, out.open().field("problem", problem).close().take()};
}

Answer no_such(std::string_view what) {
  JsonWriter out;
  return {404, out.open().field("problem", "no such " + std::string(what)).close().take()};
}

Project* named_project(World& world, std::string_view id_or_name) {
  if (Project* project = world.project(id_or_name)) return project;
  for (Project& project : world.projects) {
    if (project.name == id_or_name) return &project;
  }
  return nullptr;
}

Instance* named_instance(World& world, std::string_view id_or_name, Instant now) {
  if (Instance* instance = world.instance_anywhere(id_or_name, now)) return instance;
  for (Instance& instance : world.instances) {
    if (!instance.removed && instance.spec.name == id_or_name) {
      return world.instance_anywhere(instance.spec.id, now);
    }
  }
  return nullptr;
}

Answer advance(World& world, const json& body) {
  std::string problem;
  double seconds = 0;
  Fields(body, "", problem).take("seconds", seconds).finish();
  if (!problem.empty()) return wrong(problem);
  world.clock.advance(seconds);
  JsonWriter out;
  return {200, out.open().field("now", epoch_millis(world.clock.now())).close().take()};
}

Answer install_fault(World& world, const json& body) {
  std::string problem;
  const auto id = world.faults.install(body, problem);
  if (!id) return wrong(problem);
  JsonWriter out;
  return {200, out.open().field("id", *id).close().take()};
}

Answer list_faults(const World& world) {
  JsonWriter out;
  out.open().key("faults").open('[');
  for (const Fault& fault : world.faults.all()) {
    out.open().field("id", fault.id).field("kind", fault.kind_name).field("call", fault.call);
    out.field("project", fault.project).field("instance", fault.instance);
    out.field("matched", fault.matched).field("struck", fault.struck).close();
  }
  return {200, out.close(']').close().take()};
}

Answer add_instances(World& world, const json& body) {
  std::string problem, project_name;
  Fields fields(body, "", problem);
  const json* list = fields.take("project", project_name).find_array("instances");
  fields.finish();
  Project* project = named_project(world, project_name);
  if (project == nullptr && problem.empty()) problem = "project: no such project";
  if (list == nullptr && problem.empty()) problem = "instances: missing";
  JsonWriter out;
  out.open().key("instances").open('[');
  for (std::size_t i = 0; problem.empty() && i < list->size(); ++i) {
    InstanceSpec spec;
    read_instance((*list)[i], "instances[" + std::to_string(i) + "]", problem, spec);
    if (!problem.empty()) break;
    const Instance* added = world.add(*project, std::move(spec), world.clock.now(), problem);
    if (added != nullptr) {
      out.open().field("id", added->spec.id).field("resource_id", added->spec.resource_id).close();
    }
  }
  if (!problem.empty()) return wrong(problem);
  return {200, out.close(']').close().take()};
}

Answer change_instance(World& world, std::string_view id_or_name, const json& body) {
  const Instant now = world.clock.now();
  Instance* instance = named_instance(world, id_or_name, now);
  if (instance == nullptr) return no_such("instance");
  InstanceSpec changed = instance->spec;
  std::string problem;
  read_instance(body, "", problem, changed);
  if (problem.empty() &&
      (changed.id != instance->spec.id || changed.resource_id != instance->spec.resource_id)) {
    problem = "the ids of an instance stay what they are";
  }
  if (!problem.empty()) return wrong(problem);
  const bool new_life = body.contains("status") || body.contains("task") || body.contains("build") ||
                        body.contains("flap_seconds");
  instance->spec = std::move(changed);
  if (new_life) world.begin_anew(*instance, now, "set by control");
  return done();
}

Answer remove_instance(World& world, std::string_view id_or_name) {
  const Instant now = world.clock.now();
  Instance* instance = named_instance(world, id_or_name, now);
  if (instance == nullptr) return no_such("instance");
  world.remove(*instance, now);
  return done();
}

Answer set_summary(World& world, const json& body) {
  std::string problem, project_name, busi_type;
  SummaryOverride values;
  Fields(body, "", problem)
      .take("project", project_name)
      .take("busi_type", busi_type)
      .take("task_status", values.status)
      .take("query_begin_time", values.query_begin_time)
      .take("query_end_time", values.query_end_time)
      .finish();
  if (!problem.empty()) return wrong(problem);
  if (!busi_type.empty() && !is_busi_type(busi_type)) return wrong("busi_type: neither audit nor risk");
  if (!project_name.empty() && named_project(world, project_name) == nullptr) return no_such("project");
  for (const Project& project : world.projects) {
    if (!project_name.empty() && project.id != project_name && project.name != project_name) continue;
    for (const std::string type : {"audit", "risk"}) {
      if (busi_type.empty() || busi_type == type) world.summary.set(project.id, type, values);
    }
  }
  return done();
}

Answer set_throttle(World& world, const json& body) {
  std::string problem;
  Fleet changed;
  read_throttle(body, "", problem, changed);
  if (!problem.empty()) return wrong(problem);
  world.fleet.throttle = std::move(changed.throttle);
  world.throttle.forget();
  return done();
}

Answer set_behaviour(World& world, const json& body) {
  std::string problem;
  Behaviour changed = world.fleet.behaviour;
  read_behaviour(body, "", problem, changed);
  if (!problem.empty()) return wrong(problem);
  world.fleet.behaviour = changed;
  return done();
}

Answer set_password(World& world, const json& body) {
  std::string problem, name, password;
  Fields(body, "", problem).take("user", name).take("password", password).finish();
  if (!problem.empty()) return wrong(problem);
  User* user = world.iam.user(name);
  if (user == nullptr) return no_such("user");
  user->spec.password = password;
  world.iam.revoke_all();
  return done();
}

Answer post(World& world, std::string_view path, const json& body) {
  if (path == "/advance") return advance(world, body);
  if (path == "/faults") return install_fault(world, body);
  if (path == "/instances") return add_instances(world, body);
  if (path.substr(0, 11) == "/instances/") return change_instance(world, path.substr(11), body);
  if (path == "/summary") return set_summary(world, body);
  if (path == "/throttle") return set_throttle(world, body);
  if (path == "/behaviour") return set_behaviour(world, body);
  if (path == "/password") return set_password(world, body);
  if (path == "/tokens/expire") {
    world.iam.revoke_all();
    return done();
  }
  if (path == "/reset") {
    world.reset();
    return done();
  }
  return no_such("control");
}

Answer get(World& world, std::string_view path, const Query& query) {
  if (path == "/truth") return {200, truth(world, query)};
  if (path == "/truth/counts") return {200, truth_counts(world)};
  if (path == "/truth/instances") return {200, truth_instances(world, query)};
  if (path == "/truth/reports") return {200, truth_reports(world, query)};
  if (path == "/truth/windows") return {200, truth_windows(world, query)};
  if (path == "/truth/calls") return {200, truth_calls(world)};
  if (path == "/truth/iam") return {200, truth_iam(world)};
  if (path == "/faults") return list_faults(world);
  if (path == "/behaviour") return {200, spoken(world.fleet.behaviour)};
  if (path == "/requests") {
    const std::string* last = query.find("last");
    const auto count = last == nullptr ? static_cast<std::int64_t>(kRequestsShown) : whole_number(*last);
    if (!count || *count < 0) return wrong("last: not a count");
    return {200, logged_requests(world, static_cast<std::size_t>(*count))};
  }
  return no_such("control");
}

Answer remove(World& world, std::string_view path) {
  if (path == "/faults") {
    world.faults.clear();
    return done();
  }
  if (path.substr(0, 8) == "/faults/") {
    const auto id = whole_number(path.substr(8));
    return id && world.faults.remove(static_cast<std::size_t>(*id)) ? done() : no_such("fault");
  }
  if (path == "/summary") {
    world.summary.release();
    return done();
  }
  if (path.substr(0, 11) == "/instances/") return remove_instance(world, path.substr(11));
  return no_such("control");
}

}  // namespace

Answer control(World& world, const Request& request) {
  const std::string_view path = request.path.substr(kPrefix.size());
  if (path == "/redirected") {
    world.tally.redirect_followed(request.header("X-Auth-Token") || request.header("Authorization"));
    return done();
  }
  const auto query = Query::parse(request.query);
  if (!query) return wrong("the query is malformed");
  if (request.method == "GET") return get(world, path, *query);
  if (request.method == "DELETE") return remove(world, path);
  if (request.method != "POST") return no_such("control");
  const json body = request.body.empty() ? json::object() : json::parse(request.body, nullptr, false);
  if (!body.is_object()) return wrong("the body is not a JSON object");
  return post(world, path, body);
}

}  // namespace dbss_sim
