#include "contract/simulated_cloud.h"

namespace contract {
namespace {

dbss_sim::Fleet parsed(const json& fleet) {
  std::string problem;
  auto value = dbss_sim::parse_fleet(fleet.dump(), problem);
  EXPECT_TRUE(value) << problem;
  return value.value_or(dbss_sim::Fleet{});
}

}  // namespace

json plain_fleet(const json& changes) {
  json fleet = json::parse(R"({
    "projects": [{}, {"name": "ap-southeast-3_other"}],
    "behaviour": {"list_shape": "servers", "loose": false, "camel_case": false, "error_shape": "flat",
                  "report_order": "oldest", "start_seconds": 30, "stop_seconds": 10, "report_seconds": 20}
  })");
  fleet["projects"][0] = {
      {"project_id", kProject},
      {"instances",
       {{{"id", kActive}, {"resource_id", kResource}, {"name", "prod-orders-01"}},
        {{"id", kShutoff}, {"name", "prod-payments-01"}, {"status", "SHUTOFF"}},
        {{"id", kFrozen}, {"name", "prod-legacy-01"}, {"status", "SHUTOFF"}, {"effect", 2}}}}};
  fleet["projects"][1]["project_id"] = kOtherProject;
  fleet.merge_patch(changes);
  return fleet;
}

json fleet_of(const json& instances) {
  json fleet = plain_fleet();
  fleet["projects"][0]["instances"] = instances;
  return fleet;
}

SimulatedCloud::SimulatedCloud(const json& fleet, dbss_sim::WorldOptions options)
    : simulator(parsed(fleet), options), client(simulator.port()) {
  token = log_in().headers["x-subject-token"];
}

Reply SimulatedCloud::post(const std::string& target, const json& body) {
  return client.send("POST", target, {{"X-Auth-Token", token}, {"Content-Type", "application/json"}},
                     body.dump());
}

Reply SimulatedCloud::start(const std::string& instance) {
  return post("/v1/" + kProject + "/audit/instance/start", {{"instance_id", instance}});
}

Reply SimulatedCloud::create_report(const std::string& instance, const std::string& start_time) {
  return post(report_path(instance, "create"), report_body(start_time));
}

Reply SimulatedCloud::list_reports(const std::string& instance, const json& body) {
  return post(report_path(instance, "list"), body);
}

Reply SimulatedCloud::log_in(const std::string& password, const json& scope) {
  const json user{{"name", "dbss-ops"}, {"password", password}, {"domain", {{"name", "acme"}}}};
  const json identity{{"methods", {"password"}}, {"password", {{"user", user}}}};
  return client.send("POST", "/v3/auth/tokens?nocatalog=true", {{"Content-Type", "application/json"}},
                     json{{"auth", {{"identity", identity}, {"scope", scope}}}}.dump());
}

std::string SimulatedCloud::state(const std::string& instance) {
  const json page = json::parse(list().body);
  for (const json& server : page["servers"]) {
    if (server["id"] == instance) {
      return server["status"].get<std::string>() + "/" + server["task"].get<std::string>();
    }
  }
  return "";
}

json SimulatedCloud::control(const std::string& method, const std::string& path, const json& body) {
  RawClient controller(simulator.port());
  const Reply reply = controller.send(method, "/_sim" + path, {}, method == "POST" ? body.dump() : "");
  EXPECT_EQ(reply.status, 200) << path << ": " << reply.body;
  return json::parse(reply.body, nullptr, false);
}

std::string error_code(const Reply& reply) {
  json body = json::parse(reply.body, nullptr, false);
  if (body.is_object() && body.contains("error")) body = body["error"];
  return body.is_object() ? body.value("error_code", "") : "";
}

}  // namespace contract
