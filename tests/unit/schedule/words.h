// Short words for the tests of schedules.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "schedule/fires.h"

namespace dbssd::schedule {

inline Instant at(std::string_view utc) {
  const auto t = parse_utc(utc);
  EXPECT_TRUE(t) << utc;
  return t.value_or(Instant{});
}

inline Cron cron(std::string_view text) {
  auto parsed = Cron::parse(text);
  EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().message);
  return parsed ? *parsed : *Cron::parse("* * * * *");
}

inline Zone zone(std::string_view name) {
  static ZoneDatabase database("/usr/share/zoneinfo");
  auto found = database.find(name);
  EXPECT_TRUE(found) << name << ": " << (found ? "" : found.error().message);
  return found ? *found : Zone::utc();
}

/// "2025-03-09T07:00:00Z" of up to `count` fires after `from`.
inline std::vector<std::string> fires(const Cron& cron, const Zone& zone, Instant from, std::size_t count) {
  std::vector<std::string> all;
  for (auto fire = next(cron, zone, from); fire && all.size() < count; fire = next(cron, zone, fire->at)) {
    all.push_back(format_utc(fire->at));
  }
  return all;
}

}  // namespace dbssd::schedule
