#include <algorithm>
#include <limits>

#include "simulator/calls.h"
#include "simulator/json_writer.h"

namespace dbss_sim {

Answer list_templates(const CallContext& context) {
  if (!context.query.parameters().empty()) return malformed(context, "unknown query parameter");
  std::optional<Answer> refused;
  const Instance* instance = instance_of_path(context, refused);
  if (instance == nullptr) return *refused;
  JsonWriter out;
  out.open().key("templates").open('[');
  for (const TemplateSpec& spec : *instance->spec.templates) {
    out.open().key("template").open().field("id", spec.id).field("name", spec.name).field("type", spec.type);
    out.field("group", "compliance").field("frequency", "DAY").field("status", "OFF");
    out.key("db_ids").null().key("db_names").null().field("desc", spec.name).close().close();
  }
  out.close(']').field("total", instance->spec.templates->size()).close();
  return {200, out.take()};
}

Answer template_schedule(const CallContext& context) {
  if (!context.query.parameters().empty()) return malformed(context, "unknown query parameter");
  std::optional<Answer> refused;
  const Instance* instance = instance_of_path(context, refused);
  if (instance == nullptr) return *refused;
  const auto& templates = *instance->spec.templates;
  if (std::none_of(templates.begin(), templates.end(),
                   [&](const TemplateSpec& spec) { return spec.id == context.route.parameters[2]; })) {
    return context.world.refuse(400, "DBSS.10020021", "The template ID is invalid.");
  }
  return {200, R"({"scheduler":{"status":"OFF","frequency":"DAY","mode":"PERIOD","format":"PDF",)"
               R"("start_time":"00:00:00","db_ids":null,"db_names":null,"email_status":"OFF"}})"};
}

Answer list_databases(const CallContext& context) {
  if (!context.query.only({"status", "offset", "limit"})) {
    return malformed(context, "unknown query parameter");
  }
  const std::string* status = context.query.find("status");
  const std::string* offset_text = context.query.find("offset");
  const std::string* limit_text = context.query.find("limit");
  const auto offset = offset_text == nullptr ? 0 : whole_number(*offset_text);
  const auto limit =
      limit_text == nullptr ? std::numeric_limits<std::int64_t>::max() : whole_number(*limit_text);
  if (!offset || *offset < 0) return malformed(context, "offset must be an integer of at least 0");
  if (!limit || *limit < 1) return malformed(context, "limit must be an integer of at least 1");
  std::optional<Answer> refused;
  const Instance* instance = instance_of_path(context, refused);
  if (instance == nullptr) return *refused;

  JsonWriter out;
  out.open().key("databases").open('[');
  std::int64_t total = 0;
  for (const DatabaseSpec& spec : *instance->spec.databases) {
    if (status != nullptr && *status != spec.status) continue;
    const std::int64_t index = total++;
    if (index < *offset || index - *offset >= *limit) continue;
    out.open().key("database").open().field("id", spec.id).field("name", spec.name).field("type", spec.type);
    out.field("status", spec.status).field("audit_status", spec.audit_status).field("version", "8.0");
    out.field("charset", "UTF8").field("ip", "192.168.0.10").field("port", "3306").close().close();
  }
  out.close(']').field("total", total).close();
  return {200, out.take()};
}

}  // namespace dbss_sim
