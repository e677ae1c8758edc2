// From a Request to what cpprestsdk sends, and from what it has read to a Response.
#pragma once

#include <cpprest/http_client.h>

#include <memory>

#include "cloud/cpprest_exchange.h"
#include "cloud/cpprest_line.h"

namespace dbssd::cloud {

/// Sends it over the line: all that comes of it comes to the exchange, which ends, well or badly. An error
/// where it cannot be written. `request` stays until the exchange has ended or is abandoned.
[[nodiscard]] Expected<void> begin(Line& line, const Request& request,
                                   const std::shared_ptr<Exchange>& exchange);

}  // namespace dbssd::cloud
