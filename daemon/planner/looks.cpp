#include "planner/looks.h"

#include <algorithm>

#include "planner/backoff.h"

namespace dbssd::planner {

void failed(Look& look, const Error& error, std::string_view key, const Now& now, Millis cap) {
  look.in_flight = false;
  ++look.failures;
  look.last_error = error.message;
  const Millis wait = backoff(key, look.failures, Seconds{2}, std::max(cap, Millis{Seconds{2}}));
  look.not_before = now.mono + std::max(wait, asked_wait(error));
}

}  // namespace dbssd::planner
