// One request on its way through cpprestsdk. Only transport_cpprest.cpp includes it: the library's headers
// are costly.
#pragma once

#include <cpprest/http_client.h>
#include <cpprest/producerconsumerstream.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "cloud/decode.h"
#include "cloud/http_date.h"
#include "cloud/transport.h"

namespace dbssd::cloud {

/// Thrown out of the library's progress handler, and found again as the outcome of the exchange.
struct AnswerTooLarge : std::exception {
  [[nodiscard]] const char* what() const noexcept override { return "the answer is too large"; }
};

constexpr std::size_t kLongestPage = std::size_t{4} << 20;

struct Abandoned : std::exception {
  [[nodiscard]] const char* what() const noexcept override { return "given up before it was sent"; }
};

/// What the caller and the library's threads share. It lives until the last of them is done, which can be
/// long after the caller has given up.
struct Exchange {
  std::mutex mutex;
  std::condition_variable changed;
  // Guarded by mutex.
  bool answered = false;   ///< the answer's header is there: `response` is valid, but for its body
  bool ended = false;      ///< nothing more will come; with `failure`, badly
  bool cancelled = false;  ///< by Transport::cancel()
  bool abandoned = false;  ///< the caller has gone: what still comes is dropped
  Response response;
  std::exception_ptr failure;
  std::span<const char> piece;  ///< handed over and not yet taken; belongs to the library
  pplx::task_completion_event<std::size_t> taken;

  bool body_begun = false;  ///< the request's header is written, and its body may be

  bool hand_over = false;  ///< give the body to the caller piece by piece; set before it begins
  pplx::cancellation_token_source stop;

  void end(std::exception_ptr error) {
    const std::lock_guard lock(mutex);
    failure = std::move(error);
    ended = true;
    changed.notify_all();
  }
  /// Throws where the caller has gone, which ends the request before its body.
  void begin_body() {
    const std::lock_guard lock(mutex);
    if (abandoned && !body_begun) throw Abandoned{};
    body_begun = true;
  }
  void cancel() {
    const std::lock_guard lock(mutex);
    cancelled = true;
    changed.notify_all();
  }
};

/// Where the library writes an answer's body: into Exchange::response, or, one piece at a time, to the
/// waiting caller, so that a slow reader slows the peer down and no large body is ever held whole.
class BodyIntake final : public concurrency::streams::details::basic_producer_consumer_buffer<std::uint8_t> {
 public:
  explicit BodyIntake(std::shared_ptr<Exchange> exchange)
      : basic_producer_consumer_buffer(1), exchange_(std::move(exchange)) {}

 protected:
  using Base = concurrency::streams::details::basic_producer_consumer_buffer<std::uint8_t>;
  using Base::_putn;
  pplx::task<std::size_t> _putn(const std::uint8_t* bytes, std::size_t count) override {
    const std::span<const char> piece{reinterpret_cast<const char*>(bytes), count};
    const std::lock_guard lock(exchange_->mutex);
    if (exchange_->abandoned) return pplx::task_from_result(count);
    if (!exchange_->hand_over) {
      exchange_->response.body.append(piece.begin(), piece.end());
      return pplx::task_from_result(count);
    }
    exchange_->piece = piece;
    exchange_->taken = {};
    exchange_->changed.notify_all();
    return pplx::create_task(exchange_->taken);
  }

 private:
  const std::shared_ptr<Exchange> exchange_;
};

/// Copies what dbssd reads: the library's own response leads back to the exchange, and each would keep the
/// other alive.
inline void take_header(const web::http::http_response& from, Response& to) {
  const auto value = [&](const char* name) {
    const auto found = from.headers().find(name);
    return found == from.headers().end() ? std::string() : found->second;
  };
  to.status = from.status_code();
  to.content_type = value("Content-Type");
  to.request_id = value("X-Request-Id");
  to.retry_after = value("Retry-After");
  to.subject_token = Secret(value("X-Subject-Token"));
  to.date = parse_http_date(value("Date"));
}

/// The only place that continues a task. An exception that nobody observes would end the process, so the
/// chain ends in a continuation that takes every outcome.
inline void begin(web::http::client::http_client& client, const web::http::http_request& request,
                  const std::shared_ptr<Exchange>& exchange) {
  client.request(request, exchange->stop.get_token())
      .then([exchange](const web::http::http_response& response) {
        {
          const std::lock_guard lock(exchange->mutex);
          take_header(response, exchange->response);
          // What the length claims is believed as far as a page goes.
          const std::size_t length = std::min<std::size_t>(response.headers().content_length(), kLongestPage);
          if (!exchange->hand_over) exchange->response.body.reserve(length + kPageMargin);
          exchange->answered = true;
          if (exchange->hand_over) exchange->changed.notify_all();
        }
        return response.content_ready();
      })
      .then([exchange](const pplx::task<web::http::http_response>& last) {
        try {
          last.get();
          exchange->end(nullptr);
        } catch (...) {
          exchange->end(std::current_exception());
        }
      });
}

}  // namespace dbssd::cloud
