#include "cloud/url.h"

#include <algorithm>

#include "base/ascii.h"

namespace dbssd::cloud {

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
  }
  return "";
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_digit(c) || is_letter(c) || c == '-' || c == '_' || c == '.' || c == '~') {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

std::string encoded_path(std::span<const std::string> segments) {
  if (segments.empty()) return "/";
  std::string path;
  for (const std::string& segment : segments) path += '/' + percent_encode(segment);
  return path;
}

std::string encoded_query(std::span<const std::pair<std::string, std::string>> query) {
  std::string text;
  for (const auto& [name, value] : query) {
    if (!text.empty()) text += '&';
    text += percent_encode(name) + '=' + percent_encode(value);
  }
  return text;
}

bool is_plain_segment(std::string_view segment) {
  return !segment.empty() && segment != "." && segment != "..";
}

std::optional<Origin> parse_origin(std::string_view text) {
  Origin origin;
  if (text.starts_with("https://")) {
    origin.tls = true;
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
  } else {
    return std::nullopt;
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  origin.authority = to_lower(text);
  const std::size_t colon = text.find(':');
  origin.host = to_lower(text.substr(0, colon));
  origin.port = colon == std::string_view::npos ? (origin.tls ? "443" : "80") : text.substr(colon + 1);
  const auto in_host = [](char c) { return is_digit(c) || is_letter(c) || c == '-' || c == '.'; };
  if (origin.host.empty() || origin.host.size() > 253 || !std::ranges::all_of(origin.host, in_host))
    return std::nullopt;
  if (origin.port.empty() || origin.port.size() > 5 || !std::ranges::all_of(origin.port, is_digit))
    return std::nullopt;
  const int port = std::stoi(origin.port);
  if (port < 1 || port > 65535) return std::nullopt;
  return origin;
}

}  // namespace dbssd::cloud
