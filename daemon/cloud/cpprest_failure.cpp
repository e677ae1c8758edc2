#include "cloud/cpprest_failure.h"

#include <cpprest/http_msg.h>
#include <openssl/err.h>

#include <array>
#include <boost/asio/error.hpp>
#include <chrono>

#include "base/errno_text.h"

namespace dbssd::cloud {
namespace {

constexpr std::string_view kUnconnected = "Failed to connect";

template <class Thrown>
bool is(const std::exception_ptr& failure) {
  if (!failure) return false;  // it ended well after it was cancelled
  try {
    std::rethrow_exception(failure);
  } catch (const Thrown&) {
    return true;
  } catch (...) {
    return false;
  }
}

/// What the library reports, in words. Its code is an errno, or an OpenSSL error of a handshake.
std::string explain(const std::exception_ptr& failure, const TlsVerdict& verdict) {
  if (!failure) return "its answer came too late";
  try {
    std::rethrow_exception(failure);
  } catch (const web::http::http_exception& error) {
    const std::string_view what = error.what();
    const int code = error.error_code().value();
    if (what.find("SSL") != std::string_view::npos) {
      const std::string reason = verdict.reason();
      if (!reason.empty()) return "its certificate is refused: " + reason;
      std::array<char, 256> text{};
      ERR_error_string_n(static_cast<unsigned>(code), text.data(), text.size());
      return "no TLS connection: " + std::string(text.data());
    }
    // The library reports a refused connection as an unreachable host.
    if (what.starts_with(kUnconnected)) return "cannot connect: refused or unreachable";
    constexpr std::string_view kProxyAnswer = "Expected a 200 response from proxy, received: ";
    if (what.starts_with(kProxyAnswer)) {
      const std::string_view status = what.substr(kProxyAnswer.size());
      return "the proxy lets nothing through: HTTP " + std::string(status) +
             (status == "407" ? ", it wants a user and a password that it knows" : "");
    }
    // An end of the stream, whose number is that of another error.
    if (what.starts_with("Failed to read") && code == boost::asio::error::eof)
      return std::string(what) + ": the peer has closed the connection";
    return std::string(what) + (code == 0 ? "" : ": " + errno_text(code));
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception of an unknown type";
  }
}

}  // namespace

bool is_unconnected(const Exchange& exchange) {
  if (exchange.too_slow) return true;
  if (!exchange.failure) return false;
  try {
    std::rethrow_exception(exchange.failure);
  } catch (const web::http::http_exception& error) {
    return std::string_view(error.what()).starts_with(kUnconnected);
  } catch (...) {
    return false;
  }
}

bool was_not_clean(const Exchange& exchange) { return is<NotClean>(exchange.failure); }

Error failure_of(const Exchange& exchange, const Request& request, const TlsVerdict& verdict) {
  const bool too_large = exchange.ledger->is_overrun() || is<AnswerTooLarge>(exchange.failure);
  const std::string& fault = exchange.framing.fault;
  Error error;
  std::string message = exchange.ended ? explain(exchange.failure, verdict) : "no end in time, left behind";
  if (exchange.too_slow) message = "cannot connect: no answer from its address";
  if (too_large) message = AnswerTooLarge{}.what();
  if (!fault.empty()) message = fault;
  if (exchange.cancelled) {
    message = "cancelled (" + message + ")";
  } else if (fault.empty() && !too_large && std::chrono::steady_clock::now() >= request.deadline) {
    message = "out of time (" + message + ")";
  }
  error.message = request.origin + ": " + message;
  if (exchange.answered) error.http_status = exchange.response.status;
  if (!exchange.body_begun) {
    // The library asks before the body's first byte leaves, and gets no leave once the caller has gone: what
    // a mutation acts on is still here.
    error.kind = ErrorKind::not_sent;
  } else if (request.effect == Effect::mutation) {
    error.kind = ErrorKind::outcome_unknown;
  } else if (too_large || !fault.empty()) {
    error.kind = ErrorKind::malformed;
  } else {
    error.kind = exchange.answered ? ErrorKind::outcome_unknown : ErrorKind::not_sent;
  }
  return error;
}

}  // namespace dbssd::cloud
