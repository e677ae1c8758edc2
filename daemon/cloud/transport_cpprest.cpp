#include "cloud/transport_cpprest.h"

#include <cpprest/containerstream.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pplx/threadpool.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/errno_text.h"
#include "cloud/client.h"
#include "cloud/cpprest_exchange.h"
#include "cloud/resolver.h"
#include "cloud/tls.h"
#include "cloud/url.h"

namespace dbssd::cloud {
namespace {

namespace http = web::http;
namespace streams = concurrency::streams;
using std::chrono::steady_clock;

/// How long a cancelled exchange may take to end before it is left behind.
constexpr Millis kGrace{150};
constexpr std::size_t kRefusalBytes = 64 * 1024;  ///< of the body that says why there is none for the sink

/// A stream that cannot be rewound. The library sends a request again by itself when a pooled connection
/// turns out to be closed, unless it cannot get the body back.
streams::istream one_way_stream(const std::string& text) {
  streams::producer_consumer_buffer<std::uint8_t> buffer(text.size());
  buffer.putn_nocopy(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()).get();
  buffer.close(std::ios_base::out).get();
  return buffer.create_istream();
}

bool is_header_safe(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_too_large(const std::exception_ptr& failure) {
  if (!failure) return false;  // it ended well after it was cancelled
  try {
    std::rethrow_exception(failure);
  } catch (const AnswerTooLarge&) {
    return true;
  } catch (...) {
    return false;
  }
}

/// What the library reports, in words. Its code is an errno, or an OpenSSL error of a handshake.
std::string explain(const std::exception_ptr& failure, const TlsVerdict* verdict) {
  if (!failure) return "its answer came too late";
  try {
    std::rethrow_exception(failure);
  } catch (const http::http_exception& error) {
    const std::string_view what = error.what();
    const int code = error.error_code().value();
    if (what.find("SSL") != std::string_view::npos) {
      const std::string reason = verdict != nullptr ? verdict->reason() : "";
      if (!reason.empty()) return "its certificate is refused: " + reason;
      std::array<char, 256> text{};
      ERR_error_string_n(static_cast<unsigned>(code), text.data(), text.size());
      return "no TLS connection: " + std::string(text.data());
    }
    // The library reports a refused connection as an unreachable host.
    if (what.starts_with("Failed to connect")) return "cannot connect: refused or unreachable";
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

class CpprestTransport final : public Transport {
 public:
  explicit CpprestTransport(TransportConfig config) : config_(std::move(config)) {}

  Expected<Response> send(const Request& request) override;
  void cancel() override;

 private:
  /// The connections to one origin.
  struct Lane {
    std::shared_ptr<http::client::http_client> client;
    std::shared_ptr<TlsVerdict> verdict;
    MonoTime used{};
  };

  Lane lane_for(const std::string& url, const Origin& origin);
  [[nodiscard]] Lane make_lane(const std::string& url, const Origin& origin) const;
  Expected<void> enlist(const std::shared_ptr<Exchange>& exchange);
  void delist(const std::shared_ptr<Exchange>& exchange, const std::string& url);
  /// Waits for the end or the deadline; hands the body to the sink meanwhile. False where the sink refused.
  [[nodiscard]] static bool attend(Exchange& exchange, const Request& request);

  const TransportConfig config_;
  Resolver resolver_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, Lane> lanes_;  // by origin
  std::set<std::shared_ptr<Exchange>> under_way_;
  bool cancelled_ = false;
};

CpprestTransport::Lane CpprestTransport::make_lane(const std::string& url, const Origin& origin) const {
  Lane lane;
  lane.verdict = std::make_shared<TlsVerdict>();
  http::client::http_client_config settings;
  settings.set_timeout(config_.step_timeout);
  settings.set_max_redirects(0);  // it would follow to any host, with the token
  if (const Proxy* proxy = config_.proxy.to(origin)) {
    web::web_proxy through(web::uri("http://" + proxy->name()));
    // For each connection the library takes a copy of the password that it never frees.
    if (!proxy->user.empty())
      through.set_credentials(web::credentials(proxy->user, std::string(proxy->password.reveal())));
    settings.set_proxy(through);
  }
  settings.set_ssl_context_callback([host = origin.host, ca_file = config_.ca_file,
                                     verdict = lane.verdict](boost::asio::ssl::context& context) {
    const auto ready = require_verified_peer(context.native_handle(), host, ca_file, verdict);
    if (!ready) throw std::runtime_error(ready.error().message);
  });
  lane.client = std::make_shared<http::client::http_client>(web::uri(url), settings);
  return lane;
}

CpprestTransport::Lane CpprestTransport::lane_for(const std::string& url, const Origin& origin) {
  const MonoTime now = steady_clock::now();
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[url];
  if (!lane.client || now - lane.used > config_.fresh) lane = make_lane(url, origin);
  lane.used = now;
  return lane;
}

Expected<void> CpprestTransport::enlist(const std::shared_ptr<Exchange>& exchange) {
  const std::lock_guard lock(mutex_);
  if (cancelled_) return fail(ErrorKind::not_sent, "cancelled");
  under_way_.insert(exchange);
  return {};
}

void CpprestTransport::delist(const std::shared_ptr<Exchange>& exchange, const std::string& url) {
  const std::lock_guard lock(mutex_);
  under_way_.erase(exchange);
  lanes_[url].used = steady_clock::now();
}

void CpprestTransport::cancel() {
  resolver_.cancel();
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  for (const auto& exchange : under_way_) exchange->cancel();
}

Expected<http::http_request> write(const Request& request, const std::string& user_agent,
                                   const std::shared_ptr<Exchange>& exchange) {
  http::http_request message{std::string(to_string(request.method))};
  std::string target = encoded_path(request.path);
  if (!request.query.empty()) target += '?' + encoded_query(request.query);
  message.set_request_uri(web::uri(target));
  message.headers().add("User-Agent", user_agent);  // the library would name itself
  for (const auto& [name, value] : request.headers) {
    if (!is_header_safe(name) || !is_header_safe(value))
      return fail(ErrorKind::internal, "the header " + name + " has a control character in it");
    message.headers().add(name, value);
  }
  if (!request.body.empty()) {
    const auto stream = request.effect == Effect::mutation ? one_way_stream(request.body)
                                                           : streams::bytestream::open_istream(request.body);
    message.set_body(stream, request.body.size(), "application/json");
  }
  exchange->hand_over = request.sink != nullptr;
  message.set_response_stream(
      streams::streambuf<std::uint8_t>(std::make_shared<BodyIntake>(exchange)).create_ostream());
  message.set_progress_handler(
      [exchange, limit = request.max_bytes](http::message_direction::direction way, utility::size64_t bytes) {
        if (way == http::message_direction::upload) {
          exchange->begin_body();
        } else if (bytes > limit) {  // a chunk of negative size counts as a huge one
          throw AnswerTooLarge{};
        }
      });
  return message;
}

bool CpprestTransport::attend(Exchange& exchange, const Request& request) {
  bool wanted = true;
  std::unique_lock lock(exchange.mutex);
  const auto changed = [&] {
    return exchange.ended || exchange.cancelled || (exchange.answered && !exchange.piece.empty());
  };
  while (wanted && steady_clock::now() < request.deadline &&
         exchange.changed.wait_until(lock, request.deadline, changed) && !exchange.ended &&
         !exchange.cancelled) {
    const std::span<const char> piece = std::exchange(exchange.piece, {});
    if (exchange.response.status == 200) {
      lock.unlock();
      wanted = (*request.sink)(piece);
      lock.lock();
    } else if (exchange.response.body.size() < kRefusalBytes) {
      exchange.response.body.append(piece.begin(), piece.end());
    }
    exchange.taken.set(piece.size());
  }
  if (exchange.ended) return wanted;
  exchange.abandoned = true;
  if (!std::exchange(exchange.piece, {}).empty()) exchange.taken.set(1);
  lock.unlock();
  exchange.stop.cancel();
  lock.lock();
  exchange.changed.wait_for(lock, kGrace, [&] { return exchange.ended; });
  return wanted;
}

/// What is known of an exchange that gave no whole answer.
Error failure_of(const Exchange& exchange, const Request& request, const TlsVerdict* verdict) {
  Error error;
  std::string message = exchange.ended ? explain(exchange.failure, verdict) : "no end in time, left behind";
  if (exchange.cancelled) {
    message = "cancelled (" + message + ")";
  } else if (steady_clock::now() >= request.deadline) {
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
  } else if (exchange.ended && is_too_large(exchange.failure)) {
    error.kind = ErrorKind::malformed;
  } else {
    error.kind = exchange.answered ? ErrorKind::outcome_unknown : ErrorKind::not_sent;
  }
  return error;
}

Error through(const Proxy* proxy, Error error) {
  if (proxy != nullptr) error.message += " (through the proxy " + proxy->name() + ')';
  return error;
}

Expected<Response> CpprestTransport::send(const Request& request) {
  const std::optional<Origin> origin = parse_origin(request.origin);
  if (!origin) return fail(ErrorKind::internal, "not an address: " + request.origin);
  // The library has one resolver thread for all of its clients: no name may reach it that could hold it up.
  // What lies behind a proxy is the proxy's to look up.
  const Proxy* proxy = config_.proxy.to(*origin);
  if (auto resolved = resolver_.resolve(proxy ? proxy->host : origin->host, request.deadline); !resolved)
    return fail(through(proxy, resolved.error()));

  const auto exchange = std::make_shared<Exchange>();
  if (auto enlisted = enlist(exchange); !enlisted) return fail(enlisted.error());
  Lane lane;
  std::optional<Error> unwritten;
  try {
    lane = lane_for(request.origin, *origin);
    const Expected<http::http_request> message = write(request, config_.user_agent, exchange);
    if (message) {
      begin(*lane.client, *message, exchange);
    } else {
      unwritten = message.error();
    }
  } catch (...) {
    exchange->end(std::current_exception());
  }
  const bool wanted = unwritten || attend(*exchange, request);
  delist(exchange, request.origin);

  if (unwritten) return fail(*std::move(unwritten));
  const std::lock_guard lock(exchange->mutex);
  if (!wanted) return fail(ErrorKind::internal, "the transfer was stopped by its reader");
  if (!exchange->ended || exchange->failure || exchange->abandoned)
    return fail(through(proxy, failure_of(*exchange, request, lane.verdict.get())));
  return std::move(exchange->response);
}

}  // namespace

std::unique_ptr<Transport> make_cpprest_transport(TransportConfig config) {
  return std::make_unique<CpprestTransport>(std::move(config));
}

void initialize_http() {
  constexpr std::size_t kThreads = 2;  // the library's default of 40 costs several times the processor time
  // OpenSSL's own exit handler frees what the library's threads may still use.
  OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, nullptr);
  prefer_hashed_authorities();
  crossplat::threadpool::initialize_with_threads(kThreads);
}

}  // namespace dbssd::cloud
