#include "simulator/answer.h"

#include "simulator/json_writer.h"

namespace dbss_sim {

Answer service_error(int status, std::string_view code, std::string_view message, ErrorShape shape) {
  JsonWriter out;
  if (shape == ErrorShape::kNested) out.open().key("error");
  out.open().field("error_code", code).field("error_msg", message).close();
  if (shape == ErrorShape::kNested) out.close();
  return {status, out.take()};
}

Answer gateway_error(int status, std::string_view code, std::string_view message,
                     std::string_view request_id) {
  JsonWriter out;
  out.open().field("error_msg", message).field("error_code", code).field("request_id", request_id).close();
  return {status, out.take()};
}

Answer iam_error(int status, std::string_view message) {
  JsonWriter out;
  out.open().key("error").open().field("code", status).field("message", message);
  out.field("title", reason_phrase(status)).close().close();
  return {status, out.take()};
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 302:
      return "Found";
    case 307:
      return "Temporary Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Payload Too Large";
    case 429:
      return "Too Many Requests";
    case 494:
      return "Request Header Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
}

std::string head_of(const Answer& answer, std::string_view date, std::string_view request_id,
                    bool keep_alive) {
  std::string head;
  head.reserve(320);
  head.append("HTTP/1.1 ")
      .append(std::to_string(answer.status))
      .append(" ")
      .append(reason_phrase(answer.status));
  head.append("\r\nServer: api-gateway\r\nDate: ").append(date);
  head.append("\r\nContent-Type: ").append(answer.content_type);
  head.append("\r\nContent-Length: ").append(std::to_string(answer.body.size()));
  head.append("\r\nX-Request-Id: ").append(request_id);
  for (const auto& [name, value] : answer.headers) {
    head.append("\r\n").append(name).append(": ").append(value);
  }
  head.append(keep_alive ? "\r\nConnection: keep-alive\r\n\r\n" : "\r\nConnection: close\r\n\r\n");
  return head;
}

}  // namespace dbss_sim
