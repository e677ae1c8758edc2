#include "telemetry/escape.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace dbssd::telemetry {
namespace {

constexpr std::size_t kMostBytes = 4096;
constexpr char32_t kInvalid = 0xFFFFFFFF;

struct Decoded {
  char32_t point;    ///< kInvalid for a byte that begins no code point
  std::size_t size;  ///< bytes taken
};

/// The first code point of a text that is not empty, by the table of well-formed sequences (Unicode 15, table
/// 3-7).
Decoded decode(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return {kInvalid, 1};
  unsigned char low = 0x80, high = 0xBF;
  if (first == 0xE0) low = 0xA0;   // overlong
  if (first == 0xED) high = 0x9F;  // surrogates
  if (first == 0xF0) low = 0x90;   // overlong
  if (first == 0xF4) high = 0x8F;  // beyond U+10FFFF
  char32_t point = first & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (byte(i) < low || byte(i) > high) return {kInvalid, 1};
    point = (point << 6) | (byte(i) & 0x3FU);
    low = 0x80;
    high = 0xBF;
  }
  return {point, size};
}

struct Range {
  char32_t first, last;
};

/// Not ASCII, and nevertheless able to move, hide or reorder what is around them.
constexpr std::array<Range, 12> kTreacherous{{
    {0x80, 0x9F},        // C1 controls: CSI among them
    {0xAD, 0xAD},        // soft hyphen
    {0x61C, 0x61C},      // Arabic letter mark
    {0x180E, 0x180E},    // Mongolian vowel separator
    {0x200B, 0x200F},    // zero width, direction marks
    {0x2028, 0x202E},    // line and paragraph separator, embeddings and overrides
    {0x2060, 0x206F},    // word joiner, isolates, deprecated controls
    {0xFE00, 0xFE0F},    // variation selectors
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFF9, 0xFFFB},    // interlinear annotation
    {0xE0000, 0xE007F},  // tags
    {0xE0100, 0xE01EF},  // more variation selectors
}};

bool is_plain(char32_t point) {
  if (point < 0x80) return point >= 0x20 && point != 0x7F;
  return std::ranges::none_of(kTreacherous, [point](Range r) { return r.first <= point && point <= r.last; });
}

/// In lower case, with leading zeros up to `width`.
void append_hex(std::string& out, std::uint32_t value, int width) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  bool leading = true;
  for (int digit = 7; digit >= 0; --digit) {
    const std::uint32_t nibble = (value >> (4 * digit)) & 0xF;
    leading = leading && nibble == 0 && digit >= width;
    if (!leading) out += kDigits[nibble];
  }
}

/// Calls plain(bytes) for each code point that may be printed, other(point, byte) for each that may not.
template <class Plain, class Other>
void walk(std::string& out, std::string_view value, Plain plain, Other other) {
  for (std::size_t at = 0; at < value.size();) {
    if (at >= kMostBytes) {
      out += "…";
      return;
    }
    const Decoded next = decode(value.substr(at));
    if (next.point != kInvalid && is_plain(next.point)) {
      plain(value.substr(at, next.size));
    } else {
      other(next.point, static_cast<unsigned char>(value[at]));
    }
    at += next.size;
  }
}

char short_escape(char32_t point) {
  switch (point) {
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return '\0';
  }
}

/// `quote` is the further character that needs a backslash, beside the backslash itself.
void append_escaped(std::string& out, std::string_view value, std::string_view quote) {
  walk(
      out, value,
      [&](std::string_view bytes) {
        if (bytes == "\\" || bytes == quote) out += '\\';
        out += bytes;
      },
      [&](char32_t point, unsigned char byte) {
        if (const char letter = short_escape(point); letter != '\0') {
          out += '\\';
          out += letter;
        } else if (point == kInvalid || point < 0x80) {
          out += "\\x";
          append_hex(out, byte, 2);
        } else {
          out += "\\u{";
          append_hex(out, point, 1);
          out += '}';
        }
      });
}

bool is_word(std::string_view value) {
  if (value.empty() || value.size() > kMostBytes) return false;
  return std::ranges::none_of(value, [](unsigned char c) {  // whichever sign a char has on this processor
    return c <= ' ' || c >= 0x7F || c == '"' || c == '\\' || c == '=';
  });
}

}  // namespace

void append_json(std::string& out, std::string_view value) {
  out += '"';
  walk(
      out, value,
      [&](std::string_view bytes) {
        if (bytes == "\\" || bytes == "\"") out += '\\';
        out += bytes;
      },
      [&](char32_t point, unsigned char) {
        if (const char letter = short_escape(point); letter != '\0') {
          out += '\\';
          out += letter;
        } else if (point == kInvalid) {
          out += "\\ufffd";
        } else if (point < 0x10000) {
          out += "\\u";
          append_hex(out, point, 4);
        } else {
          out += "\\u";
          append_hex(out, 0xD800 + ((point - 0x10000) >> 10), 4);
          out += "\\u";
          append_hex(out, 0xDC00 + ((point - 0x10000) & 0x3FF), 4);
        }
      });
  out += '"';
}

void append_word(std::string& out, std::string_view value) {
  if (is_word(value)) {
    out += value;
    return;
  }
  out += '"';
  append_escaped(out, value, "\"");
  out += '"';
}

void append_line(std::string& out, std::string_view value) { append_escaped(out, value, "\\"); }

}  // namespace dbssd::telemetry
