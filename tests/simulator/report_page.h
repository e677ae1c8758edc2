#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "simulator/chance.h"
#include "simulator/json_writer.h"
#include "simulator/life_cycle.h"

// The list of an instance's reports, in the dialect that the cloud speaks.
namespace dbss_sim {

// What is added to UTC for start_time and end_time of this instance's reports, asked for and listed.
std::chrono::minutes report_offset(const Behaviour& behaviour, const InstanceSpec& spec);
// What the list calls it.
std::string shown_name(const Behaviour& behaviour, const Report& report);

struct ReportQuery {
  std::string name;
  std::int64_t page = 0, size = 0;
};
// Why the body asks for no page, or an empty text.
std::string_view read_report_query(const Behaviour& behaviour, const nlohmann::json& body, ReportQuery& into);

// The body of the answer. With report_drift, a further page finds the first report of others deleted.
std::string report_page(const Behaviour& behaviour, const Chance& chance, Instance& instance,
                        const ReportQuery& query, Instant now);

}  // namespace dbss_sim
