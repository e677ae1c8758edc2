#include "policy/source.h"

#include <algorithm>
#include <cstdio>

namespace dbssd::policy {
namespace {

constexpr std::size_t kMaxBrackets = 200'000;
constexpr int kMaxOpenBrackets = 64;

unsigned char byte(char c) { return static_cast<unsigned char>(c); }
bool continues(char c) { return (byte(c) & 0xC0U) == 0x80U; }

/// The length of the UTF-8 sequence at the front of `text`, 0 where there is none.
std::size_t sequence_length(std::string_view text) {
  const unsigned char lead = byte(text[0]);
  if (lead < 0x80) return 1;
  const std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  if (!std::ranges::all_of(text.substr(1, length - 1), continues)) return 0;
  const unsigned char second = byte(text[1]);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second > 0x9F;
  const bool too_high = lead == 0xF4 && second > 0x8F;
  return overlong || surrogate || too_high ? 0 : length;
}

std::optional<Flaw> find_bad_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(text.substr(i));
    if (length == 0) return Flaw{i, "not UTF-8: save the file as UTF-8"};
    const unsigned char c = byte(text[i]);
    if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F) {
      char code[8];
      std::snprintf(code, sizeof code, "0x%02X", c);
      return Flaw{i, std::string("control character ") + code + ": remove it"};
    }
    if (c == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) {
      return Flaw{i, "carriage return without a line feed: save the file with Unix line ends"};
    }
    i += length;
  }
  return std::nullopt;
}

std::optional<Flaw> find_tab_indentation(std::string_view text) {
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    const std::size_t content = line.find_first_not_of(" \t\r");
    const std::size_t tab = line.find('\t');
    if (content != std::string_view::npos && tab < content && line[content] != '#') {
      return Flaw{start + tab, "indented with a tab: use spaces"};
    }
    start = end + 1;
  }
  return std::nullopt;
}

/// Counts brackets wherever they stand, in quotes and comments too: the limits are far beyond honest use.
std::optional<Flaw> find_too_many_brackets(std::string_view text) {
  std::size_t brackets = 0;
  int open = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '[':
      case '{':
        if (++open > kMaxOpenBrackets) return Flaw{i, "nested too deeply"};
        break;
      case ']':
      case '}':
        open = std::max(open - 1, 0);
        break;
      case ',':
        break;
      default:
        continue;
    }
    if (++brackets > kMaxBrackets) return Flaw{i, "too many brackets and commas"};
  }
  return std::nullopt;
}

}  // namespace

Source::Source(std::string_view text) : text_(text), line_starts_{0} {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

Place Source::place(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto next_line = std::ranges::upper_bound(line_starts_, offset);
  const std::size_t start = *(next_line - 1);
  const auto characters =
      std::ranges::count_if(text_.substr(start, offset - start), [](char c) { return !continues(c); });
  return {static_cast<int>(next_line - line_starts_.begin()), static_cast<int>(characters) + 1};
}

std::optional<Flaw> find_flaw(std::string_view text) {
  if (text.size() > kMaxPolicyBytes) return Flaw{0, "larger than 1 MB: split it into several policies"};
  if (auto flaw = find_bad_character(text)) return flaw;
  if (auto flaw = find_tab_indentation(text)) return flaw;
  return find_too_many_brackets(text);
}

}  // namespace dbssd::policy
