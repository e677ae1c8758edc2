// TZif files: small ones as zic would write them, and any from a disk.
#pragma once

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/time.h"

namespace dbssd::schedule {

inline std::string read_whole(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

inline std::string big_endian(std::int64_t value, int width) {
  std::string bytes;
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
    bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xff);
  }
  return bytes;
}

struct TzifBytes {
  struct Change {
    Instant at{};
    std::size_t type = 0;
  };
  std::vector<int> offsets{0};  ///< the types, in seconds; the first holds before all changes
  std::vector<Change> changes = {};
  std::string footer = "UTC0";
  char version = '2';
  int leaps = 0;

  [[nodiscard]] std::string header(char v, std::size_t times, std::size_t types) const {
    std::string bytes = "TZif";
    bytes += v;
    bytes += std::string(15, '\0') + big_endian(0, 4) + big_endian(0, 4) + big_endian(leaps, 4);
    return bytes + big_endian(static_cast<std::int64_t>(times), 4) +
           big_endian(static_cast<std::int64_t>(types), 4) + big_endian(4, 4);
  }
  [[nodiscard]] std::string block(int width) const {
    std::string bytes;
    for (const Change& c : changes) bytes += big_endian(c.at.time_since_epoch().count(), width);
    for (const Change& c : changes) bytes += static_cast<char>(c.type);
    for (const int offset : offsets) bytes += big_endian(offset, 4) + std::string(2, '\0');
    return bytes + std::string("ABC\0", 4) + std::string(static_cast<std::size_t>(leaps * (width + 4)), '\0');
  }
  /// The file. Version 2 and later have a first block that readers of 64 bits skip: here it is empty, as in
  /// slim files.
  [[nodiscard]] std::string str() const {
    if (version == '\0') return header('\0', changes.size(), offsets.size()) + block(4);
    const std::string skipped = TzifBytes{{0}, {}, "", version, leaps}.block(4);
    return header(version, 0, 1) + skipped + header(version, changes.size(), offsets.size()) + block(8) +
           "\n" + footer + "\n";
  }
};

}  // namespace dbssd::schedule
