// Words around numbers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dbssd {

/// "1 report", "2 reports", "no reports"
[[nodiscard]] inline std::string counted(std::size_t count, std::string_view noun) {
  return (count == 0 ? "no" : std::to_string(count)) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace dbssd
