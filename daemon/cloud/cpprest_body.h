// Bodies as cpprestsdk's streams.
#pragma once

#include <cpprest/containerstream.h>
#include <cpprest/producerconsumerstream.h>

#include <memory>
#include <string>

#include "cloud/cpprest_exchange.h"

namespace dbssd::cloud {

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

/// A stream that cannot be rewound, so that the library cannot send it again by itself. Left open: only as
/// much of it is read as the request's length says, and closing it takes longer than all else.
inline concurrency::streams::istream one_way_stream(const std::string& text) {
  concurrency::streams::producer_consumer_buffer<std::uint8_t> buffer(text.size());
  buffer.putn_nocopy(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()).get();
  return buffer.create_istream();
}

}  // namespace dbssd::cloud
