#include "cli/creation.h"

#include <algorithm>

namespace dbssd::cli {
namespace {

using cloud::InstanceStatus;
using cloud::Job;
using cloud::JobStatus;
using Standing = Creation::Standing;

bool has_ended(const Job& job) { return job.status == JobStatus::success || job.status == JobStatus::fail; }

std::string word_of(const Job& job) {
  std::string text = "job " + job.id.str() + ' ' + std::string(to_string(job.status));
  for (const std::string* detail : {&job.error_code, &job.fail_reason})
    if (!detail->empty()) text += ": " + *detail;
  return text;
}

std::string word_of(const cloud::Instance& instance) {
  return "instance " + (instance.name.empty() ? instance.id.str() : instance.name) + " is " +
         std::string(to_string(instance.status));
}

Creation by_instance(const cloud::Instance& instance) {
  switch (instance.status) {
    case InstanceStatus::build:
    case InstanceStatus::hawait:
    case InstanceStatus::unknown:
      return {Standing::under_way, word_of(instance)};
    case InstanceStatus::error:
    case InstanceStatus::deleting:
    case InstanceStatus::deleted:
      return {Standing::failed, word_of(instance)};
    case InstanceStatus::shutoff:
    case InstanceStatus::active:
    case InstanceStatus::upgrading:
    case InstanceStatus::frozen:
      break;
  }
  return {Standing::succeeded, word_of(instance)};
}

}  // namespace

std::string_view to_string(Standing standing) {
  switch (standing) {
    case Standing::not_known:
      return "not_known";
    case Standing::under_way:
      return "under_way";
    case Standing::succeeded:
      return "succeeded";
    case Standing::failed:
      return "failed";
  }
  return "not_known";
}

bool needs_instance(const std::vector<Job>& jobs) {
  return std::ranges::all_of(jobs, [](const Job& job) { return job.status == JobStatus::success; });
}

Creation creation_of(const std::vector<Job>& jobs, const cloud::Instance* instance) {
  // What failed says more than what is still under way beside it.
  if (const auto failed = std::ranges::find(jobs, JobStatus::fail, &Job::status); failed != jobs.end())
    return {Standing::failed, word_of(*failed)};
  if (const auto open = std::ranges::find_if_not(jobs, has_ended); open != jobs.end())
    return {Standing::under_way, word_of(*open)};
  if (instance != nullptr) return by_instance(*instance);
  if (jobs.empty()) return {Standing::not_known, "neither a job nor an instance of it is listed"};
  return {Standing::under_way, word_of(jobs.front()) + ", and its instance is not listed yet"};
}

}  // namespace dbssd::cli
