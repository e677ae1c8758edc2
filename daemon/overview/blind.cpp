#include "overview/blind.h"

#include <algorithm>
#include <map>
#include <utility>

#include "overview/newest_start.h"

namespace dbssd::overview {
namespace {

using journal::StartRecord;
using journal::StartState;

/// The newest start of each instance that is not over.
std::map<InstanceId, const StartRecord*> starts_under_way(const journal::Remembered& remembered) {
  auto newest = newest_starts(remembered);
  std::erase_if(newest, [](const auto& one) {
    const StartState state = one.second->state;
    return state == StartState::rejected || state == StartState::confirmed;
  });
  return newest;
}

std::string reason_of(const journal::InstanceRecord& instance, const StartRecord* start, Instant now) {
  if (instance.held_until && *instance.held_until > now)
    return "something keeps stopping it: not started until " + format_utc(*instance.held_until);
  if (start != nullptr)
    return std::string(start->state == StartState::overdue ? "started in vain at " : "start asked for at ") +
           format_utc(start->requested_at);
  if (instance.task != cloud::InstanceTask::none) return std::string(to_string(instance.task));
  return {};
}

}  // namespace

std::size_t add_blind(Blind& blind, const ProjectName& project, const journal::Remembered& remembered,
                      Instant now) {
  const auto starts = starts_under_way(remembered);
  std::size_t found = 0;
  for (const journal::InstanceRecord& instance : remembered.instances) {
    if (instance.vanished || instance.status == cloud::InstanceStatus::active) continue;
    ++found;
    auto& longest = blind.longest;
    if (longest.size() == kMostBlind && longest.back().since <= instance.changed_at) continue;
    const auto start = starts.find(instance.id);
    BlindInstance one{project,
                      instance.id,
                      instance.name,
                      instance.status,
                      instance.changed_at,
                      reason_of(instance, start == starts.end() ? nullptr : start->second, now)};
    longest.insert(std::ranges::upper_bound(longest, one.since, {}, &BlindInstance::since), std::move(one));
    if (longest.size() > kMostBlind) longest.pop_back();
  }
  blind.count += found;
  return found;
}

}  // namespace dbssd::overview
