#include "contract/raw_client.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <limits>

namespace contract {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

struct RawClient::Connection {
  explicit Connection(std::uint16_t port) : socket(context) {
    socket.connect({asio::ip::address_v4::loopback(), port});
  }
  asio::io_context context{1};
  tcp::socket socket;
  boost::beast::flat_buffer buffer;
};

RawClient::RawClient(std::uint16_t port) : port_(port) {}
RawClient::~RawClient() = default;

Reply RawClient::send(std::string_view method, std::string_view target, const Headers& headers,
                      std::string_view body) {
  if (!connection_) connection_ = std::make_unique<Connection>(port_);
  std::string text;
  text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nContent-Length: ");
  text.append(std::to_string(body.size())).append("\r\n");
  const auto is_host = [](const auto& header) { return header.first == "Host"; };
  if (std::none_of(headers.begin(), headers.end(), is_host)) text.append("Host: 127.0.0.1\r\n");
  for (const auto& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
  text.append("\r\n").append(body);

  boost::system::error_code error;
  asio::write(connection_->socket, asio::buffer(text), error);
  http::response_parser<http::string_body> parser;
  parser.header_limit(1 << 20);
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  http::read(connection_->socket, connection_->buffer, parser, error);

  Reply reply;
  if (parser.is_header_done()) {
    reply.status = static_cast<int>(parser.get().result_int());
    for (const auto& field : parser.get()) {
      std::string name(field.name_string());
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return static_cast<char>(std::tolower(c)); });
      reply.headers[name] = std::string(field.value());
    }
    reply.body = parser.get().body();
    reply.complete = parser.is_done();
  }
  if (error || !parser.get().keep_alive()) connection_.reset();
  return reply;
}

std::string RawClient::exchange(std::string_view bytes) {
  Connection connection(port_);
  boost::system::error_code error;
  asio::write(connection.socket, asio::buffer(bytes.data(), bytes.size()), error);
  std::string answer;
  asio::read(connection.socket, asio::dynamic_buffer(answer), error);
  return answer;
}

}  // namespace contract
