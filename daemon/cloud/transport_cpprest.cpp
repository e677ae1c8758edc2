#include "cloud/transport_cpprest.h"

#include <cpprest/containerstream.h>
#include <cpprest/http_client.h>
#include <cpprest/producerconsumerstream.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "cloud/http_date.h"
#include "cloud/resolver.h"
#include "cloud/url.h"

namespace dbssd::cloud {
namespace {

namespace http = web::http;
namespace streams = concurrency::streams;
using std::chrono::steady_clock;

/// How long a cancelled exchange may take to end before it is left behind.
constexpr Millis kGrace{150};
/// A server may close an idle connection at any moment, and a request written into that moment has an unknown
/// outcome. So a connection is used again only while it is this fresh.
constexpr Seconds kFresh{4};

struct TooLarge : std::exception {
  [[nodiscard]] const char* what() const noexcept override { return "the answer is too large"; }
};

/// One request and its answer. The library's threads share it and may outlive the call that began it.
struct Exchange {
  std::mutex mutex;
  std::condition_variable changed;
  // Guarded by mutex.
  bool answered = false;  ///< the answer's header is there: `head` is valid
  bool ended = false;     ///< nothing more will come: `failure` is valid
  bool cancelled = false;
  http::http_response head;
  std::exception_ptr failure;

  std::atomic<bool> body_begun = false;  ///< the header has been written and the body may have been
  streams::container_buffer<std::vector<std::uint8_t>> body;
  pplx::cancellation_token_source stop;

  void answer(const http::http_response& response) {
    const std::lock_guard lock(mutex);
    head = response;
    answered = true;
  }
  void end(std::exception_ptr error) {
    const std::lock_guard lock(mutex);
    failure = std::move(error);
    ended = true;
    changed.notify_all();
  }
  void cancel() {
    const std::lock_guard lock(mutex);
    cancelled = true;
    changed.notify_all();
  }
};

/// The only place that continues a task. An exception that no one observes would end the process, so the
/// chain ends in a continuation that takes every outcome.
void begin(http::client::http_client& client, const http::http_request& request,
           const std::shared_ptr<Exchange>& exchange) {
  client.request(request, exchange->stop.get_token())
      .then([exchange](http::http_response response) {
        exchange->answer(response);
        return response.content_ready();
      })
      .then([exchange](const pplx::task<http::http_response>& last) {
        try {
          last.get();
          exchange->end(nullptr);
        } catch (...) {
          exchange->end(std::current_exception());
        }
      });
}

/// A stream that cannot be rewound: the library sends a request again by itself when a pooled connection
/// turns out closed, unless it cannot get the body back.
streams::istream one_way_stream(const std::string& text) {
  streams::producer_consumer_buffer<std::uint8_t> buffer(text.size());
  buffer.putn_nocopy(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()).get();
  buffer.close(std::ios_base::out).get();
  return buffer.create_istream();
}

bool is_header_safe(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string header_of(const http::http_response& response, const char* name) {
  const auto& headers = response.headers();
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

/// What the library reports, in words; its code is an errno, or an OpenSSL error of a handshake.
std::string explain(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const http::http_exception& error) {
    std::string text = error.what();
    const int code = error.error_code().value();
    if (text.find("SSL") != std::string::npos) {
      std::array<char, 256> reason{};
      ERR_error_string_n(static_cast<unsigned>(code), reason.data(), reason.size());
      return text + ": " + reason.data();
    }
    return code == 0 ? text : text + ": " + std::generic_category().message(code);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception of an unknown type";
  }
}

bool is_too_large(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const TooLarge&) {
    return true;
  } catch (...) {
    return false;
  }
}

class CpprestTransport final : public Transport {
 public:
  explicit CpprestTransport(TransportConfig config) : config_(std::move(config)) {}

  Expected<Response> send(const Request& request) override;
  void cancel() override;

 private:
  using Client = http::client::http_client;
  struct Lane {
    std::shared_ptr<Client> client;
    MonoTime used{};
  };

  std::shared_ptr<Client> client_for(const Request& request, const Origin& origin);
  std::shared_ptr<Client> make_client(const std::string& url, const Origin& origin) const;
  Expected<http::http_request> write(const Request& request, const std::shared_ptr<Exchange>& exchange) const;
  Expected<Response> conclude(const Request& request, Exchange& exchange) const;

