// One connection of cpprestsdk's, in our hand.
#pragma once

#include <cpprest/http_client.h>

#include <atomic>
#include <memory>
#include <string>

#include "base/expected.h"
#include "cloud/byte_ledger.h"
#include "cloud/tls.h"
#include "cloud/transport_cpprest.h"
#include "cloud/url.h"

namespace dbssd::cloud {

/// To whom a connection is made. The name that is verified and asked stays the origin's.
struct Way {
  std::string
      address;      ///< of the origin's host, or of the proxy's, in numbers; empty: the library looks it up
  bool v6 = false;  ///< where it does: of which family the first is
};

/// The library's pool hands out what it likes, the newest first, and tells nothing of it. So each client gets
/// one connection and one call at a time: its pool has nothing to choose from, and to drop the client is to
/// close the connection. The library keeps what it needs of this for as long as it needs it.
struct Line {
  struct Hooks {
    std::shared_ptr<ByteLedger> ledger = std::make_shared<ByteLedger>();
    std::shared_ptr<TlsVerdict> verdict = std::make_shared<TlsVerdict>();
    std::atomic<bool> armed = false;  ///< a call is to go out; the library asks once for each sending
    std::atomic<bool> used = false;   ///< the connection is there
  };
  std::shared_ptr<Hooks> hooks;
  std::unique_ptr<web::http::client::http_client> client;
  std::string user_agent;   ///< of every request
  std::string host_header;  ///< to be sent where the library would name the address; else empty
};

/// Connects nothing yet. A line for a mutation asks more of its connection before it is used again.
[[nodiscard]] std::unique_ptr<Line> make_line(const TransportConfig& config, const Origin& origin,
                                              const Way& way, Effect effect);

}  // namespace dbssd::cloud
