#include "cloud/types.h"

#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/time.h"

namespace dbssd::cloud {
namespace {

constexpr std::array<std::pair<std::string_view, InstanceStatus>, 9> kStatuses{{
    {"SHUTOFF", InstanceStatus::shutoff},
    {"ACTIVE", InstanceStatus::active},
    {"BUILD", InstanceStatus::build},
    {"HAWAIT", InstanceStatus::hawait},
    {"UPGRADING", InstanceStatus::upgrading},
    {"FROZEN", InstanceStatus::frozen},
    {"ERROR", InstanceStatus::error},
    {"DELETING", InstanceStatus::deleting},
    {"DELETED", InstanceStatus::deleted},
}};
constexpr std::array<std::pair<std::string_view, InstanceTask>, 5> kTasks{{
    {"NO_TASK", InstanceTask::none},
    {"powering-on", InstanceTask::powering_on},
    {"powering-off", InstanceTask::powering_off},
    {"rebooting", InstanceTask::rebooting},
    {"delete_wait", InstanceTask::delete_wait},
}};

}  // namespace

std::string_view to_string(InstanceStatus status) {
  for (const auto& [text, value] : kStatuses)
    if (value == status) return text;
  return "unknown";
}

std::string_view to_string(InstanceTask task) {
  for (const auto& [text, value] : kTasks)
    if (value == task) return text;
  return "unknown";
}

InstanceStatus instance_status(std::string_view text) {
  for (const auto& [name, value] : kStatuses)
    if (same_word(name, text)) return value;
  return InstanceStatus::unknown;
}

InstanceTask instance_task(std::string_view text) {
  if (text.empty()) return InstanceTask::none;
  for (const auto& [name, value] : kTasks)
    if (same_word(name, text)) return value;
  return InstanceTask::unknown;
}

std::string_view to_string(JobStatus status) {
  switch (status) {
    case JobStatus::init:
      return "INIT";
    case JobStatus::ready:
      return "READY";
    case JobStatus::running:
      return "RUNNING";
    case JobStatus::success:
      return "SUCCESS";
    case JobStatus::fail:
      return "FAIL";
    case JobStatus::unknown:
      break;
  }
  return "unknown";
}

std::string_view to_string(BusiType type) { return type == BusiType::audit ? "audit" : "risk"; }

std::string_view to_string(TaskStatus status) {
  switch (status) {
    case TaskStatus::ready:
      return "ready";
    case TaskStatus::running:
      return "running";
    case TaskStatus::success:
      return "success";
    case TaskStatus::failed:
      return "failed";
    case TaskStatus::unknown:
      break;
  }
  return "unknown";
}

std::string describe_clock(Seconds ahead) {
  return "this host's clock is " + format_duration(std::chrono::abs(ahead)) +
         (ahead > Seconds{0} ? " behind" : " ahead of") + " the service's";
}

}  // namespace dbssd::cloud
