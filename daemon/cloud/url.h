// Addresses: the pieces of a Request written as the wire wants them. Signatures and requests share this one
// encoding.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/expected.h"
#include "cloud/transport.h"

namespace dbssd::cloud {

/// Everything but A-Z a-z 0-9 - _ . ~ as %XX in upper case, byte by byte.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// "/v1/p%2F1/audit"; "/" for no segments.
[[nodiscard]] std::string encoded_path(std::span<const std::string> segments);
/// "offset=0&limit=1000", without the question mark.
[[nodiscard]] std::string encoded_query(std::span<const std::pair<std::string, std::string>> query);

/// False for what a server or a proxy would resolve away: "", "." and "..".
[[nodiscard]] bool is_plain_segment(std::string_view segment);

struct Origin {
  bool tls = false;
  std::string host;       ///< a name in lower case, or an IPv4 address
  std::string port;       ///< always digits
  std::string authority;  ///< host[:port] as the Host header says it
};
/// Reads scheme://host[:port] of http and https, a trailing slash allowed; nothing for anything else.
[[nodiscard]] std::optional<Origin> parse_origin(std::string_view text);

}  // namespace dbssd::cloud
