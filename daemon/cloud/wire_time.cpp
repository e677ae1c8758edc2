#include "cloud/wire_time.h"

#include <algorithm>
#include <charconv>

namespace dbssd::cloud {

namespace {

constexpr std::string_view kDigits = "0123456789";

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kDigits) == std::string_view::npos;
}

int number(std::string_view two_digits) { return (two_digits[0] - '0') * 10 + (two_digits[1] - '0'); }

/// Takes a fraction of a second, and spaces behind it, off the front.
std::string_view without_fraction(std::string_view text) {
  if (text.size() > 1 && (text[0] == '.' || text[0] == ',') && is_digits(text.substr(1, 1)))
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(kDigits, 1)));
  text.remove_prefix(std::min(text.size(), text.find_first_not_of(' ')));
  return text;
}

/// Of "Z", "UTC", "GMT", "+08:00", "+0800" and "-03"; also "GMT+08:00".
std::optional<Seconds> offset_of(std::string_view text) {
  if (text == "Z" || text == "z") return Seconds{0};
  if (text.starts_with("UTC") || text.starts_with("GMT")) {
    text.remove_prefix(3);
    if (text.empty()) return Seconds{0};
  }
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  std::string digits(text.substr(1));
  if (digits.size() == 5 && digits[2] == ':') digits.erase(2, 1);
  if (digits.size() == 2) digits += "00";
  if (digits.size() != 4 || !is_digits(digits)) return std::nullopt;
  const Seconds offset = std::chrono::hours{number(digits)} + std::chrono::minutes{number(digits.substr(2))};
  return text[0] == '-' ? -offset : offset;
}

std::optional<WireTime> read_epoch(std::string_view digits) {
  std::int64_t count = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), count).ec != std::errc{})
    return std::nullopt;
  const auto at = read_epoch_millis(digits.size() == 10 ? count * 1000 : count);
  if (!at) return std::nullopt;
  return WireTime{{}, std::chrono::floor<Seconds>(*at)};
}

}  // namespace

std::string wire_words(Instant t, const schedule::Zone& zone) {
  std::string text = format_utc(Instant{zone.local(t).time_since_epoch()});
  text.pop_back();
  text[text.size() - 9] = ' ';
  return text;
}

std::optional<WireTime> read_wire_time(std::string_view text, const schedule::Zone& zone) {
  constexpr std::size_t kLength = std::string_view("2025-08-20 16:00:00").size();
  if (is_digits(text) && (text.size() == 10 || text.size() == 13)) return read_epoch(text);
  if (text.size() < kLength) return std::nullopt;
  std::string rfc3339{text.substr(0, kLength)};
  if (rfc3339[4] == '/' && rfc3339[7] == '/') rfc3339[4] = rfc3339[7] = '-';
  if (rfc3339[10] == ' ') rfc3339[10] = 'T';
  rfc3339 += 'Z';
  const std::optional<Instant> reading = parse_utc(rfc3339);
  if (!reading) return std::nullopt;
  const std::string_view behind = without_fraction(text.substr(kLength));
  if (!behind.empty()) {
    const std::optional<Seconds> offset = offset_of(behind);
    if (!offset) return std::nullopt;
    return WireTime{{}, *reading - *offset};
  }
  return WireTime{wire_words(*reading, schedule::Zone::utc()),
                  zone.meaning(schedule::Local{reading->time_since_epoch()}).first};
}

std::optional<WallTime> read_epoch_millis(std::optional<std::int64_t> value) {
  constexpr std::int64_t kYear10000 = 253'402'300'800'000;
  if (!value || *value <= 0 || *value >= kYear10000) return std::nullopt;
  return WallTime{Millis{*value}};
}

std::optional<Instant> read_iam_time(std::string_view text) {
  if (text.size() < 20 || !text.ends_with('Z')) return std::nullopt;
  const std::string_view fraction = text.substr(19, text.size() - 20);
  if (!fraction.empty() &&
      (fraction[0] != '.' || fraction.find_first_not_of("0123456789", 1) != std::string_view::npos)) {
    return std::nullopt;
  }
  return parse_utc(std::string(text.substr(0, 19)) + 'Z');
}

}  // namespace dbssd::cloud
