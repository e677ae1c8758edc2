// What an answer's status, headers and body say together, as an Error.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cloud/transport.h"

namespace dbssd::cloud {

/// The service's own clock as it stands when the answer has just come whole.
[[nodiscard]] std::optional<Instant> service_now(const Response& response);
/// Whether its date is a service's: what comes from no service of the cloud has any.
[[nodiscard]] bool is_of_the_service(const Response& response);

/// How many calls the service lets through in a span.
struct RateLimit {
  std::int64_t count = 0;  ///< above 0
  Seconds span{};          ///< above 0
  [[nodiscard]] double per_second() const {
    return static_cast<double>(count) / static_cast<double>(span.count());
  }
};
/// Finds "limit:N,time:1 minute" in the gateway's message.
[[nodiscard]] std::optional<RateLimit> parse_rate_limit(std::string_view message);

/// Whether the answer is what a JSON call expects: 200 (or 201, 202), said to be JSON.
[[nodiscard]] bool is_json_success(const Response& response);

/// The error that an answer without success stands for.
/// 429 is throttled, 401 unauthorized, 404 not_found, another 4xx rejected. What remains (5xx, redirects,
/// answers that no such call gives) leaves a mutation's outcome unknown: also where the gateway's code hints
/// that no backend was reached, for that is nowhere promised. For a read, a 5xx is outcome_unknown too,
/// anything else malformed.
[[nodiscard]] Error error_of(const Response& response, Effect effect);

/// The gateway has no such call: it came to no service, and its path may be of another age. Not so a 404 that
/// the service gives, for a project or an instance that it does not know.
[[nodiscard]] bool is_no_such_api(const Error& error);

}  // namespace dbssd::cloud
