#pragma once

#include "simulator/answer.h"
#include "simulator/request.h"
#include "simulator/world.h"

// The control interface under /_sim/: what a test sets, and the truth it compares with. README.md documents
// it.
namespace dbss_sim {

Answer control(World& world, const Request& request);

// The parts of the truth, as JSON.
std::string truth(World& world, const Query& query);  // all of them
std::string truth_counts(World& world);
std::string truth_instances(World& world, const Query& query);
std::string truth_reports(World& world, const Query& query);
std::string truth_windows(World& world, const Query& query);
std::string truth_calls(const World& world);
std::string truth_iam(const World& world);
std::string logged_requests(const World& world, std::size_t last);

}  // namespace dbss_sim
