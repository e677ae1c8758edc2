#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "simulator/answer.h"
#include "simulator/call.h"
#include "simulator/clock.h"
#include "simulator/fleet.h"

namespace dbss_sim {

// Counts calls in fixed windows, per project and call. Refused calls count.
class Throttle {
 public:
  // The limit that this call exceeds, or nullptr.
  const ThrottleSpec* exceeded(const Fleet& fleet, std::size_t project, Call call, Instant now);
  void forget() { windows_.clear(); }

 private:
  struct Window {
    Instant begin;
    int used = 0;
  };
  std::map<std::pair<std::size_t, Call>, Window> windows_;
};

// 429 as the gateway words it. Retry-After is only there where the limit says so.
Answer throttled_answer(const ThrottleSpec& limit, std::string_view request_id);

}  // namespace dbss_sim
