#include "simulator/throttle.h"

namespace dbss_sim {

const ThrottleSpec* Throttle::exceeded(const Fleet& fleet, std::size_t project, Call call, Instant now) {
  if (fleet.throttle.empty()) return nullptr;
  auto limit = fleet.throttle.find(call_name(call));
  if (limit == fleet.throttle.end()) limit = fleet.throttle.find("*");
  if (limit == fleet.throttle.end()) return nullptr;
  if (const std::string& only = limit->second.project; !only.empty()) {
    if (project >= fleet.projects.size()) return nullptr;
    const ProjectSpec& asked = fleet.projects[project];
    if (only != asked.id && only != asked.name) return nullptr;
  }
  Window& window = windows_[{project, call}];
  const auto period = std::chrono::seconds(limit->second.per);
  if (now - window.begin >= period) window = {Instant{std::chrono::floor<std::chrono::seconds>(now)}, 0};
  return ++window.used > limit->second.requests ? &limit->second : nullptr;
}

Answer throttled_answer(const ThrottleSpec& limit, std::string_view request_id) {
  const bool hours = limit.per % 3600 == 0;
  const bool minutes = limit.per % 60 == 0;
  const int count = hours ? limit.per / 3600 : minutes ? limit.per / 60 : limit.per;
  const std::string message = "The throttling threshold has been reached: policy user over ratelimit,limit:" +
                              std::to_string(limit.requests) + ",time:" + std::to_string(count) +
                              (hours     ? " hour"
                               : minutes ? " minute"
                                         : " second");
  Answer answer = gateway_error(429, "APIGW.0308", message, request_id);
  if (limit.retry_after) answer.headers.emplace_back("Retry-After", std::to_string(limit.per));
  return answer;
}

}  // namespace dbss_sim
