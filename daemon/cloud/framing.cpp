#include "cloud/framing.h"

#include <charconv>
#include <string_view>

#include "base/ascii.h"

namespace dbssd::cloud {
namespace {

/// Digits and nothing else: no sign, no list, no blank; and a number that a body can be long.
std::optional<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t length = 0;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  if (length > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  return length;
}

Framing fault(std::string why) { return {std::move(why), false, false, 0}; }

}  // namespace

Framing framing_of(const AnswerHead& head) {
  if (head.major != 1) return fault("an answer of HTTP/" + std::to_string(head.major));
  if (head.status < 200 || head.status > 599)
    return fault("HTTP " + std::to_string(head.status) + " is no answer");
  std::optional<std::uint64_t> length;
  if (head.content_length) {
    length = parse_length(*head.content_length);
    if (!length) return fault("its Content-Length is no number: " + quoted(*head.content_length));
  }
  Framing framing;
  if (head.transfer_encoding) {
    if (!same_word(*head.transfer_encoding, "chunked"))
      return fault("its Transfer-Encoding is not chunked: " + quoted(*head.transfer_encoding));
    framing.chunked = true;
  }
  const bool bodiless = head.status == 204 || head.status == 304;
  const bool plain =
      bodiless ? !framing.chunked && length.value_or(0) == 0 : framing.chunked != length.has_value();
  framing.another_may_follow = plain && head.minor == 1;
  if (!framing.chunked) framing.length = length.value_or(0);
  return framing;
}

}  // namespace dbssd::cloud
