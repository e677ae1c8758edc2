#include <algorithm>
#include <nlohmann/json.hpp>

#include "simulator/calendar.h"
#include "simulator/calls.h"
#include "simulator/documents.h"
#include "simulator/report_page.h"

namespace dbss_sim {
namespace {

using nlohmann::json;

struct WantedReport {
  std::string template_id, db_ids;
  Instant begin, end;  // as if the texts were UTC
};

// Why the body asks for no report, or an empty text.
std::string_view read_wanted(const json& body, WantedReport& wanted) {
  if (!body.is_object()) return "the body must be a JSON object";
  std::string unused_date, start_time, end_time;
  for (const auto& [key, value] : body.items()) {
    const bool optional = key == "db_ids" || key == "start_date" || key == "end_date";
    std::string* into = key == "template_id"  ? &wanted.template_id
                        : key == "start_time" ? &start_time
                        : key == "end_time"   ? &end_time
                        : key == "db_ids"     ? &wanted.db_ids
                        : optional            ? &unused_date
                                              : nullptr;
    if (into == nullptr) return "the body holds an unknown key";
    if (value.is_null() && optional) continue;
    if (!value.is_string()) return "the body holds a value that is not a string";
    *into = value.get<std::string>();
  }
  if (wanted.template_id.empty()) return "template_id is missing";
  const auto start = parse_date_time(start_time);
  const auto end = parse_date_time(end_time);
  if (!start || !end) return "start_time and end_time must be YYYY-MM-DD hh:mm:ss";
  if (*start >= *end) return "start_time must be before end_time";
  wanted.begin = *start;
  wanted.end = *end;
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
  report.begin = wanted.begin;
  report.end = wanted.end;
  report.db_ids = std::move(wanted.db_ids);
  report.created = context.now;
  report.visible_from = context.now + world.clock.span(behaviour.report_visible_after);
  report.takes = world.clock.span(plan.seconds.value_or(behaviour.report_seconds));
  report.finished = plan.outcome == "finished" ? context.now + report.takes : Instant::max();
  report.requested = true;
  report.vanishes = plan.outcome == "vanishes";
  return report;
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
  const auto offset = report_offset(world.fleet.behaviour, instance->spec);
  wanted.begin -= offset;
  wanted.end -= offset;
  ++instance->times_requested[wanted.template_id + ' ' + date_time_text(wanted.begin) + ' ' +
                              date_time_text(wanted.end) + ' ' + wanted.db_ids];
  instance->reports.push_back(begin_report(context, *instance, *made_from, std::move(wanted)));
  return result(context, true);
}

Answer list_reports(const CallContext& context) {
  if (!context.query.parameters().empty()) return malformed(context, "unknown query parameter");
  if (!context.request.has_json_body()) {
    return malformed(context, "the content type must be application/json");
  }
  const World& world = context.world;
  const Behaviour& behaviour = world.fleet.behaviour;
  ReportQuery query;
  if (const auto flaw = read_report_query(behaviour, context.body, query); !flaw.empty()) {
    return malformed(context, flaw);
  }
  std::optional<Answer> refused;
  Instance* instance = instance_of_path(context, refused);
  if (instance == nullptr) return *refused;
  return {200, report_page(behaviour, world.chance, *instance, query, context.now)};
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
  const std::string pdf = pdf_document(report->name + " " + date_time_text(report->begin) + " to " +
                                       date_time_text(report->end) + " of " + instance->spec.name);
  const bool zip = report->format == "zip";
  Answer answer{200, zip ? zip_archive(report->id + ".pdf", pdf) : pdf, "application/octet-stream"};
  answer.headers.emplace_back("Content-Disposition",
                              "attachment; filename=" + report->id + (zip ? ".zip" : ".pdf"));
  return answer;
}

}  // namespace dbss_sim
