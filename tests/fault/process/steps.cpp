#include "fault/process/steps.h"

#include <cstring>

#include "fault/process/preloaded.h"

namespace integration {
namespace {

std::string count_file(const Site& site) { return site.directory.file("steps"); }

}  // namespace

void kill_at(FastSite& site, long step, Moment moment) {
  write_file(count_file(site), std::string(sizeof(StepCount), '\0'));
  site.environment[kCountFile] = count_file(site);
  site.environment[kStateFile] = site.state_path();
  site.environment[kStep] = std::to_string(step);
  site.environment[kMoment] = moment == Moment::before ? "before" : "after";
}

void kill_no_more(FastSite& site) { site.environment.erase(kCountFile); }

long steps_of(const FastSite& site) {
  const std::string bytes = read_file(count_file(site));
  long taken = 0;
  static_assert(sizeof taken == sizeof(StepCount));
  if (bytes.size() == sizeof taken) std::memcpy(&taken, bytes.data(), sizeof taken);
  return taken;
}

}  // namespace integration
