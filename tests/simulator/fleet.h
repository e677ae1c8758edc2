#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/behaviour.h"
#include "simulator/fields.h"

// What a simulated cloud consists of and how it behaves, as values that a fleet file describes. Every member
// has a usable default. Spans are seconds before the time factor; README.md documents the file.
namespace dbss_sim {

struct TemplateSpec {
  std::string id, name, type;
  std::string format = "pdf";  // or zip
  std::string scheduled = {};  // how often the service reports by itself: DAY, WEEK, MONTH, YEAR; never
  bool listed = true;          // among the templates
};

struct DatabaseSpec {
  std::string id, name;
  std::string type = "MYSQL";
  std::string status = "ON", audit_status = "ACTIVE";  // the audit switch, and what became of it
};

// A report that was there before, or that somebody else made.
struct OtherReport {
  std::string type = "AUDIT_REPORT_DAY";
  std::string template_type = "SOX";  // of the template that it was made from
  std::string start_time = "2025-08-20 16:00:00", end_time = "2025-08-21 16:00:00";
  bool finished = true;
};

struct StartPlan {
  // active; never (stays powering-on); reverts (SHUTOFF again); failed (200 with result failed); ignored
  // (success without any effect).
  std::string outcome = "active";
  std::optional<double> seconds;
};

struct ReportPlan {
  std::string outcome = "finished";  // or stalls, vanishes, failed
  std::optional<double> seconds;
};

struct BuildPlan {
  std::string outcome = "SUCCESS";  // or FAIL, ERROR
  double seconds = 1200;
  double jobs_after = 0;  // how long the jobs list stays empty
  bool standby = false;   // a second job, during which the instance is HAWAIT
  std::string error_code = "DBSS.10020110", fail_reason = "insufficient resources";
};

struct InstanceSpec {
  std::string id, resource_id, name;  // derived from the seed where empty
  std::string status = "ACTIVE", task = "NO_TASK";
  std::string timezone = "GMT+08:00";
  std::optional<int> effect;
  std::optional<double> flap_seconds;  // ACTIVE for so long, then somebody shuts it off
  std::optional<BuildPlan> build;
  StartPlan start;
  ReportPlan report;
  std::shared_ptr<const std::vector<TemplateSpec>> templates;
  std::shared_ptr<const std::vector<DatabaseSpec>> databases;
  std::vector<OtherReport> reports;
};

struct ProjectSpec {
  std::string name, region = "ap-southeast-3", id;  // name: the region's own where empty
  std::vector<InstanceSpec> instances;
  // Instances made up in addition, the first `shutoff` of them SHUTOFF, the others ACTIVE.
  std::size_t generated = 0, generated_shutoff = 0;
};

struct UserSpec {
  std::string name = "dbss-ops", password = "demo-password";
  std::vector<std::string> projects;  // ids; empty is all
};

struct AccessKeySpec {
  std::string access = "AccessKey", secret = "SecretKey", security_token;
};

struct IamSpec {
  std::string domain = "acme";
  std::vector<UserSpec> users{UserSpec{}};
  std::vector<AccessKeySpec> access_keys{AccessKeySpec{}};
  double token_ttl = 86400, agency_ttl = 86400;
  std::size_t token_bytes = 1500;
  int lock_after = 5;
  double user_lock_seconds = 900, key_lock_seconds = 300;
  double skew_seconds = 900;    // of a signature; the time factor leaves it alone
  std::string metadata = "v2";  // v1: no session tokens (405); off: 503
};

struct ThrottleSpec {
  int requests = 200;
  int per = 1;  // seconds; the time factor leaves it alone
  bool retry_after = false;
  std::string project = {};  // id or name of the only one that it is for
};

struct Fleet {
  std::vector<ProjectSpec> projects;
  IamSpec iam;
  Behaviour behaviour;
  std::map<std::string, ThrottleSpec, std::less<>> throttle;  // by call; "*" for those not named
};

// Nothing, and the first thing wrong in `problem`, where the text is no fleet.
std::optional<Fleet> parse_fleet(std::string_view json, std::string& problem);
Fleet generated_fleet(std::size_t instances, std::size_t projects, std::size_t shutoff);

// Members that are absent keep what they are, so a change of an instance reads as its description does.
void read_instance(const nlohmann::json& object, const std::string& where, std::string& problem,
                   InstanceSpec& into);
void read_throttle(const nlohmann::json& object, const std::string& where, std::string& problem, Fleet& into);

const std::shared_ptr<const std::vector<TemplateSpec>>& default_templates();
const std::shared_ptr<const std::vector<DatabaseSpec>>& default_databases();

}  // namespace dbss_sim
