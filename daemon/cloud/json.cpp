#include "cloud/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <thread>

#include "base/hex.h"
#include "cloud/decode.h"

namespace dbssd::cloud::json {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::optional<std::int64_t> whole(double number) {
  constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it a double stands for several whole numbers
  if (!(std::abs(number) < kExact) || number != std::floor(number)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<std::int64_t> integer_in(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  const char* const end = text.data() + text.size();
  std::int64_t value = 0;
  const auto exact = std::from_chars(text.data(), end, value);
  if (exact.ec == std::errc{} && exact.ptr == end) return value;
  double number = 0;
  const auto loose = std::from_chars(text.data(), end, number);
  return loose.ec == std::errc{} && loose.ptr == end ? whole(number) : std::nullopt;
}

/// The code unit of a "\uXXXX" at the start of text, or -1.
int escaped_unit(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return -1;
  int unit = 0;
  for (const char c : text.substr(2, 4)) {
    if (hex_value(c) < 0) return -1;
    unit = unit * 16 + hex_value(c);
  }
  return unit;
}

/// How many bytes of text make its first character, 0 where they make none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  // Overlong forms, surrogates, and what is beyond U+10FFFF.
  if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F) ||
      (lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) {
    return 0;
  }
  return length;
}

/// Appends the escape at the start of text to out, mended; returns how many bytes of text it took.
std::size_t mend_escape(std::string_view text, std::string& out) {
  constexpr std::string_view kSimple = "\"\\/bfnrt";
  if (text.size() >= 2 && kSimple.find(text[1]) != std::string_view::npos) {
    out += text.substr(0, 2);
    return 2;
  }
  const int unit = escaped_unit(text);
  if (unit < 0) {
    out += "\\\\";
    return 1;
  }
  const bool high = unit >= 0xD800 && unit < 0xDC00;
  const bool low = unit >= 0xDC00 && unit < 0xE000;
  const int next = high ? escaped_unit(text.substr(6)) : -1;
  if (high && next >= 0xDC00 && next < 0xE000) {
    out += text.substr(0, 12);
    return 12;
  }
  out += high || low ? kReplacement : text.substr(0, 6);
  return 6;
}

/// Appends the start of text, which is within a string and no quote, to out, mended; returns how many bytes
/// it took.
std::size_t mend_character(std::string_view text, std::string& out) {
  if (text[0] == '\\') return mend_escape(text, out);
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte < 0x20) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += "\\u00";
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
    return 1;
  }
  const std::size_t length = character_length(text);
  out += length == 0 ? kReplacement : text.substr(0, length);
  return std::max<std::size_t>(length, 1);
}

/// To parse a page takes ten times its size for a moment, and a processor: no more large ones are parsed at a
/// time than there are processors, however many projects are listed.
constexpr std::size_t kLarge = 64 * 1024;

Permit permit_for(std::size_t bytes) {
  static std::counting_semaphore<> large(
      std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 8));
  return Permit(bytes >= kLarge ? &large : nullptr);
}

}  // namespace

std::string mend(std::string_view text) {
  constexpr std::string_view kNumber = "0123456789+-.eE";
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  bool in_string = false;
  while (!text.empty()) {
    std::size_t taken = 1;
    if (text[0] == '"') {
      in_string = !in_string;
      out += '"';
    } else if (in_string) {
      taken = mend_character(text, out);
    } else if (text[0] == '-' || (text[0] >= '0' && text[0] <= '9')) {
      taken = std::min(text.find_first_not_of(kNumber), text.size());
      out += '"';
      out += text.substr(0, taken);
      out += '"';
    } else {
      out += text[0];
    }
    text.remove_prefix(taken);
  }
  return out;
}

Expected<Document> Document::parse(std::string_view text, std::size_t behind) {
  static_assert(kPageMargin >= simdjson::SIMDJSON_PADDING);
  const bool copies = behind < kPageMargin;
  Permit permit = permit_for(text.size());
  auto parser = std::make_unique<simdjson::dom::parser>();
  simdjson::error_code error = parser->allocate(text.size(), kMaxDepth);
  Element root;
  if (error == simdjson::SUCCESS) error = parser->parse(text.data(), text.size(), copies).get(root);
  switch (error) {
    case simdjson::UTF8_ERROR:
    case simdjson::NUMBER_ERROR:
    case simdjson::STRING_ERROR:
    case simdjson::UNESCAPED_CHARS: {
      const std::string mended = mend(text);
      error = parser->allocate(mended.size(), kMaxDepth);
      if (error == simdjson::SUCCESS) error = parser->parse(mended.data(), mended.size(), true).get(root);
      break;
    }
    default:
      break;
  }
  if (error != simdjson::SUCCESS) {
    return fail(ErrorKind::malformed, std::string("not JSON: ") + simdjson::error_message(error));
  }
  return Document(std::move(permit), std::move(parser), root);
}

std::optional<Element> field(Object object, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    Element element;
    if (object.at_key(key).get(element) == simdjson::SUCCESS && !element.is_null()) return element;
  }
  return std::nullopt;
}

std::optional<Object> object_of(Element element) {
  Object object;
  if (element.get(object) != simdjson::SUCCESS) return std::nullopt;
  return object;
}

std::optional<Array> array_of(Element element) {
  Array array;
  if (element.get(array) != simdjson::SUCCESS) return std::nullopt;
  return array;
}

std::string_view cut(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return text.substr(0, limit);
}

std::string text_of(std::optional<Element> element, std::size_t limit) {
  if (!element || element->is_object() || element->is_array() || element->is_null()) return {};
  std::string_view text;
  if (element->get(text) == simdjson::SUCCESS) return std::string(cut(text, limit));
  return std::string(cut(simdjson::minify(*element), limit));
}

std::optional<std::int64_t> integer_of(std::optional<Element> element) {
  if (!element) return std::nullopt;
  std::int64_t value = 0;
  if (element->get(value) == simdjson::SUCCESS) return value;
  double number = 0;
  if (element->is_double() && element->get(number) == simdjson::SUCCESS) return whole(number);
  std::string_view text;
  if (element->get(text) == simdjson::SUCCESS) return integer_in(text);
  return std::nullopt;
}

}  // namespace dbssd::cloud::json
