#include "simulator/fleet.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "simulator/calendar.h"
#include "simulator/call.h"
#include "simulator/dialect.h"

namespace dbss_sim {
namespace {

using nlohmann::json;

using Words = std::initializer_list<std::string_view>;

void take_choice(Fields& fields, std::string_view key, std::string& into, Words choices) {
  fields.take_choice(key, into, std::span(choices.begin(), choices.size()));
}

// Reads each element of the array at `key`, where there is one, into a fresh list.
template <class T, class Read>
void take_list(Fields& fields, std::string_view key, std::string& problem, std::vector<T>& into, Read read) {
  const json* list = fields.find_array(key);
  if (list == nullptr) return;
  into.clear();
  for (std::size_t i = 0; i < list->size(); ++i) {
    read((*list)[i], fields.where(key) + '[' + std::to_string(i) + ']', problem, into.emplace_back());
  }
}

void read_template(const json& object, const std::string& where, std::string& problem, TemplateSpec& into) {
  Fields fields(object, where, problem);
  fields.take("id", into.id).take("name", into.name).take("type", into.type);
  take_choice(fields, "format", into.format, {"pdf", "zip"});
  take_choice(fields, "scheduled", into.scheduled, {"", "DAY", "WEEK", "MONTH", "YEAR"});
  fields.take("listed", into.listed);
  if (into.id.empty() || into.type.empty()) fields.complain("id", "a template needs an id and a type");
  if (into.name.empty()) into.name = into.type + " report";
  fields.finish();
}

void read_database(const json& object, const std::string& where, std::string& problem, DatabaseSpec& into) {
  Fields fields(object, where, problem);
  fields.take("id", into.id).take("name", into.name).take("type", into.type);
  take_choice(fields, "status", into.status, {"ON", "OFF"});
  take_choice(fields, "audit_status", into.audit_status, {"ACTIVE", "SHUTOFF", "ERROR"});
  if (into.id.empty()) fields.complain("id", "missing");
  fields.finish();
}

void read_other_report(const json& object, const std::string& where, std::string& problem,
                       OtherReport& into) {
  Fields fields(object, where, problem);
  take_choice(fields, "type", into.type,
              {"AUDIT_REPORT_DAY", "AUDIT_REPORT_WEEK", "AUDIT_REPORT_MONTH", "AUDIT_REPORT_YEAR",
               "AUDIT_REPORT_REAL_TIME"});
  fields.take("template_type", into.template_type).take("finished", into.finished);
  fields.take("start_time", into.start_time).take("end_time", into.end_time);
  if (!parse_date_time(into.start_time)) fields.complain("start_time", "not YYYY-MM-DD hh:mm:ss");
  if (!parse_date_time(into.end_time)) fields.complain("end_time", "not YYYY-MM-DD hh:mm:ss");
  fields.finish();
}

void read_build(const json& object, const std::string& where, std::string& problem, BuildPlan& into) {
  Fields fields(object, where, problem);
  take_choice(fields, "outcome", into.outcome, {"SUCCESS", "FAIL", "ERROR"});
  fields.take("seconds", into.seconds).take("jobs_after", into.jobs_after).take("standby", into.standby);
  fields.take("error_code", into.error_code).take("fail_reason", into.fail_reason).finish();
}

void read_project(const json& object, const std::string& where, std::string& problem, ProjectSpec& into) {
  Fields fields(object, where, problem);
  fields.take("name", into.name).take("region", into.region).take("project_id", into.id);
  take_list(fields, "instances", problem, into.instances, read_instance);
  if (const json* generate = fields.find("generate")) {
    Fields(*generate, fields.where("generate"), problem)
        .take("instances", into.generated)
        .take("shutoff", into.generated_shutoff)
        .finish();
  }
  if (!into.id.empty() && (into.id.size() < 32 || into.id.size() > 64)) {
    fields.complain("project_id", "not 32 to 64 characters");
  }
  fields.finish();
}

void read_user(const json& object, const std::string& where, std::string& problem, UserSpec& into) {
  Fields(object, where, problem)
      .take("name", into.name)
      .take("password", into.password)
      .take("projects", into.projects)
      .finish();
}

void read_access_key(const json& object, const std::string& where, std::string& problem,
                     AccessKeySpec& into) {
  Fields(object, where, problem)
      .take("access", into.access)
      .take("secret", into.secret)
      .take("security_token", into.security_token)
      .finish();
}

void read_iam(const json& object, const std::string& where, std::string& problem, IamSpec& into) {
  Fields fields(object, where, problem);
  fields.take("domain", into.domain).take("token_ttl", into.token_ttl).take("agency_ttl", into.agency_ttl);
  fields.take("token_bytes", into.token_bytes).take("lock_after", into.lock_after);
  fields.take("user_lock_seconds", into.user_lock_seconds).take("key_lock_seconds", into.key_lock_seconds);
  fields.take("skew_seconds", into.skew_seconds);
  take_choice(fields, "metadata", into.metadata, {"v2", "v1", "off"});
  take_list(fields, "users", problem, into.users, read_user);
  take_list(fields, "access_keys", problem, into.access_keys, read_access_key);
  fields.finish();
}

// Ids name one thing each in the whole fleet: requests are routed by them.
void check_unique_ids(const Fleet& fleet, std::string& problem) {
  std::set<std::string> seen;
  const auto check = [&](const std::string& id) {
    if (!id.empty() && !seen.insert(id).second && problem.empty()) {
      problem = "projects: the id " + id + " is used twice";
    }
  };
  for (const ProjectSpec& project : fleet.projects) {
    check(project.id);
    for (const InstanceSpec& instance : project.instances) {
      check(instance.id);
      check(instance.resource_id);
    }
  }
}

}  // namespace

void read_instance(const json& object, const std::string& where, std::string& problem, InstanceSpec& into) {
  Fields fields(object, where, problem);
  fields.take("id", into.id).take("resource_id", into.resource_id).take("name", into.name);
  fields.take("status", into.status).take("task", into.task).take("effect", into.effect);
  fields.take("flap_seconds", into.flap_seconds).take("timezone", into.timezone);
  if (!parse_utc_offset(into.timezone)) fields.complain("timezone", "not GMT+hh:mm");
  if (const json* build = fields.find("build")) {
    read_build(*build, fields.where("build"), problem, into.build.emplace());
    into.status = "BUILD";
  }
  if (const json* start = fields.find("start")) {
    Fields plan(*start, fields.where("start"), problem);
    take_choice(plan, "outcome", into.start.outcome, {"active", "never", "reverts", "failed", "ignored"});
    plan.take("seconds", into.start.seconds).finish();
  }
  if (const json* report = fields.find("report")) {
    Fields plan(*report, fields.where("report"), problem);
    take_choice(plan, "outcome", into.report.outcome, {"finished", "stalls", "vanishes", "failed"});
    plan.take("seconds", into.report.seconds).finish();
  }
  if (fields.find("templates") != nullptr) {
    std::vector<TemplateSpec> templates;
    take_list(fields, "templates", problem, templates, read_template);
    into.templates = std::make_shared<const std::vector<TemplateSpec>>(std::move(templates));
  }
  if (fields.find("databases") != nullptr) {
    std::vector<DatabaseSpec> databases;
    take_list(fields, "databases", problem, databases, read_database);
    into.databases = std::make_shared<const std::vector<DatabaseSpec>>(std::move(databases));
  }
  take_list(fields, "reports", problem, into.reports, read_other_report);
  for (const auto& [key, id] : {std::pair{"id", &into.id}, std::pair{"resource_id", &into.resource_id}}) {
    if (!id->empty() && (id->size() < 32 || id->size() > 64)) fields.complain(key, "not 32 to 64 characters");
  }
  fields.finish();
}

void read_throttle(const json& object, const std::string& where, std::string& problem, Fleet& into) {
  Fields fields(object, where, problem);
  if (!object.is_object()) return;
  into.throttle.clear();
  for (const auto& [call, limit] : object.items()) {
    fields.find(call);
    if (call != "*" && !call_named(call)) fields.complain(call, "no such call");
    ThrottleSpec& spec = into.throttle[call];
    Fields(limit, fields.where(call), problem)
        .take("requests", spec.requests)
        .take("per", spec.per)
        .take("retry_after", spec.retry_after)
        .take("project", spec.project)
        .finish();
    if (spec.requests < 1 || spec.per < 1) fields.complain(call, "requests and per must be at least 1");
  }
}

void read_behaviour(const json& object, const std::string& where, std::string& problem, Behaviour& into) {
  Fields fields(object, where, problem);
  read_axes(fields, into);
  fields.take("max_page", into.max_page).take("max_report_page", into.max_report_page);
  fields.take("any_token", into.any_token);
  fields.take("start_seconds", into.start_seconds).take("stop_seconds", into.stop_seconds);
  fields.take("report_seconds", into.report_seconds).take("report_visible_after", into.report_visible_after);
  fields.take("summary_period", into.summary_period).take("summary_window", into.summary_window);
  fields.take("summary_fails", into.summary_fails).take("latency_ms", into.latency_ms);
  fields.take("requests_per_connection", into.requests_per_connection);
  if (into.max_page == 0) fields.complain("max_page", "must be at least 1");
  if (into.max_report_page == 0) fields.complain("max_report_page", "must be at least 1");
  if (into.summary_period <= 0) fields.complain("summary_period", "must be more than 0");
  fields.finish();
}

std::optional<Fleet> parse_fleet(std::string_view text, std::string& problem) {
  const json document = json::parse(text, nullptr, false);
  if (document.is_discarded()) {
    problem = "not JSON";
    return std::nullopt;
  }
  Fleet fleet;
  Fields fields(document, "", problem);
  take_list(fields, "projects", problem, fleet.projects, read_project);
  if (const json* iam = fields.find("iam")) read_iam(*iam, "iam", problem, fleet.iam);
  if (const json* behaviour = fields.find("behaviour")) {
    read_behaviour(*behaviour, "behaviour", problem, fleet.behaviour);
  }
  if (const json* throttle = fields.find("throttle")) read_throttle(*throttle, "throttle", problem, fleet);
  fields.finish();
  check_unique_ids(fleet, problem);
  if (!problem.empty()) return std::nullopt;
  return fleet;
}

Fleet generated_fleet(std::size_t instances, std::size_t projects, std::size_t shutoff) {
  Fleet fleet;
  for (std::size_t i = 0; i < projects; ++i) {
    ProjectSpec& project = fleet.projects.emplace_back();
    if (i != 0) project.name = project.region + "_p" + std::to_string(i + 1);
    project.generated = instances / projects + (i < instances % projects ? 1 : 0);
    project.generated_shutoff = shutoff / projects + (i < shutoff % projects ? 1 : 0);
  }
  return fleet;
}

const std::shared_ptr<const std::vector<TemplateSpec>>& default_templates() {
  static const auto templates = std::make_shared<const std::vector<TemplateSpec>>(std::vector<TemplateSpec>{
      {"vMg7LJgBTpKZyZbbkzhU", "Database security general report", "COMPREHENSIVE"},
      {"xdA8LJgBTpKZyZbbaTiW", "Database security compliance report", "COMPLIANCE"},
      {"t8g7LJgBTpKZyZbbeTgS", "SOX compliance report", "SOX"},
      {"uQg7LJgBTpKZyZbbiDhT", "PCI compliance report", "PCI"},
      {"wcg7LJgBTpKZyZbbnjhV", "Database server analysis", "DB_ANALYSIS", "zip"},
      {"ytE8LJgBTpKZyZbbdjiX", "Client IP analysis", "CLIENT_IP_ANALYSIS"},
      {"z9I8LJgBTpKZyZbbfzjY", "DCL commands", "SQL_DCL_COMMAND"},
      {"AtM8LJgBTpKZyZbbhDkZ", "DDL commands", "SQL_DDL_COMMAND"},
      {"BNQ8LJgBTpKZyZbbiTla", "DML commands", "SQL_DML_COMMAND"},
  });
  return templates;
}

const std::shared_ptr<const std::vector<DatabaseSpec>>& default_databases() {
  static const auto databases = std::make_shared<const std::vector<DatabaseSpec>>(std::vector<DatabaseSpec>{
      {"Xcg7LJgBTpKZyZbbrThW", "orders"},
      {"YMg7LJgBTpKZyZbbuDhX", "billing", "POSTGRESQL"},
  });
  return databases;
}

}  // namespace dbss_sim
