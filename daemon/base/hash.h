// A hash that is the same on every host, in every build and every year: `H` in cron and `spread` rest on it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace dbssd {

/// FNV-1a, 64 bit, over the parts with a zero byte between them, finished with the MurmurHash3 mixer so that
/// low bits are as good as high ones. Source: http://www.isthe.com/chongo/tech/comp/fnv/ and MurmurHash3's
/// fmix64. Changing it moves every user's schedules: never.
[[nodiscard]] constexpr std::uint64_t stable_hash(std::initializer_list<std::string_view> parts) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  const auto add = [&h](unsigned char byte) { h = (h ^ byte) * 0x100000001b3ULL; };
  bool first = true;
  for (const std::string_view part : parts) {
    if (!first) add(0);
    first = false;
    for (const char c : part) add(static_cast<unsigned char>(c));
  }
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdULL;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53ULL;
  h ^= h >> 33;
  return h;
}

}  // namespace dbssd
