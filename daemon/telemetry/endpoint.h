// A small HTTP server for what is only read: GET and HEAD, one request a connection. It knows nothing of what
// it serves.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/expected.h"

namespace dbssd::telemetry {

struct Response {
  unsigned status = 200;
  std::string_view type = "text/plain; charset=utf-8";  ///< a literal
  std::shared_ptr<const std::string> body;
};

/// What is at a path. Called on the endpoint's thread, which serves all clients: it must not wait. Nothing
/// where the answer is still being made: the request rests, and is served again after the next wake(). Must
/// not throw.
using Serve = std::function<std::optional<Response>(std::string_view path)>;

/// "127.0.0.1:9464", "[::1]:9464"
[[nodiscard]] std::string address_text(const std::string& host, std::uint16_t port);

/// True where a browser that was sent here by a name of somebody else's ("DNS rebinding") would say so:
/// `host` is the value of its Host header.
[[nodiscard]] bool is_foreign_name(std::string_view host);

/// Listens until it is destroyed, which takes no longer than a call of `serve`. No client can harm the
/// others: each has little memory and little time, and where there are too many the oldest connection makes
/// room. Where only this host can listen in, a request that came by a foreign name is refused.
class Endpoint {
 public:
  /// `host` is a numeric address without brackets; port 0 takes a free one. Fails where the address cannot be
  /// listened on, and says what to do.
  [[nodiscard]] static Expected<std::unique_ptr<Endpoint>> open(const std::string& host, std::uint16_t port,
                                                                Serve serve);
  virtual ~Endpoint() = default;

  /// With the port that it got.
  [[nodiscard]] virtual std::string address() const = 0;

  /// From any thread: requests that rest are served again.
  virtual void wake() = 0;
};

}  // namespace dbssd::telemetry
