#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "contract/raw_client.h"
#include "simulator/simulator.h"

namespace contract {

using nlohmann::json;

inline const std::string kProject = "5f1c0f4f4b5e4d0f9d2f7f2f8a1b2c3d";
inline const std::string kOtherProject = "b9351f98c724428794ba7d105fa3558d";
inline const std::string kActive = "1d07f606-92d2-441c-b05c-dca47e180552";
inline const std::string kShutoff = "3a1b7c2d-6e4f-4a9b-8c0d-1f2e3d4c5b6a";
inline const std::string kFrozen = "6d4eaf50-9172-4dce-9f30-4251607f8e9d";
inline const std::string kResource = "2c154fdd-0d43-47b7-9cf1-5236bf6a2ca7";  // of kActive
inline const std::string kSox = "t8g7LJgBTpKZyZbbeTgS";

// Two projects, the first with the three instances above, that spell everything as the pages do. `changes` is
// merged into the fleet file of that.
json plain_fleet(const json& changes = json::object());
// plain_fleet with these instances alone in its first project.
json fleet_of(const json& instances);

// A simulator of its own for one test, and a client that holds a token of kProject.
class SimulatedCloud {
 public:
  explicit SimulatedCloud(const json& fleet = plain_fleet(), dbss_sim::WorldOptions options = {});

  Reply get(const std::string& target) { return client.send("GET", target, {{"X-Auth-Token", token}}); }
  Reply post(const std::string& target, const json& body);
  Reply list() { return get("/v1/" + kProject + "/audit/instances"); }
  Reply start(const std::string& instance);
  Reply create_report(const std::string& instance, const std::string& start_time = "2025-08-20 16:00:00");
  Reply list_reports(const std::string& instance, const json& body = {{"page", 1}, {"size", 100}});
  Reply log_in(const std::string& password = "demo-password",
               const json& scope = {{"project", {{"id", kProject}}}});
  // The status and task that the list shows of an instance, as "ACTIVE/NO_TASK", or "" where it does not.
  std::string state(const std::string& instance);

  json control(const std::string& method, const std::string& path, const json& body = json::object());
  void advance(double seconds) { control("POST", "/advance", {{"seconds", seconds}}); }
  void fault(const json& description) { control("POST", "/faults", description); }
  json truth(const std::string& part) { return control("GET", "/truth/" + part); }

  dbss_sim::Simulator simulator;
  RawClient client;
  std::string token;
};

inline std::string report_path(const std::string& instance, const std::string& call) {
  return "/v1/" + kProject + "/audit/" + instance + "/reports/" + call;
}
inline json report_body(const std::string& start_time = "2025-08-20 16:00:00") {
  return {{"template_id", kSox},
          {"start_time", start_time},
          {"end_time", "2025-08-21 16:00:00"},
          {"db_ids", nullptr}};
}
// The error code of a body in either shape, or "".
std::string error_code(const Reply& reply);

}  // namespace contract
