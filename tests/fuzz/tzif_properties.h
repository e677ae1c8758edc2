// What holds for any bytes that may lie in the place of a time zone.
#pragma once

#include <string>
#include <string_view>

#include "schedule/fires.h"
#include "schedule/tzif.h"

namespace dbssd::schedule::fuzz {

/// Empty, or the promise that does not hold for these bytes.
inline std::string broken_tzif_promise(std::string_view bytes) {
  const auto stretches = read_tzif(bytes);
  if (!stretches) return stretches.error().message.empty() ? "the error says nothing" : "";
  if (stretches->empty() || stretches->front().begin > kDawn || stretches->back().end < kHorizon)
    return "time is not covered";
  for (std::size_t i = 0; i < stretches->size(); ++i) {
    const Stretch& s = (*stretches)[i];
    if (s.begin >= s.end) return "a stretch is empty";
    if (i == 0) continue;
    const Stretch& before = (*stretches)[i - 1];
    if (before.end != s.begin) return "there is a hole";
    if (before.offset == s.offset) return "a stretch goes on as another";
    if (s.passed < before.passed || s.passed < before.local(before.end))
      return "the clocks forgot what they had shown";
  }
  const Zone zone("Fuzzed", *stretches);
  for (const char* expression : {"*/30 * * * *", "30 2 * * *", "0 0 29 2 *"}) {
    const Cron cron = *Cron::parse(expression);
    for (const Instant from : {kDawn, Instant{Seconds{0}}, stretches->back().begin - Seconds{1}}) {
      const auto later = next(cron, zone, from);
      if (!later) continue;
      if (later->at <= from) return "next() is not later";
      const auto back = previous(cron, zone, later->at + Seconds{1});
      if (!back || back->at != later->at) return "previous() does not find what next() found";
    }
  }
  return "";
}

}  // namespace dbssd::schedule::fuzz
