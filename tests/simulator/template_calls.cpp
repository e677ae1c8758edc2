#include <algorithm>

#include "simulator/calls.h"
#include "simulator/json_writer.h"

namespace dbss_sim {
namespace {

constexpr std::int64_t kLargestSlice = 10000;
constexpr std::int64_t kFewDatabases = 100;  // where no limit is given
constexpr std::int64_t kFewTemplates = 2;    // at a time, in the dialect that pages them

std::string_view status_of(const TemplateSpec& spec) { return spec.scheduled.empty() ? "OFF" : "ON"; }
std::string frequency_of(const TemplateSpec& spec) {
  return "AUDIT_REPORT_" + (spec.scheduled.empty() ? std::string("DAY") : spec.scheduled);
}

std::string_view group_of(std::string_view type) {
  if (type == "SOX" || type == "PCI" || type == "COMPLIANCE") return "COMPLIANCE";
  if (type == "DB_ANALYSIS") return "DB_SPECIAL";
  if (type == "CLIENT_IP_ANALYSIS") return "CLIENT_SPECIAL";
  return type.starts_with("SQL_") ? "SQL_SPECIAL" : "COMPREHENSIVE";
}

// Which entries of a list a request asks for, by offset and limit.
struct Slice {
  std::int64_t offset = 0, limit = 0;
  bool holds(std::int64_t index) const { return index >= offset && index - offset < limit; }
};

std::string_view read_slice(const Query& query, std::int64_t default_limit, Slice& into) {
  const std::string* offset_text = query.find("offset");
  const std::string* limit_text = query.find("limit");
  const auto offset = offset_text == nullptr ? 0 : whole_number(*offset_text);
  const auto limit = limit_text == nullptr ? default_limit : whole_number(*limit_text);
  if (!offset || *offset < 0) return "offset must be an integer of at least 0";
  if (!limit || *limit < 1 || *limit > kLargestSlice) return "limit must be an integer from 1 to 10000";
  into = {*offset, *limit};
  return "";
}

void write_template(JsonWriter& out, const TemplateSpec& spec) {
  out.open().key("template").open().field("id", spec.id).field("name", spec.name).field("type", spec.type);
  out.field("group", group_of(spec.type)).field("frequency", frequency_of(spec));
  out.field("status", status_of(spec)).key("db_ids").null().key("db_names").null();
  out.field("desc", spec.name).close().close();
}

void write_database(JsonWriter& out, const DatabaseSpec& spec) {
  out.open().key("database").open().field("id", spec.id).field("name", spec.name).field("type", spec.type);
  out.field("version", "8.0").field("charset", "UTF8").field("ip", "192.168.0.10").field("port", "3306");
  out.field("os", "LINUX64").field("instance_name", spec.name).field("status", spec.status);
  out.field("audit_status", spec.audit_status).key("agent_url").raw("[]");
  out.field("db_classification", "ECS").close().close();
}

}  // namespace

Answer list_templates(const CallContext& context) {
  const Behaviour& behaviour = context.world.fleet.behaviour;
  const bool paged = behaviour.templates == "paged";
  Slice slice{0, kLargestSlice};
  if (!paged && !context.query.parameters().empty()) return malformed(context, "unknown query parameter");
  if (!context.query.only({"offset", "limit"})) return malformed(context, "unknown query parameter");
  if (const auto flaw = read_slice(context.query, paged ? kFewTemplates : kLargestSlice, slice);
      !flaw.empty()) {
    return malformed(context, flaw);
  }
  if (paged) slice.limit = std::min(slice.limit, kFewTemplates);
  std::optional<Answer> refused;
  const Instance* instance = instance_of_path(context, refused);
  if (instance == nullptr) return *refused;
  JsonWriter out;
  out.open().key("templates").open('[');
  std::int64_t all = 0;
  for (const TemplateSpec& spec : *instance->spec.templates) {
    if (spec.listed && behaviour.templates != "unlisted" && slice.holds(all++)) write_template(out, spec);
  }
  out.close(']').field("os_type", "LINUX64_X86");
  // No page documents that it is cut: a service that did so, and said no total, could not be told from a
  // whole one.
  if (paged) out.field("total", all);
  return {200, out.close().take()};
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
  out.open().key("scheduler").open().field("id", found->id).field("status", status_of(*found));
  out.field("frequency", frequency_of(*found)).field("mode", "PERIOD").field("format", "ZIP");
  out.field("start_time", "00:00:00").field("notice", "OFF").field("topic_urn", "").key("db_ids").null();
  return {200, out.close().field("smn_effective", false).close().take()};
}

Answer list_databases(const CallContext& context) {
  if (!context.query.only({"status", "offset", "limit"})) {
    return malformed(context, "unknown query parameter");
  }
  const std::string* status = context.query.find("status");
  if (status != nullptr && *status != "ON" && *status != "OFF") {
    return malformed(context, "status must be ON or OFF");
  }
  Slice slice;
  if (const auto flaw = read_slice(context.query, kFewDatabases, slice); !flaw.empty()) {
    return malformed(context, flaw);
  }
  std::optional<Answer> refused;
  const Instance* instance = instance_of_path(context, refused);
  if (instance == nullptr) return *refused;

  JsonWriter out;
  out.open().key("databases").open('[');
  std::int64_t all = 0, shown = 0;
  for (const DatabaseSpec& spec : *instance->spec.databases) {
    if ((status != nullptr && *status != spec.status) || !slice.holds(all++)) continue;
    write_database(out, spec);
    ++shown;
  }
  write_total(out.close(']'), context.world.fleet.behaviour, all, shown);
  return {200, out.close().take()};
}

}  // namespace dbss_sim
