#include "cloud/cpprest_request.h"

#include <algorithm>

#include "cloud/cpprest_body.h"
#include "cloud/decode.h"
#include "cloud/http_date.h"

namespace dbssd::cloud {
namespace {

namespace http = web::http;
namespace streams = concurrency::streams;

constexpr std::size_t kLongestPage = std::size_t{4} << 20;
constexpr std::uint64_t kLongestHeader = 64 * 1024;

bool is_header_safe(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Expected<http::http_request> write(const Line& line, const Request& request,
                                   const std::shared_ptr<Exchange>& exchange) {
  http::http_request message{std::string(to_string(request.method))};
  std::string target = encoded_path(request.path);
  if (!request.query.empty()) target += '?' + encoded_query(request.query);
  message.set_request_uri(web::uri(target));
  message.headers().add("User-Agent", line.user_agent);  // the library would name itself
  if (!line.host_header.empty()) message.headers().add("Host", line.host_header);
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
  message.set_response_stream(
      streams::streambuf<std::uint8_t>(std::make_shared<BodyIntake>(exchange)).create_ostream());
  // The request is the only thing that the library keeps until it has put the connection back.
  message.set_progress_handler(
      [exchange, home = std::make_shared<Homecoming>(exchange), limit = request.max_bytes,
       has_body = !request.body.empty()](http::message_direction::direction way, utility::size64_t bytes) {
        if (way == http::message_direction::upload) {
          exchange->begin_body(has_body);
        } else {
          exchange->take_progress(bytes, limit);
        }
      });
  return message;
}

std::optional<std::string> field(const http::http_headers& headers, const char* name) {
  const auto found = headers.find(name);
  return found == headers.end() ? std::nullopt : std::optional(found->second);
}

/// How many bytes it was on the wire, where it was written as servers do it: the library keeps no count.
std::uint64_t size_of_header(const http::http_response& response) {
  constexpr std::string_view kStatusLine = "HTTP/1.1 200 \r\n";
  std::uint64_t size = kStatusLine.size() + response.reason_phrase().size() + 2;
  for (const auto& [name, value] : response.headers()) size += name.size() + value.size() + 4;
  return size;
}

/// Copies what dbssd reads: the library's own response leads back to the exchange, and each would keep the
/// other alive.
void take_header(const http::http_response& from, Exchange& exchange) {
  const http::http_headers& headers = from.headers();
  const auto version = from._get_impl()->http_version();
  exchange.framing = framing_of({from.status_code(), version.major, version.minor,
                                 field(headers, "Content-Length"), field(headers, "Transfer-Encoding")});
  exchange.header_bytes = size_of_header(from);
  if (exchange.header_bytes > kLongestHeader) exchange.framing = {"its header is too large", false, false, 0};
  exchange.header_at = std::chrono::steady_clock::now();
  Response& to = exchange.response;
  to.status = from.status_code();
  to.content_type = field(headers, "Content-Type").value_or("");
  to.request_id = field(headers, "X-Request-Id").value_or("");
  to.retry_after = field(headers, "Retry-After").value_or("");
  to.subject_token = Secret(field(headers, "X-Subject-Token").value_or(""));
  to.date = parse_http_date(field(headers, "Date").value_or(""));
  // What the length claims is believed as far as a page goes.
  const std::size_t length = std::min<std::size_t>(exchange.framing.length, kLongestPage);
  if (!exchange.hand_over) to.body.reserve(length + kPageMargin);
}

}  // namespace

/// The only place that continues a task. An exception that nobody observes would end the process, so the
/// chain ends in a continuation that takes every outcome.
Expected<void> begin(Line& line, const Request& request, const std::shared_ptr<Exchange>& exchange) {
  const Expected<http::http_request> message = write(line, request, exchange);
  if (!message) return fail(message.error());
  exchange->ledger->allow(longest_stretch(request.max_bytes));
  line.hooks->armed = true;
  line.client->request(*message, exchange->stop.get_token())
      .then([exchange](const http::http_response& response) {
        bool faulty = false;
        {
          const std::lock_guard lock(exchange->mutex);
          take_header(response, *exchange);
          faulty = !exchange->framing.fault.empty();
          exchange->answered = true;
          if (exchange->hand_over) exchange->changed.notify_all();
        }
        // What follows is nobody's answer: it is not waited for.
        if (faulty) exchange->stop.cancel();
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
  return {};
}

}  // namespace dbssd::cloud
