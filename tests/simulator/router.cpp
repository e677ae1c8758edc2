#include "simulator/router.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "simulator/calls.h"
#include "simulator/control.h"

namespace dbss_sim {
namespace {

using nlohmann::json;

constexpr std::size_t kShortestId = 32;
constexpr std::size_t kLongestId = 64;

bool of_iam(Call call) {
  return call == Call::kIssueToken || call == Call::kFindProjects || call == Call::kMetadataToken ||
         call == Call::kSecurityKey;
}

Answer no_such_api(const World& world) {
  return gateway_error(404, "APIGW.0101",
                       "The API does not exist or has not been published in the environment.",
                       world.request_id());
}

Answer perform(const CallContext& context) {
  switch (context.route.call) {
    case Call::kListInstances:
      return list_instances(context);
    case Call::kStartInstance:
      return start_instance(context);
    case Call::kListJobs:
      return list_jobs(context);
    case Call::kCreateReport:
      return create_report(context);
    case Call::kSummaryStatus:
      return summary_status(context);
    case Call::kListReports:
      return list_reports(context);
    case Call::kListTemplates:
      return list_templates(context);
    case Call::kDownloadReport:
      return download_report(context);
    case Call::kTemplateSchedule:
      return template_schedule(context);
    case Call::kListDatabases:
      return list_databases(context);
    case Call::kIssueToken:
      return issue_token(context);
    case Call::kFindProjects:
      return find_projects(context);
    case Call::kMetadataToken:
      return metadata_token(context);
    case Call::kSecurityKey:
      return security_key(context);
    case Call::kUnknown:
      break;
  }
  return no_such_api(context.world);
}

// What a request is about, found in its path or body before anything is checked.
std::string_view instance_id_of(const Route& route, const Project* project, const json& body, World& world,
                                Instant now) {
  switch (route.call) {
    case Call::kCreateReport:
    case Call::kListReports:
    case Call::kDownloadReport:
    case Call::kListTemplates:
    case Call::kTemplateSchedule:
    case Call::kListDatabases:
      return route.parameters[1];
    case Call::kStartInstance: {
      const auto id = body.is_object() ? body.find("instance_id") : body.end();
      return id != body.end() && id->is_string() ? std::string_view(id->get_ref<const std::string&>()) : "";
    }
    case Call::kListJobs: {
      const Instance* found =
          project == nullptr ? nullptr : world.instance_of_resource(*project, route.parameters[1], now);
      return found == nullptr ? "" : std::string_view(found->spec.id);
    }
    default:
      return "";
  }
}

const Fault* strike(World& world, const Route& route, const Project* project, std::string_view instance_id,
                    Instant now) {
  if (world.faults.none()) return nullptr;
  const Instance* instance = instance_id.empty() ? nullptr : world.instance_anywhere(instance_id, now);
  Target target{route.call, {}, {}, instance_id, {}};
  if (project != nullptr) {
    target.project_id = project->id;
    target.project_name = project->name;
  }
  if (instance != nullptr) target.instance_name = instance->spec.name;
  return world.faults.strike(target, world.chance);
}

// Whether the region publishes a call by paths of that style.
bool is_published(const Behaviour& behaviour, PathStyle style) {
  return behaviour.paths == "both" || (behaviour.paths == "legacy") == (style == PathStyle::kLegacy);
}

// Everything between a request and its answer that is no fault.
Answer checked(const CallContext& context, std::string_view project_id) {
  World& world = context.world;
  const Route& route = context.route;
  if (route.call == Call::kUnknown) return perform(context);
  if (!route.method_allowed) {
    if (of_iam(route.call)) return iam_error(405, "Method not allowed.");
    return no_such_api(world);
  }
  if (!of_iam(route.call) && !is_published(world.fleet.behaviour, route.style)) return no_such_api(world);
  const std::size_t project = context.project == nullptr ? kNoProject : world.index_of(*context.project);
  if (const ThrottleSpec* limit = world.throttle.exceeded(world.fleet, project, route.call, context.now)) {
    return throttled_answer(*limit, world.request_id());
  }
  if (of_iam(route.call)) return perform(context);
  Caller caller = authenticate(world, context.request, context.now);
  if (caller.refused) return *std::move(caller.refused);
  if (!is_id(project_id)) return malformed(context, "project_id must have 32 to 64 characters");
  if (context.project == nullptr || (!caller.anywhere && caller.project_id != project_id)) {
    return gateway_error(403, "APIGW.0302", "The project is outside the credential's scope.",
                         world.request_id());
  }
  return perform(context);
}

}  // namespace

Delivery serve(World& world, const Request& request) {
  world.next_request_id();
  if (request.path.substr(0, 6) == "/_sim/") return {control(world, request)};

  const Instant now = world.clock.now();
  const Route route = dbss_sim::route(request.method, request.path);
  const std::string_view project_id = of_iam(route.call) ? std::string_view() : route.parameters[0];
  Project* project = world.project(project_id);
  const std::size_t index = project == nullptr ? kNoProject : world.index_of(*project);
  const json body = request.body.empty() ? json() : json::parse(request.body, nullptr, false);
  const auto query = Query::parse(request.query);
  const std::string_view instance_id = instance_id_of(route, project, body, world, now);

  Delivery delivery;
  delivery.ticket = world.tally.arrived(index);
  const Fault* fault = strike(world, route, project, instance_id, now);
  if (fault == nullptr || fault->effect) {
    static const Query kNone;
    const CallContext context{world, request, query ? *query : kNone, body, route, project, now};
    delivery.answer = query ? checked(context, project_id) : malformed(context, "the query is malformed");
  } else if (fault->kind == FaultKind::kExpiredToken) {
    world.iam.revoke(request.header("X-Auth-Token").value_or(""));
  }
  if (fault != nullptr) apply_fault(*fault, world.request_id(), delivery);
  delivery.delay_seconds += world.fleet.behaviour.latency_ms / 1000;

  const bool answered =
      delivery.manner != Delivery::Manner::kDropped && delivery.manner != Delivery::Manner::kRaw;
  LoggedRequest logged{now, route.call, std::string(request.method), std::string(request.path),
                       std::string(request.query)};
  logged.user_agent = request.header("User-Agent").value_or("");
  logged.project_id = project == nullptr ? "" : project->id;
  logged.instance_id = instance_id;
  logged.fault = fault == nullptr ? "" : fault->kind_name;
  logged.status = answered ? delivery.answer.status : kNoAnswer;
  if (world.on_request) world.on_request(logged);
  world.tally.answered(index, std::move(logged));
  return delivery;
}

Answer malformed(const CallContext& context, std::string_view what) {
  return context.world.refuse(400, "DBSS.10000001", "Invalid request parameter: " + std::string(what) + ".");
}

Answer result(const CallContext& context, bool success) {
  static constexpr std::array<std::string_view, 3> kSuccess{"success", "SUCCESS", "Success"};
  static constexpr std::array<std::string_view, 4> kFailed{"failed", "FAILED", "fail", "Failed"};
  const Behaviour& behaviour = context.world.fleet.behaviour;
  const std::uint64_t choice = behaviour.result == "upper"                    ? 1
                               : behaviour.result == "short"                  ? (success ? 0 : 2)
                               : behaviour.result == "any" && behaviour.loose ? context.world.chance.next()
                                                                              : 0;
  const std::string_view word =
      success ? kSuccess[choice % kSuccess.size()] : kFailed[choice % kFailed.size()];
  return {200, "{\"result\":\"" + std::string(word) + "\"}"};
}

Instance* instance_of_path(const CallContext& context, std::optional<Answer>& refused) {
  const std::string_view id = context.route.parameters[1];
  if (!is_id(id)) {
    refused = malformed(context, "instance_id must have 32 to 64 characters");
    return nullptr;
  }
  Instance* instance = context.world.instance(*context.project, id, context.now);
  if (instance == nullptr) {
    refused = context.world.refuse(400, "DBSS.10020021", "The instance ID is invalid.");
  }
  return instance;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_id(std::string_view text) { return text.size() >= kShortestId && text.size() <= kLongestId; }

}  // namespace dbss_sim
