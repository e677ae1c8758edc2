// Proxies: which one leads to an address, and who is let through it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/expected.h"
#include "base/secret.h"
#include "cloud/url.h"

namespace dbssd::cloud {

/// Spoken to in plain HTTP: what goes through it is TLS from here to the service.
struct Proxy {
  std::string host;  ///< a name or an IPv4 address
  std::string port;
  std::string user;  ///< empty: nobody is named
  Secret password;
  /// "proxy.example:3128", which is fit to be shown.
  [[nodiscard]] std::string name() const { return host + ':' + port; }
};

/// Reads http://[user[:password]@]host[:port], user and password percent-encoded; port 80 where none is
/// given. What is wrong is said without a word of the text: there may be a password in it.
[[nodiscard]] Expected<Proxy> parse_proxy(std::string_view url);

/// A proxy, and the addresses that it is not for.
struct ProxyRules {
  std::optional<Proxy> proxy;
  /// Hosts with a comma or a space between: a name stands for itself and all names below it, with or without
  /// a dot before it; "*" for all; a port may follow. Case does not matter.
  std::string direct;

  /// Null where the address is asked without one, as all of plain http are: they are on this host.
  [[nodiscard]] const Proxy* to(const Origin& origin) const;
};

/// As https_proxy or HTTPS_PROXY, and no_proxy or NO_PROXY say; no proxy where they are absent or empty. The
/// error names the variable.
using Environment = std::function<const char*(const char* name)>;
[[nodiscard]] Expected<ProxyRules> proxy_of(const Environment& environment);

}  // namespace dbssd::cloud
