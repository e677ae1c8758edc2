// The Transport on cpprestsdk.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cloud/proxy.h"
#include "cloud/transport.h"

namespace dbssd::cloud {

struct TransportConfig {
  std::optional<std::string> ca_file;  ///< PEM; trusted beside the system's own
  Seconds step_timeout{30};            ///< for one step of a transfer; Request::deadline bounds the whole
  /// Connections idle for longer are not used again: a server may close one at any moment, and a request that
  /// is written into that moment has an unknown outcome.
  Millis fresh{4000};
  ProxyRules proxy = {};
  std::string user_agent = "dbssd";  ///< of every request, whoever it goes to
};

/// TLS 1.2 or later, chain and host name verified, the name by subjectAltName alone: also through a proxy,
/// which sees neither the request nor a credential but its own.
[[nodiscard]] std::unique_ptr<Transport> make_cpprest_transport(TransportConfig config);

}  // namespace dbssd::cloud
