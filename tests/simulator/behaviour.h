#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace dbss_sim {

// How a simulated cloud behaves. Spans are seconds before the time factor.
//
// The first group is its dialect: what the official pages and SDKs leave open, or say in different ways. The
// defaults are what they say; dialect.cpp holds, for each, the values that there are and what they mean.
struct Behaviour {
  std::string list_shape = "alternate";
  std::string error_shape = "mixed";
  bool loose = true;
  bool camel_case = true;
  bool page_drift = false;
  std::string paths = "current";
  std::string result = "any";
  std::string total = "exact";
  std::string task_switch = "on";
  std::string templates = "whole";
  std::string template_type = "file";
  std::string report_name = "template";
  std::string report_format = "lower";
  std::string db_ids = "listed";
  std::string percentum = "any";
  std::string finish_time = "utc";
  std::string report_zone = "utc";
  std::string report_time = "plain";
  std::string report_order = "seed";
  std::string report_drift = "none";
  std::string page_base = "1";

  std::size_t max_page = 1000;  // instances on a page, fewer than the client may ask for
  std::size_t max_report_page = 1000;
  bool any_token = false;  // a token that another IAM issued is good for every project
  double start_seconds = 30, stop_seconds = 10;
  double report_seconds = 20, report_visible_after = 0;
  double summary_period = 3600, summary_window = 7 * 86400;
  bool summary_fails = false;
  std::size_t requests_per_connection = 0;  // then it is closed without a word; 0 is never
  double latency_ms = 0;                    // of every answer
};

class JsonWriter;
// The member `total` of a list of `all`, of which these are on the page, as the axis has it.
void write_total(JsonWriter& out, const Behaviour& behaviour, std::int64_t all, std::int64_t on_page);

// Members that are absent keep what they are.
void read_behaviour(const nlohmann::json& object, const std::string& where, std::string& problem,
                    Behaviour& into);

}  // namespace dbss_sim
