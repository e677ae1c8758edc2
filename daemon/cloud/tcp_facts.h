// What the kernel knows of a TCP connection.
#pragma once

#include <cstdint>
#include <optional>

namespace dbssd::cloud {

struct TcpFacts {
  bool open = false;           ///< established, and closed by neither side
  std::uint64_t received = 0;  ///< bytes since it was made, those that nobody has read yet included
};

/// Nothing where the kernel does not say. Any thread; changes nothing.
[[nodiscard]] std::optional<TcpFacts> tcp_facts(int socket);

/// Whether there is anything to read, an end or an error included. Takes nothing.
[[nodiscard]] bool has_unread(int socket);

}  // namespace dbssd::cloud
