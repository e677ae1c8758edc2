// Addresses that stay on this host.
#pragma once

#include <string_view>

namespace dbssd {

/// Of a numeric address, IPv6 without brackets: nobody but this host can reach what listens there.
[[nodiscard]] inline bool is_loopback_address(std::string_view address) {
  return address == "::1" || address.starts_with("127.");
}

}  // namespace dbssd
