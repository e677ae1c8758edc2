#include <algorithm>
#include <limits>

#include "simulator/calls.h"
#include "simulator/json_writer.h"

namespace dbss_sim {
namespace {

std::string_view status_of(const TemplateSpec& spec) { return spec.scheduled.empty() ? "OFF" : "ON"; }
std::string_view frequency_of(const TemplateSpec& spec) {
  return spec.scheduled.empty() ? std::string_view("DAY") : spec.scheduled;
}

}  // namespace

Answer list_templates(const CallContext& context) {
  if (!context.query.parameters().empty()) return malformed(context, "unknown query parameter");
  std::optional<Answer> refused;
  const Instance* instance = instance_of_path(context, refused);
  if (instance == nullptr) return *refused;
  JsonWriter out;
  out.open().key("templates").open('[');
  for (const TemplateSpec& spec : *instance->spec.templates) {
    out.open().key("template").open().field("id", spec.id).field("name", spec.name).field("type", spec.type);
    out.field("group", "compliance").field("frequency", frequency_of(spec)).field("status", status_of(spec));
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
  const auto found = std::find_if(templates.begin(), templates.end(), [&](const TemplateSpec& spec) {
    return spec.id == context.route.parameters[2];
  });
  if (found == templates.end()) {
    return context.world.refuse(400, "DBSS.10020021", "The template ID is invalid.");
  }
  JsonWriter out;
  out.open().key("scheduler").open().field("status", status_of(*found));
  out.field("frequency", frequency_of(*found)).field("mode", "PERIOD").field("format", "PDF");
  out.field("start_time", "00:00:00").key("db_ids").null().key("db_names").null();
  out.field("email_status", "OFF").close().close();
  return {200, out.take()};
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
