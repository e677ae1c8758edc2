// What is known of a request that cpprestsdk got no whole answer to.
#pragma once

#include <string>

#include "base/expected.h"
#include "cloud/cpprest_exchange.h"
#include "cloud/tls.h"

namespace dbssd::cloud {

/// With the exchange's lock held, when it has ended or is abandoned.
[[nodiscard]] Error failure_of(const Exchange& exchange, const Request& request, const TlsVerdict& verdict);

/// Whether nobody was there to be spoken to.
[[nodiscard]] bool is_unconnected(const Exchange& exchange);
/// Whether the connection was given up before anything of a body left: another one may do.
[[nodiscard]] bool was_not_clean(const Exchange& exchange);

}  // namespace dbssd::cloud
