#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "contract/raw_client.h"
#include "simulator/simulator.h"

namespace integration {

using nlohmann::json;

inline const std::string kProjectId = "5f1c0f4f4b5e4d0f9d2f7f2f8a1b2c3d";
inline const std::string kOtherProjectId = "b9351f98c724428794ba7d105fa3558d";
inline const std::string kPassword = "the-password/of+dbss&ops";

// One project, one user, and instances of these.
json fleet_of(const json& instances, const json& behaviour = json::object());
// The same with a second project.
json two_projects(const json& first, const json& second, const json& behaviour = json::object());
// `count` made-up ACTIVE instances, the first `shutoff` of them SHUTOFF.
json generated(int count, int shutoff = 0);

// The simulated cloud, and its control interface.
class Cloud {
 public:
  explicit Cloud(const json& fleet, double clock_rate = 1);

  std::string url() const { return simulator_.url(); }
  // What it gave out to be kept secret so far: tokens, and the secrets of its key pairs.
  std::set<std::string> secrets();
  // What its clock says.
  dbss_sim::Instant now();
  json control(const std::string& method, const std::string& path, const json& body = json::object());
  json truth(const std::string& part) { return control("GET", "/truth/" + part); }

  void advance(double by) { control("POST", "/advance", {{"seconds", by}}); }
  // Returns its id.
  std::string fault(const json& description);
  void remove_faults() { control("DELETE", "/faults"); }
  void change(const std::string& instance, const json& members) {
    control("POST", "/instances/" + instance, members);
  }

  std::string status_of(const std::string& instance);
  // Accepted starts of one instance.
  std::size_t starts_of(const std::string& instance);
  // Reports that were asked for by *create report*; of one instance, or of all.
  json requested_reports(const std::string& instance = "");
  // How often a call came in, whatever was answered.
  int calls(const std::string& call);
  // All that changes something, in numbers: equal twice means that nobody has done anything in between.
  json changes();

 private:
  dbss_sim::Simulator simulator_;
  contract::RawClient client_;
};

}  // namespace integration
