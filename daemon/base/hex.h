// Bytes as people compare them.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dbssd {

/// Two digits a byte, in lower case.
[[nodiscard]] inline std::string to_hex(std::span<const unsigned char> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) text += {kDigits[byte >> 4], kDigits[byte & 15]};
  return text;
}

}  // namespace dbssd
