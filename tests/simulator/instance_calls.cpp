#include <algorithm>
#include <nlohmann/json.hpp>

#include "simulator/calendar.h"
#include "simulator/calls.h"
#include "simulator/instances_page.h"
#include "simulator/json_writer.h"

namespace dbss_sim {
namespace {

constexpr std::int64_t kDefaultLimit = 100;
constexpr std::int64_t kLargestLimit = 1000;

ListForm form_of(const CallContext& context) {
  World& world = context.world;
  const Behaviour& behaviour = world.fleet.behaviour;
  ListForm form{behaviour};
  if (context.request.path.starts_with("/v2/") || behaviour.list_shape == "third") {
    form.instances_key = true;
  } else if (context.route.style == PathStyle::kLegacy) {
    // Which has the shape that it always had.
  } else if (behaviour.list_shape == "instances") {
    form.instances_key = form.instance_id_key = true;
  } else if (behaviour.list_shape == "alternate") {
    const auto& calls = world.tally.of_project(world.index_of(*context.project));
    form.instances_key = form.instance_id_key =
        (calls[static_cast<std::size_t>(Call::kListInstances)].total & 1) != 0;
  } else if (behaviour.list_shape == "mixed") {
    Coins coins(world.chance.next());
    form.instances_key = coins.flip();
    form.instance_id_key = coins.flip();
  }
  return form;
}

void write_job(JsonWriter& out, const Job& job, const Instance& instance, bool loose) {
  const bool failed = job.status == "FAIL" || job.status == "ERROR";
  Coins coins(loose ? instance.quirks >> 8 : 0);
  const auto time = [&](std::string_view key, Instant at) {
    if (at == Instant::max()) {
      out.key(key).null();
    } else if (coins.flip()) {
      out.field(key, std::to_string(epoch_millis(at)));
    } else {
      out.field(key, epoch_millis(at));
    }
  };
  const auto text_if = [&](bool there, std::string_view key, std::string_view text) {
    if (there) {
      out.field(key, text);
    } else if (!coins.flip()) {
      out.key(key).null();
    }
  };
  out.open().field("resource_id", instance.spec.resource_id).field("status", job.status);
  text_if(false, "job_type", "");
  out.field("job_id", job.id);
  time("begin_time", job.begin);
  time("end_time", job.end);
  text_if(failed, "error_code", instance.spec.build ? instance.spec.build->error_code : "");
  text_if(failed, "fail_reason", instance.spec.build ? instance.spec.build->fail_reason : "");
  out.field("charge_mode", "Demand")
      .field("server_name", instance.spec.name)
      .field("server_id", instance.spec.id);
  text_if(false, "ha_id", "");
  text_if(false, "ha_name", "");
  out.close();
}

}  // namespace

Answer list_instances(const CallContext& context) {
  if (!context.query.only({"offset", "limit"})) return malformed(context, "unknown query parameter");
  const std::string* offset_text = context.query.find("offset");
  const std::string* limit_text = context.query.find("limit");
  const auto offset = offset_text == nullptr ? 0 : whole_number(*offset_text);
  const auto limit = limit_text == nullptr ? kDefaultLimit : whole_number(*limit_text);
  if (!offset || *offset < 0) return malformed(context, "offset must be an integer of at least 0");
  if (!limit || *limit < 1 || *limit > kLargestLimit) return malformed(context, "limit must be 1 to 1000");

  World& world = context.world;
  auto& all = context.project->instances;
  // Something else got in before the rest: the first of the list becomes the last.
  if (world.fleet.behaviour.page_drift && *offset > 0 && all.size() > 1) {
    std::rotate(all.begin(), all.begin() + 1, all.end());
  }
  const std::size_t begin = std::min(static_cast<std::size_t>(*offset), all.size());
  const std::size_t count =
      std::min({static_cast<std::size_t>(*limit), world.fleet.behaviour.max_page, all.size() - begin});
  return {200, instances_page({all.data() + begin, count}, *context.project, form_of(context), context.now)};
}

Answer start_instance(const CallContext& context) {
  const nlohmann::json& body = context.body;
  if (!context.query.parameters().empty()) return malformed(context, "unknown query parameter");
  if (!context.request.has_json_body()) {
    return malformed(context, "the content type must be application/json");
  }
  if (!body.is_object() || body.size() != 1 || !body.contains("instance_id") ||
      !body["instance_id"].is_string()) {
    return malformed(context, "the body must hold instance_id, a string, and nothing else");
  }
  const auto& id = body["instance_id"].get_ref<const std::string&>();
  if (!is_id(id)) return malformed(context, "instance_id must have 32 to 64 characters");

  World& world = context.world;
  Instance* instance = world.instance(*context.project, id, context.now);
  if (instance == nullptr) return world.refuse(400, "DBSS.10020021", "The instance ID is invalid.");
  const InstanceSpec& spec = instance->spec;
  const bool frozen = spec.effect && *spec.effect >= 1 && *spec.effect <= 3;
  if (spec.status != "SHUTOFF" || spec.task != "NO_TASK" || frozen) {
    instance->starts_refused.push_back(context.now);
    return world.refuse(400, "DBSS.10020130", "Failed to start the instance: its status does not allow it.");
  }
  if (spec.start.outcome == "failed") {
    instance->starts_refused.push_back(context.now);
    return result(context, false);
  }
  instance->starts_accepted.push_back(context.now);
  begin_start(*instance, {world.clock, world.fleet.behaviour}, context.now);
  return result(context, true);
}

Answer list_jobs(const CallContext& context) {
  if (!context.query.parameters().empty()) return malformed(context, "unknown query parameter");
  World& world = context.world;
  Instance* instance = world.instance_of_resource(*context.project, context.route.parameters[1], context.now);
  if (instance == nullptr) return world.refuse(400, "DBSS.10020021", "The resource ID is invalid.");
  JsonWriter out;
  out.open().key("jobs").open('[');
  for (const Job& job : jobs_of(*instance, world.clock, context.now)) {
    write_job(out, job, *instance, world.fleet.behaviour.loose);
  }
  out.close(']').close();
  return {200, out.take()};
}

Answer summary_status(const CallContext& context) {
  const std::string_view busi_type = context.route.parameters[1];
  if (!context.query.parameters().empty()) return malformed(context, "unknown query parameter");
  if (!is_busi_type(busi_type)) return malformed(context, "busi_type must be audit or risk");
  World& world = context.world;
  const Behaviour& behaviour = world.fleet.behaviour;
  const SummaryTask task =
      world.summary.at(behaviour, world.clock, world.chance, context.project->id, busi_type, context.now);
  Coins coins(behaviour.loose ? world.chance.next() : 0);
  const bool done = task.status >= 2;
  const auto instances = static_cast<std::int64_t>(context.project->instances.size());
  const std::int64_t status = task.status == 1 && coins.flip() ? -1 : task.status;
  const auto time = [&](JsonWriter& out, std::string_view key, Instant at) {
    coins.flip() ? out.field(key, std::to_string(epoch_millis(at))) : out.field(key, epoch_millis(at));
  };
  JsonWriter out;
  out.open().field("id", task.id).field("project_id", context.project->id).field("busi_type", busi_type);
  out.field("task_switch", behaviour.task_switch);
  coins.flip() ? out.field("task_status", status) : out.field("task_status", std::to_string(status));
  out.field("total_num", instances).field("completed_num", done ? instances : instances / 2);
  time(out, "begin_time", task.begin);
  done ? time(out, "end_time", task.end) : void(out.key("end_time").null());
  time(out, "query_begin_time", task.query_begin);
  time(out, "query_end_time", task.query_end);
  out.close();
  return {200, out.take()};
}

}  // namespace dbss_sim
