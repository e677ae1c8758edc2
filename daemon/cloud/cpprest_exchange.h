// One request on its way through cpprestsdk: what the caller and the library's threads share. Only the
// sources named cpprest_* and transport_cpprest.cpp include it: the library's headers are costly.
#pragma once

#include <pplx/pplxtasks.h>

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "cloud/byte_ledger.h"
#include "cloud/framing.h"
#include "cloud/transport.h"

namespace dbssd::cloud {

// Thrown out of the library's hooks, and found again as the outcome of the exchange.

struct AnswerTooLarge : std::exception {
  [[nodiscard]] const char* what() const noexcept override { return "the answer is too large"; }
};
struct Abandoned : std::exception {
  [[nodiscard]] const char* what() const noexcept override { return "given up before it was sent"; }
};
/// The connection has something on it that nobody asked for, or has ended. Nothing of a body has left.
struct NotClean : std::exception {
  [[nodiscard]] const char* what() const noexcept override { return "the connection was not clean"; }
};
/// The library would send by itself what has been sent: it says so of a connection that ended unanswered.
struct SentAgain : std::exception {
  [[nodiscard]] const char* what() const noexcept override {
    return "the peer has closed the connection without an answer";
  }
};

/// It lives until the last of them is done, which can be long after the caller has given up.
struct Exchange {
  explicit Exchange(std::shared_ptr<ByteLedger> over) : ledger(std::move(over)) {}

  std::mutex mutex;
  std::condition_variable changed;
  // Guarded by mutex.
  bool answered = false;   ///< the answer's header is there: `response` is valid, but for its body
  bool ended = false;      ///< nothing more will come; with `failure`, badly
  bool home = false;       ///< the library has let go of the request: its connection can be used again
  bool cancelled = false;  ///< by Transport::cancel()
  bool abandoned = false;  ///< the caller has gone: what still comes is dropped
  bool too_slow = false;   ///< abandoned because the address is not connected to
  Response response;
  Framing framing;
  std::uint64_t header_bytes = 0;  ///< on the wire, as servers write one
  MonoTime header_at{};
  std::exception_ptr failure;
  std::span<const char> piece;  ///< handed over and not yet taken; belongs to the library
  pplx::task_completion_event<std::size_t> taken;
  bool body_begun = false;        ///< the request's header is written, and its body may be
  std::uint64_t chunked = 0;      ///< bytes of chunks so far
  std::uint64_t chunk_marks = 0;  ///< bytes around them

  const std::shared_ptr<ByteLedger> ledger;  ///< of the connection that it goes over
  bool hand_over = false;  ///< give the body to the caller piece by piece; set before it begins
  pplx::cancellation_token_source stop;

  void end(std::exception_ptr error) {
    const std::lock_guard lock(mutex);
    failure = std::move(error);
    ended = true;
    changed.notify_all();
  }
  void come_home() {
    const std::lock_guard lock(mutex);
    home = true;
    if (ended) changed.notify_all();
  }
  void cancel() {
    const std::lock_guard lock(mutex);
    cancelled = true;
    changed.notify_all();
  }
  /// Throws where the caller has gone, or something came before the body could be answered: which ends the
  /// request before its body.
  void begin_body(bool has_body) {
    const std::lock_guard lock(mutex);
    if (body_begun) return;
    if (abandoned) throw Abandoned{};
    if (has_body && ledger->spoke_unasked()) throw NotClean{};
    body_begun = true;
  }
  /// So much of the body has come: throws where that is beyond the limit.
  void take_progress(std::uint64_t bytes, std::uint64_t limit);
  /// Whether another call may go over the connection; counts the answer's bytes then.
  [[nodiscard]] bool leaves_clean();
};

/// What the library may read between two signs of life: a header, a chunk, or a piece of a body.
[[nodiscard]] std::uint64_t longest_stretch(std::uint64_t max_bytes);

/// Held by the library as long as it works on a request; then the connection is back in its pool.
class Homecoming {
 public:
  explicit Homecoming(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ~Homecoming() { exchange_->come_home(); }
  Homecoming(const Homecoming&) = delete;
  Homecoming& operator=(const Homecoming&) = delete;

 private:
  const std::shared_ptr<Exchange> exchange_;
};

}  // namespace dbssd::cloud
