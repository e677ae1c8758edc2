// The Transport on cpprestsdk.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cloud/proxy.h"
#include "cloud/resolver.h"
#include "cloud/transport.h"

namespace dbssd::cloud {

struct TransportConfig {
  std::optional<std::string> ca_file;  ///< PEM; trusted beside the system's own
  Seconds step_timeout{30};            ///< for one step of a transfer; Request::deadline bounds the whole
  /// A connection that has been idle for longer is not used again, each by itself: a server may close one at
  /// any moment, or a balancer forget it, and a request that is written into that has an unknown outcome.
  Millis fresh{4000};
  /// How long one of several addresses of a host may take to be connected to, before the next has its turn.
  Millis connect_patience{2000};
  ProxyRules proxy = {};
  Resolver::LookUp look_up = Resolver::getaddrinfo_look_up();
  std::string user_agent = "dbssd";  ///< of every request, whoever it goes to
};

/// A connection carries one call at a time, and is used again only after an answer that was clean to its end.
/// Reads and mutations never share one, and one that is to carry a mutation has given no byte that was not an
/// answer's. TLS 1.2 or later, chain and host name verified, the name by subjectAltName alone: also through a
/// proxy, which sees neither the request nor a credential but its own.
[[nodiscard]] std::unique_ptr<Transport> make_cpprest_transport(TransportConfig config);

}  // namespace dbssd::cloud
