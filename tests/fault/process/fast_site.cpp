#include "fault/process/fast_site.h"

#include "fault/process/preloaded.h"

namespace integration {

using std::chrono::nanoseconds;

FastSite::FastSite(const json& fleet) : Site(fleet, kRate) {
  policy["instances"]["reconcile_interval"] = "30s";
  policy["projects"][0]["limits"]["timeout"] = std::to_string(kTimeout.count()) + "s";
  environment["LD_PRELOAD"] = PRELOADED_MODULE;
  set_clocks();
}

void FastSite::pass(seconds span) {
  cloud.advance(static_cast<double>(span.count()));
  set_clocks();
}

void FastSite::set_clocks() {
  const auto count = [](auto at) {
    return std::to_string(std::chrono::duration_cast<nanoseconds>(at.time_since_epoch()).count());
  };
  environment[kFastClock] =
      std::to_string(kRate) + ' ' + count(std::chrono::system_clock::now()) + ' ' + count(cloud.now());
}

}  // namespace integration
