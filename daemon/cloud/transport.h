// The port to HTTP: one request out, one whole answer back. A client library lives behind it in few source
// files and can be replaced there.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/expected.h"
#include "base/secret.h"
#include "base/time.h"

namespace dbssd::cloud {

enum class Method : std::uint8_t { get, post, put };
[[nodiscard]] std::string_view to_string(Method method);

/// Whether sending it twice could do something twice. Not the same as the method: some listings are POSTs.
enum class Effect : std::uint8_t { read, mutation };

/// Takes a body piece by piece, on the calling thread; false stops the transfer. Does not throw.
using Sink = std::function<bool(std::span<const char>)>;

struct Request {
  Method method = Method::get;
  Effect effect = Effect::read;
  std::string_view api;  ///< its name, which outlives it: the service counts the calls of each by itself
  std::string origin;    ///< scheme://host[:port]
  std::vector<std::string> path;  ///< segments as they are; the transport percent-encodes them
  std::vector<std::pair<std::string, std::string>> query;    ///< as they are, in the order to send
  std::vector<std::pair<std::string, std::string>> headers;  ///< beside Host, Content-Type and Content-Length
  std::string body;     ///< JSON; empty for none, which a mutation cannot have: what it acts on is in there
  MonoTime deadline{};  ///< for everything from the name look-up to the last byte
  std::size_t max_bytes = 0;   ///< of the answer's body, the last piece excepted
  const Sink* sink = nullptr;  ///< takes the body of a 200 instead of Response::body
};

struct Response {
  int status = 0;
  std::string content_type;
  std::string request_id;
  std::string retry_after;
  Secret subject_token;         ///< X-Subject-Token: IAM's answer
  std::optional<Instant> date;  ///< the service's own clock, when it wrote the header
  Millis since_header{};        ///< passed from the header to the end of the body
  std::string body;
};

/// Thread-safe. An answer of any final status (200 to 599) is a Response; an Error says what is known without
/// one:
///   not_sent         no effect is possible: nothing of a mutation's body left this host; of a read, no
///   answer
///                    came
///   outcome_unknown  a mutation that may have arrived, or an answer that broke off
///   malformed        a read's answer over max_bytes, or one that cannot be told where it ends; an interim
///   one internal         a sink that refused, or a request that cannot be written
/// A mutation leaves this host at most once per call. Redirects are answers like any other.
class Transport {
 public:
  virtual ~Transport() = default;
  [[nodiscard]] virtual Expected<Response> send(const Request& request) = 0;
  /// Ends every send under way within 200 ms, and every later one at once. For good.
  virtual void cancel() = 0;
};

/// The same, where what a library throws after all becomes an Error: who has begun something that others wait
/// for must come back to end it.
[[nodiscard]] inline Expected<Response> send_and_return(Transport& transport, const Request& request) try {
  return transport.send(request);
} catch (const std::exception& thrown) {
  return fail(request.effect == Effect::mutation ? ErrorKind::outcome_unknown : ErrorKind::internal,
              std::string("unexpected: ") + thrown.what());
}

}  // namespace dbssd::cloud