  const TransportConfig config_;
  Resolver resolver_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, Lane> lanes_;  // by origin
  std::set<std::shared_ptr<Exchange>> under_way_;
  bool cancelled_ = false;
};

std::shared_ptr<http::client::http_client> CpprestTransport::make_client(const std::string& url,
                                                                         const Origin& origin) const {
  http::client::http_client_config settings;
  settings.set_timeout(config_.step_timeout);
  settings.set_max_redirects(0);  // it would follow to another host with the token
  settings.set_ssl_context_callback(
      [host = origin.host, ca_file = config_.ca_file](boost::asio::ssl::context& tls) {
        SSL_CTX* context = tls.native_handle();
        SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
        // The library's own check takes a certificate's common name where no alternative name matches; this
        // one does not.
        X509_VERIFY_PARAM* verify = SSL_CTX_get0_param(context);
        X509_VERIFY_PARAM_set_hostflags(
            verify, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        if (X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str()) != 1 &&
            X509_VERIFY_PARAM_set1_host(verify, host.c_str(), host.size()) != 1) {
          throw std::runtime_error("cannot verify the name " + host);
        }
        if (ca_file) tls.load_verify_file(*ca_file);
      });
  return std::make_shared<Client>(web::uri(url), settings);
}

std::shared_ptr<http::client::http_client> CpprestTransport::client_for(const Request& request,
                                                                        const Origin& origin) {
  const MonoTime now = steady_clock::now();
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[request.origin];
  if (!lane.client || now - lane.used > kFresh) lane.client = make_client(request.origin, origin);
  lane.used = now;
  return lane.client;
}

Expected<http::http_request> CpprestTransport::write(const Request& request,
                                                     const std::shared_ptr<Exchange>& exchange) const {
  http::http_request message{std::string(to_string(request.method))};
  std::string target = encoded_path(request.path);
  if (!request.query.empty()) target += '?' + encoded_query(request.query);
  message.set_request_uri(web::uri(target));
  for (const auto& [name, value] : request.headers) {
    if (!is_header_safe(name) || !is_header_safe(value)) {
      return fail(ErrorKind::internal, "the header " + name + " has a control character in it");
    }
    message.headers().add(name, value);
  }
  if (!request.body.empty()) {
    const auto stream = request.effect == Effect::mutation ? one_way_stream(request.body)
                                                           : streams::bytestream::open_istream(request.body);
    message.set_body(stream, request.body.size(), "application/json");
  }
  message.set_response_stream(exchange->body.create_ostream());
  message.set_progress_handler(
      [exchange, limit = request.max_bytes](http::message_direction::direction way, utility::size64_t bytes) {
        if (way == http::message_direction::upload) {
          exchange->body_begun = true;
        } else if (bytes > limit) {
          throw TooLarge{};
        }
      });
  return message;
}

Expected<Response> CpprestTransport::send(const Request& request) {
  const std::optional<Origin> origin = parse_origin(request.origin);
  if (!origin) return fail(ErrorKind::internal, "not an address: " + request.origin);
  if (Expected<void> resolved = resolver_.resolve(origin->host, request.deadline); !resolved) {
    return fail(resolved.error());
  }
  const auto exchange = std::make_shared<Exchange>();
  {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return fail(ErrorKind::not_sent, "cancelled");
    under_way_.insert(exchange);
  }
  std::shared_ptr<Client> client;
  try {
    client = client_for(request, *origin);
    Expected<http::http_request> message = write(request, exchange);
    if (!message) {
      exchange->end(nullptr);
      const std::lock_guard lock(mutex_);
      under_way_.erase(exchange);
      return fail(message.error());
    }
    begin(*client, *message, exchange);
  } catch (...) {
    exchange->end(std::current_exception());
  }
  {
    std::unique_lock lock(exchange->mutex);
    const bool ended = exchange->changed.wait_until(lock, request.deadline,
                                                    [&] { return exchange->ended || exchange->cancelled; });
    if (!ended || !exchange->ended) {
      lock.unlock();
      exchange->stop.cancel();
      lock.lock();
      exchange->changed.wait_for(lock, kGrace, [&] { return exchange->ended; });
    }
  }
  {
    const std::lock_guard lock(mutex_);
    under_way_.erase(exchange);
    if (client) lanes_[request.origin].used = steady_clock::now();
  }
  return conclude(request, *exchange);
}

Expected<Response> CpprestTransport::conclude(const Request& request, Exchange& exchange) const {
  const std::lock_guard lock(exchange.mutex);
  if (exchange.ended && !exchange.failure) {
    Response response;
    response.status = exchange.head.status_code();
    response.content_type = header_of(exchange.head, "Content-Type");
    response.request_id = header_of(exchange.head, "X-Request-Id");
    response.retry_after = header_of(exchange.head, "Retry-After");
    response.subject_token = Secret(header_of(exchange.head, "X-Subject-Token"));
    response.date = parse_http_date(header_of(exchange.head, "Date"));
    const auto& bytes = exchange.body.collection();
    const std::span<const char> body{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    if (request.sink != nullptr && response.status == 200) {
      if (!(*request.sink)(body)) return fail(ErrorKind::internal, "the transfer was stopped by its reader");
    } else {
      response.body.assign(body.begin(), body.end());
    }
    return response;
  }

  std::string message = exchange.ended ? explain(exchange.failure) : "no end in time, left behind";
  if (exchange.cancelled)
    message = "cancelled: " + message;
  else if (steady_clock::now() >= request.deadline)
    message = "out of time: " + message;
  Error error;
  error.message = request.origin + ": " + message;
  if (exchange.answered) error.http_status = exchange.head.status_code();
  if (exchange.ended && !exchange.body_begun) {
    // The library tells of the body before it writes its first byte: what a mutation acts on never left.
    error.kind = ErrorKind::not_sent;
  } else if (request.effect == Effect::mutation) {
    error.kind = ErrorKind::outcome_unknown;
  } else if (exchange.ended && is_too_large(exchange.failure)) {
    error.kind = ErrorKind::malformed;
  } else {
    error.kind = exchange.answered ? ErrorKind::outcome_unknown : ErrorKind::not_sent;
  }
  return fail(std::move(error));
}

void CpprestTransport::cancel() {
  resolver_.cancel();
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  for (const auto& exchange : under_way_) exchange->cancel();
}

}  // namespace

std::unique_ptr<Transport> make_cpprest_transport(TransportConfig config) {
  return std::make_unique<CpprestTransport>(std::move(config));
}

}  // namespace dbssd::cloud
