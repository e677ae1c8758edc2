// What went wrong, as a value. `kind` alone decides what happens next; the rest is for people.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dbssd {

/// What a caller may do about an error. The names are those that the log prints as error_kind.
enum class ErrorKind {
  not_sent,         ///< the request provably never left (refused, DNS, TLS): sending again is safe
  throttled,        ///< the service refused for its load (429): no effect, send again later
  unauthorized,     ///< the credential was refused (401): no effect, send again with a fresh one
  rejected,         ///< the service understood and said no (4xx, "failed")
  not_found,        ///< the thing asked for is not there (404)
  outcome_unknown,  ///< the request may have had its effect: look it up before sending again
  malformed,        ///< an answer, file or argument that does not decode
  internal,         ///< this host failed: disk, memory, a broken invariant
};

[[nodiscard]] std::string_view to_string(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;     ///< names the place and, where there is one, the remedy; never a secret
  std::string code;        ///< the service's own code ("DBSS.10020130"), empty when there was none
  std::string request_id;  ///< the service's X-Request-Id, empty when there was none
  int http_status = 0;     ///< 0 when no answer arrived
  std::optional<std::chrono::milliseconds> retry_after = {};  ///< what the service asked for
};

/// True where a mutation that failed so provably had no effect and may be sent again as it is.
[[nodiscard]] constexpr bool had_no_effect(ErrorKind kind) {
  return kind == ErrorKind::not_sent || kind == ErrorKind::throttled || kind == ErrorKind::unauthorized;
}

/// True where the service itself answered and said no.
[[nodiscard]] constexpr bool was_declined(ErrorKind kind) {
  return kind == ErrorKind::rejected || kind == ErrorKind::not_found;
}

}  // namespace dbssd
