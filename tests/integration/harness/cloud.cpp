#include "integration/harness/cloud.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace integration {
namespace {

dbss_sim::Fleet parsed(const json& fleet) {
  std::string problem;
  auto value = dbss_sim::parse_fleet(fleet.dump(), problem);
  if (!value) throw std::invalid_argument(problem);
  return *std::move(value);
}

// Braces around a single instance make no list.
json list_of(const json& instances) { return instances.is_array() ? instances : json::array({instances}); }

json with_defaults(json projects, const json& behaviour) {
  json fleet{{"projects", std::move(projects)},
             {"iam", {{"domain", "acme"}, {"users", {{{"name", "dbss-ops"}, {"password", kPassword}}}}}},
             {"behaviour", {{"start_seconds", 30}, {"report_seconds", 20}}}};
  fleet["behaviour"].merge_patch(behaviour);
  return fleet;
}

}  // namespace

json fleet_of(const json& instances, const json& behaviour) {
  return with_defaults({{{"project_id", kProjectId}, {"instances", list_of(instances)}}}, behaviour);
}

json two_projects(const json& first, const json& second, const json& behaviour) {
  return with_defaults(
      {{{"project_id", kProjectId}, {"instances", list_of(first)}},
       {{"project_id", kOtherProjectId}, {"name", "ap-southeast-3_other"}, {"instances", list_of(second)}}},
      behaviour);
}

json generated(int count, int shutoff) {
  json fleet = with_defaults({{{"project_id", kProjectId}}}, json::object());
  fleet["projects"][0]["generate"] = {{"instances", count}, {"shutoff", shutoff}};
  return fleet;
}

Cloud::Cloud(const json& fleet, double clock_rate)
    : simulator_(parsed(fleet), {.clock_rate = clock_rate}), client_(simulator_.port()) {}

dbss_sim::Instant Cloud::now() {
  dbss_sim::Instant now;
  simulator_.visit([&now](const dbss_sim::World& world) { now = world.clock.now(); });
  return now;
}

std::set<std::string> Cloud::secrets() {
  std::set<std::string> all;
  simulator_.visit([&all](const dbss_sim::World& world) {
    for (const std::string_view token : world.iam.tokens()) all.emplace(token);
    for (const dbss_sim::AccessKey& key : world.iam.access_keys()) all.insert(key.spec.secret);
  });
  return all;
}

json Cloud::control(const std::string& method, const std::string& path, const json& body) {
  const contract::Reply reply = client_.send(method, "/_sim" + path, {}, method == "POST" ? body.dump() : "");
  EXPECT_EQ(reply.status, 200) << method << ' ' << path << ": " << reply.body;
  return json::parse(reply.body, nullptr, /*allow_exceptions=*/false);
}

std::string Cloud::fault(const json& description) {
  const json id = control("POST", "/faults", description)["id"];
  return id.is_string() ? id.get<std::string>() : id.dump();
}

std::string Cloud::status_of(const std::string& instance) {
  return truth("instances?instance=" + instance)[0]["status"];
}

std::size_t Cloud::starts_of(const std::string& instance) {
  return truth("instances?instance=" + instance)[0]["starts"].size();
}

json Cloud::requested_reports(const std::string& instance) {
  json reports = truth(instance.empty() ? "reports" : "reports?instance=" + instance);
  reports.erase(std::remove_if(reports.begin(), reports.end(),
                               [](const json& report) { return !report["requested"].get<bool>(); }),
                reports.end());
  return reports;
}

int Cloud::calls(const std::string& call) {
  const json total = truth("calls")["total"];
  return total.contains(call) ? total[call]["total"].get<int>() : 0;
}

json Cloud::changes() {
  const json counts = truth("counts");
  return {{"starts", counts["starts"]},
          {"refused_starts", counts["refused_starts"]},
          {"reports", counts["reports"]},
          {"start_calls", calls("start_instance")},
          {"create_calls", calls("create_report")}};
}

}  // namespace integration
