#include "base/time.h"

#include <array>
#include <cstdio>

namespace dbssd {
namespace {

using namespace std::chrono;

struct Civil {
  int year;
  unsigned month, day, hour, minute, second;
};

Civil civil_of(Instant t) {
  const auto day_point = floor<days>(t);
  const year_month_day date{day_point};
  const hh_mm_ss clock{t - day_point};
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          static_cast<unsigned>(clock.hours().count()),
          static_cast<unsigned>(clock.minutes().count()),
          static_cast<unsigned>(clock.seconds().count())};
}

/// The value of the digits in text[at, at+count), or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

Now SystemClock::now() const {
  return {floor<Millis>(system_clock::now()), MonoTime(steady_clock::now().time_since_epoch())};
}

std::string format_utc(Instant t) {
  const Civil c = civil_of(t);
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02u:%02u:%02uZ", c.year,
                                   c.month, c.day, c.hour, c.minute, c.second);
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string format_utc_millis(WallTime t) {
  const Instant whole = floor<Seconds>(t);
  std::string text = format_utc(whole);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>((t - whole).count()));
  text.replace(text.size() - 1, 1, fraction.data());
  return text;
}

std::optional<Instant> parse_utc(std::string_view text) {
  // 2025-03-09T07:00:00Z
  if (text.size() != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':' || text[19] != 'Z') {
    return std::nullopt;
  }
  const int y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2);
  const int h = digits(text, 11, 2), mi = digits(text, 14, 2), s = digits(text, 17, 2);
  if (y < 0 || mo < 0 || d < 0 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59)
    return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!date.ok()) return std::nullopt;
  return Instant{sys_days{date}} + hours{h} + minutes{mi} + seconds{s};
}

std::string format_duration(Seconds d) {
  if (d == Seconds::zero()) return "0s";
  std::string text = d < Seconds::zero() ? "-" : "";
  // Unsigned: the least count has no positive counterpart.
  auto rest = static_cast<unsigned long long>(d.count());
  if (d < Seconds::zero()) rest = 0 - rest;
  constexpr std::array<std::pair<unsigned long long, char>, 4> kUnits{
      {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}}};
  for (const auto& [size, letter] : kUnits) {
    if (rest >= size) text += std::to_string(rest / size) + letter;
    rest %= size;
  }
  return text;
}

}  // namespace dbssd
