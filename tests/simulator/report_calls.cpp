#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <vector>

#include "simulator/calendar.h"
#include "simulator/calls.h"
#include "simulator/documents.h"
#include "simulator/json_writer.h"

namespace dbss_sim {
namespace {

using nlohmann::json;

constexpr std::int64_t kLargestPage = 1000;

struct WantedReport {
  std::string template_id, start_time, end_time, db_ids;
};

// Why the body asks for no report, or an empty text.
std::string_view read_wanted(const json& body, WantedReport& wanted) {
  if (!body.is_object()) return "the body must be a JSON object";
  std::string unused_date;
  for (const auto& [key, value] : body.items()) {
    const bool optional = key == "db_ids" || key == "start_date" || key == "end_date";
    std::string* into = key == "template_id"  ? &wanted.template_id
                        : key == "start_time" ? &wanted.start_time
                        : key == "end_time"   ? &wanted.end_time
                        : key == "db_ids"     ? &wanted.db_ids
                        : optional            ? &unused_date
                                              : nullptr;
    if (into == nullptr) return "the body holds an unknown key";
    if (value.is_null() && optional) continue;
    if (!value.is_string()) return "the body holds a value that is not a string";
    *into = value.get<std::string>();
  }
  if (wanted.template_id.empty()) return "template_id is missing";
  const auto start = parse_date_time(wanted.start_time);
  const auto end = parse_date_time(wanted.end_time);
  if (!start || !end) return "start_time and end_time must be YYYY-MM-DD hh:mm:ss";
  if (*start >= *end) return "start_time must be before end_time";
  return "";
}

bool known_databases(const InstanceSpec& spec, std::string_view db_ids) {
  while (!db_ids.empty()) {
    const std::string_view id = db_ids.substr(0, db_ids.find(','));
    db_ids.remove_prefix(std::min(db_ids.size(), id.size() + 1));
    if (std::none_of(spec.databases->begin(), spec.databases->end(),
                     [id](const DatabaseSpec& database) { return database.id == id; })) {
      return false;
    }
  }
  return true;
}

Report begin_report(const CallContext& context, const Instance& instance, const TemplateSpec& made_from,
                    WantedReport wanted) {
  World& world = context.world;
  const Behaviour& behaviour = world.fleet.behaviour;
  const ReportPlan& plan = instance.spec.report;
  Report report;
  report.id = world.chance.word(instance.spec.id + std::to_string(instance.reports.size()), "report", 20);
  report.name = made_from.name;
  report.type = "AUDIT_REPORT_REAL_TIME";
  report.template_id = made_from.id;
  report.template_type = made_from.type;
  report.format = made_from.format;
  report.start_time = std::move(wanted.start_time);
  report.end_time = std::move(wanted.end_time);
  report.db_ids = std::move(wanted.db_ids);
  report.created = context.now;
  report.visible_from = context.now + world.clock.span(behaviour.report_visible_after);
  report.takes = world.clock.span(plan.seconds.value_or(behaviour.report_seconds));
  report.finished = plan.outcome == "finished" ? context.now + report.takes : Instant::max();
  report.requested = true;
  report.vanishes = plan.outcome == "vanishes";
  return report;
}

void write_report(JsonWriter& out, const Report& report, const InstanceSpec& spec, Coins coins, Instant now) {
  const int percentum = report.percentum(now);
  const bool finished = percentum == 100;
  out.open()
      .key("report")
      .open()
      .field("id", report.id)
      .field("name", report.name)
      .field("type", report.type);
  out.field("template_type", report.template_type);
  out.field("start_time", report.start_time).field("end_time", report.end_time);
  finished ? out.field("finish_time", date_time_text(report.finished)) : out.key("finish_time").null();
  coins.flip() ? out.field("percentum", std::to_string(percentum)) : out.field("percentum", percentum);
  out.field("format", report.format);
  if (report.db_ids.empty()) {
    if (!coins.flip()) out.key("db_ids").null().key("db_names").null();
  } else {
    std::string names;
    for (const DatabaseSpec& database : *spec.databases) {
      if (report.db_ids.find(database.id) != std::string::npos) {
        names.append(names.empty() ? "" : ",").append(database.name);
      }
    }
    out.field("db_ids", report.db_ids).field("db_names", names);
  }
  if (finished) {
    out.field("url", "/reports/" + report.id);
  } else {
    out.key("url").null();
  }
  out.close().close();
}

struct ListOptions {
  std::string name;
  std::int64_t page = 0, size = 0;
};

std::string_view read_options(const json& body, ListOptions& options) {
  if (!body.is_object()) return "the body must be a JSON object";
  for (const auto& [key, value] : body.items()) {
    if (key == "name") {
      if (value.is_null()) continue;
      if (!value.is_string()) return "name must be a string";
      options.name = value.get<std::string>();
    } else if (key == "page" || key == "size") {
      if (!value.is_number_integer()) return "page and size must be integers";
      (key == "page" ? options.page : options.size) = value.get<std::int64_t>();
    } else {
      return "the body holds an unknown key";
    }
  }
  if (options.page < 1) return "page must be at least 1";
  if (options.size < 1 || options.size > kLargestPage) return "size must be 1 to 1000";
  return "";
}

bool newest_first(const World& world, const Instance& instance) {
  const std::string& order = world.fleet.behaviour.report_order;
  return order == "newest" || (order == "seed" && (instance.quirks & 0x100) != 0);
}

}  // namespace

Answer create_report(const CallContext& context) {
  World& world = context.world;
  if (!context.query.parameters().empty()) return malformed(context, "unknown query parameter");
  if (!context.request.has_json_body()) {
    return malformed(context, "the content type must be application/json");
  }
  WantedReport wanted;
  if (const auto flaw = read_wanted(context.body, wanted); !flaw.empty()) return malformed(context, flaw);
  std::optional<Answer> refused;
  Instance* instance = instance_of_path(context, refused);
  if (instance == nullptr) return *refused;
  const auto& templates = *instance->spec.templates;
  const auto made_from = std::find_if(templates.begin(), templates.end(), [&](const TemplateSpec& spec) {
    return spec.id == wanted.template_id;
  });
  if (made_from == templates.end()) return world.refuse(400, "DBSS.10020021", "The template ID is invalid.");
  if (!known_databases(instance->spec, wanted.db_ids)) {
    return world.refuse(400, "DBSS.10020021", "A database ID is invalid.");
  }
  if (instance->spec.status != "ACTIVE" || instance->spec.task == "powering-off") {
    return world.refuse(400, "DBSS.10000001", "The status of the instance does not allow it.");
  }
  if (instance->spec.report.outcome == "failed") return result(context, false);
  ++instance->times_requested[wanted.template_id + ' ' + wanted.start_time + ' ' + wanted.end_time + ' ' +
                              wanted.db_ids];
  instance->reports.push_back(begin_report(context, *instance, *made_from, std::move(wanted)));
  return result(context, true);
}

Answer list_reports(const CallContext& context) {
  if (!context.query.parameters().empty()) return malformed(context, "unknown query parameter");
  if (!context.request.has_json_body()) {
    return malformed(context, "the content type must be application/json");
  }
  ListOptions options;
  if (const auto flaw = read_options(context.body, options); !flaw.empty()) return malformed(context, flaw);
  std::optional<Answer> refused;
  const Instance* instance = instance_of_path(context, refused);
  if (instance == nullptr) return *refused;

  std::vector<const Report*> listed;
  for (const Report& report : instance->reports) {
    if (report.listed(context.now) && report.name.find(options.name) != std::string::npos) {
      listed.push_back(&report);
    }
  }
  if (newest_first(context.world, *instance)) std::reverse(listed.begin(), listed.end());
  const auto total = static_cast<std::int64_t>(listed.size());
  const std::int64_t begin =
      options.page - 1 > total / options.size ? total : (options.page - 1) * options.size;
  const std::int64_t end = std::min(total, begin + options.size);
  JsonWriter out;
  out.open().key("reports").open('[');
  for (std::int64_t i = begin; i < end; ++i) {
    const Report& report = *listed[static_cast<std::size_t>(i)];
    const bool loose = context.world.fleet.behaviour.loose;
    write_report(out, report, instance->spec,
                 Coins(loose ? context.world.chance.of(report.id, "spelling") : 0), context.now);
  }
  out.close(']').field("total", total).close();
  return {200, out.take()};
}

Answer download_report(const CallContext& context) {
  World& world = context.world;
  const std::string* locale = context.query.find("local");
  if (!context.query.only({"local"})) return malformed(context, "unknown query parameter");
  if (locale != nullptr && *locale != "en-us" && *locale != "zh-cn") {
    return malformed(context, "unknown locale");
  }
  std::optional<Answer> refused;
  const Instance* instance = instance_of_path(context, refused);
  if (instance == nullptr) return *refused;
  const auto report = std::find_if(instance->reports.begin(), instance->reports.end(),
                                   [&](const Report& r) { return r.id == context.route.parameters[2]; });
  if (report == instance->reports.end() || !report->listed(context.now)) {
    return world.refuse(400, "DBSS.10020021", "The report ID is invalid.");
  }
  if (report->percentum(context.now) < 100) {
    return world.refuse(400, "DBSS.10000001", "The report is not finished.");
  }
  const std::string pdf = pdf_document(report->name + " " + report->start_time + " to " + report->end_time +
                                       " of " + instance->spec.name);
  const bool zip = report->format == "ZIP";
  Answer answer{200, zip ? zip_archive(report->id + ".pdf", pdf) : pdf, "application/octet-stream"};
  answer.headers.emplace_back("Content-Disposition",
                              "attachment; filename=" + report->id + (zip ? ".zip" : ".pdf"));
  return answer;
}

}  // namespace dbss_sim
