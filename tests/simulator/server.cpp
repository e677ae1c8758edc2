#include "simulator/server.h"

#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <csignal>
#include <optional>

#include "simulator/calendar.h"
#include "simulator/router.h"

namespace dbss_sim {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                               asio::io_context::executor_type>;

constexpr std::uint32_t kHeaderLimit = 32 * 1024;  // the gateway's
constexpr std::uint64_t kBodyLimit = 1 << 20;
constexpr double kDripsPerSecond = 10;

std::string_view view_of(beast::string_view text) { return {text.data(), text.size()}; }

// Formatting a date costs more than answering, and it changes once a second.
class DateHeader {
 public:
  const std::string& text(Instant now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (second != second_ || text_.empty()) {
      second_ = second;
      text_ = http_date_text(now);
    }
    return text_;
  }

 private:
  std::chrono::sys_seconds second_{};
  std::string text_;
};

// One connection: reads a request, answers it, reads the next. Kept alive by whatever it waits for.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Socket socket, World& world, DateHeader& date)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), world_(world), date_(date) {}
  ~Session() { world_.tally.finished(delivery_.ticket); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(kHeaderLimit);
    parser_->body_limit(kBodyLimit);
    http::async_read(socket_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); });
  }

 private:
  void on_read(error_code error) {
    if (!error) return answer();
    if (error == http::error::header_limit) return refuse_to_read(494);
    if (error == http::error::body_limit) return refuse_to_read(413);
    const bool ended = error == http::error::end_of_stream || error == http::error::partial_message;
    const bool http_error = error.category() == make_error_code(http::error::end_of_stream).category();
    http_error && !ended ? refuse_to_read(400) : close();
  }

  void answer() {
    const auto& message = parser_->get();
    const std::string_view target = view_of(message.target());
    const std::size_t question = target.find('?');
    request_.method = view_of(message.method_string());
    request_.path = target.substr(0, question);
    request_.query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
    request_.body = message.body();
    request_.headers.clear();
    for (const auto& field : message) {
      request_.headers.emplace_back(view_of(field.name_string()), view_of(field.value()));
    }
    keep_alive_ = message.keep_alive();
    delivery_ = serve(world_, request_);
    ++answered_;
    deliver_when_due();
  }

  void refuse_to_read(int status) {
    world_.next_request_id();
    keep_alive_ = false;
    unread_ = true;
    delivery_ = {gateway_error(status, "APIGW.0201", "Bad request.", world_.request_id())};
    deliver_when_due();
  }

  void deliver_when_due() {
    head_ = head_of(delivery_.answer, date_.text(world_.clock.now()), world_.request_id(), keep_alive_);
    if (delivery_.delay_seconds <= 0) return deliver();
    timer_.expires_after(Clock::milliseconds(delivery_.delay_seconds));
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->deliver();
    });
  }

  void deliver() {
    const std::string& body = delivery_.answer.body;
    switch (delivery_.manner) {
      case Delivery::Manner::kWhole:
        return write(head_, body, keep_alive_);
      case Delivery::Manner::kHalf:
        return write(head_, std::string_view(body).substr(0, body.size() / 2), false);
      case Delivery::Manner::kRaw:
        return write("", body, false);
      case Delivery::Manner::kDripped:
        return drip(0);
      case Delivery::Manner::kDropped:
        return close();
    }
  }

  // `head` and `body` live until the answer is out.
  void write(std::string_view head, std::string_view body, bool then_read) {
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(head.data(), head.size()),
                                                    asio::buffer(body.data(), body.size())};
    asio::async_write(socket_, buffers,
                      [self = shared_from_this(), then_read](error_code error, std::size_t) {
                        self->on_written(error, then_read);
                      });
  }

  void on_written(error_code error, bool then_read) {
    world_.tally.finished(delivery_.ticket);
    const std::size_t most = world_.fleet.behaviour.requests_per_connection;
    if (error || !then_read || (most != 0 && answered_ >= most)) return unread_ ? drain() : close();
    read();
  }

  // The head with the first piece of the body, then a piece at a time.
  void drip(std::size_t from) {
    const std::string& body = delivery_.answer.body;
    const auto drips = static_cast<std::size_t>(std::max(1.0, delivery_.drip_seconds * kDripsPerSecond));
    const std::size_t piece = std::max<std::size_t>(1, (body.size() + drips - 1) / drips);
    const std::size_t to = std::min(body.size(), from + piece);
    const std::string_view head = from == 0 ? std::string_view(head_) : std::string_view();
    const auto bytes = std::string_view(body).substr(from, to - from);
    if (to == body.size()) return write(head, bytes, keep_alive_);
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(head.data(), head.size()),
                                                    asio::buffer(bytes.data(), bytes.size())};
    asio::async_write(socket_, buffers, [self = shared_from_this(), to](error_code error, std::size_t) {
      if (error) return self->close();
      self->timer_.expires_after(Clock::milliseconds(1 / kDripsPerSecond));
      self->timer_.async_wait([self, to](error_code waited) {
        if (!waited) self->drip(to);
      });
    });
  }

  // Closing over unread bytes would reset the connection, and the client would lose the answer.
  void drain() {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    buffer_.clear();
    socket_.async_read_some(buffer_.prepare(kHeaderLimit),
                            [self = shared_from_this()](error_code error, std::size_t) {
                              error ? self->close() : self->drain();
                            });
  }

  void close() {
    world_.tally.finished(delivery_.ticket);
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    socket_.close(ignored);
  }

  Socket socket_;
  Timer timer_;
  World& world_;
  DateHeader& date_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  Request request_;
  Delivery delivery_;
  std::string head_;
  bool keep_alive_ = true;
  bool unread_ = false;  // a part of the request, for good
  std::size_t answered_ = 0;
};

}  // namespace

struct Server::Loop {
  Loop(World& served, std::uint16_t port)
      : world(served),
        acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), port)),
        signals(context) {
    accept();
  }

  void accept() {
    acceptor.async_accept([this](error_code error, Socket socket) {
      if (!acceptor.is_open()) return;
      if (!error) {
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        std::make_shared<Session>(std::move(socket), world, date)->read();
      }
      accept();
    });
  }

  World& world;
  DateHeader date;
  asio::io_context context{1};
  asio::basic_socket_acceptor<tcp, asio::io_context::executor_type> acceptor;
  asio::signal_set signals;
};

Server::Server(World& world, std::uint16_t port) : loop_(std::make_unique<Loop>(world, port)) {}
Server::~Server() = default;

std::uint16_t Server::port() const { return loop_->acceptor.local_endpoint().port(); }
void Server::run() { loop_->context.run(); }
void Server::stop() { loop_->context.stop(); }
void Server::post(std::function<void()> task) { asio::post(loop_->context, std::move(task)); }

void Server::stop_on_signals() {
  loop_->signals.add(SIGTERM);
  loop_->signals.add(SIGINT);
  loop_->signals.async_wait([this](error_code error, int) {
    if (!error) stop();
  });
}

}  // namespace dbss_sim
