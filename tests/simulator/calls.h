#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/answer.h"
#include "simulator/call.h"
#include "simulator/request.h"
#include "simulator/world.h"

// The calls of the two services, one function each. The router has checked path, method, limits and, for
// those of DBSS, who asks; what the pages say about parameters is checked here.
namespace dbss_sim {

struct CallContext {
  World& world;
  const Request& request;
  const Query& query;
  const nlohmann::json& body;  // null for a request without one, discarded where it is not JSON
  const Route& route;
  Project* project;  // of the path; never null in a DBSS call
  Instant now;
};

// Who asks: the project that the credential is good for, empty for none, or why it is good for nothing.
struct Caller {
  std::string project_id;
  std::optional<Answer> refused;
  bool anywhere = false;  // good for every project
};
Caller authenticate(World& world, const Request& request, Instant now);

Answer list_instances(const CallContext& context);
Answer start_instance(const CallContext& context);
Answer list_jobs(const CallContext& context);
Answer summary_status(const CallContext& context);
Answer create_report(const CallContext& context);
Answer list_reports(const CallContext& context);
Answer download_report(const CallContext& context);
Answer list_templates(const CallContext& context);
Answer template_schedule(const CallContext& context);
Answer list_databases(const CallContext& context);
Answer issue_token(const CallContext& context);
Answer find_projects(const CallContext& context);
Answer metadata_token(const CallContext& context);
Answer security_key(const CallContext& context);

// 400 DBSS.10000001.
Answer malformed(const CallContext& context, std::string_view what);
// {"result": …}, with success and failed spelled in the ways that occur.
Answer result(const CallContext& context, bool success);
// The instance of the path's second segment, or why there is none in `refused`.
Instance* instance_of_path(const CallContext& context, std::optional<Answer>& refused);
// `text` as a whole number, or nothing.
std::optional<std::int64_t> whole_number(std::string_view text);
bool is_id(std::string_view text);

}  // namespace dbss_sim
