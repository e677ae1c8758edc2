#include "simulator/calendar.h"

#include <array>
#include <cstdint>
#include <cstdlib>

namespace dbss_sim {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

struct Parts {
  int year;
  unsigned month, day;
  int hour, minute, second, millisecond, weekday;
};

Parts parts_of(Instant at) {
  const auto days = std::chrono::floor<std::chrono::days>(at);
  const year_month_day date{days};
  const std::chrono::hh_mm_ss time{at - days};
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          static_cast<int>(time.hours().count()),
          static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count()),
          static_cast<int>(time.subseconds().count()),
          static_cast<int>(std::chrono::weekday{days}.c_encoding())};
}

void append_number(std::string& out, int value, int width) {
  std::array<char, 8> digits{};
  for (int i = width; i-- > 0; value /= 10) {
    digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  }
  out.append(digits.data(), static_cast<std::size_t>(width));
}

// '9' stands for a digit, anything else for itself.
bool has_form(std::string_view text, std::string_view form) {
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '9' ? !digit : text[i] != form[i]) return false;
  }
  return true;
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

std::optional<Instant> instant_of(int y, int mo, int d, int h, int mi, int s) {
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!date.ok() || h > 23 || mi > 59 || s > 59) return std::nullopt;
  return Instant{sys_days{date}} + std::chrono::hours{h} + std::chrono::minutes{mi} + std::chrono::seconds{s};
}

}  // namespace

std::string date_time_text(Instant at) {
  const Parts p = parts_of(at);
  std::string out;
  out.reserve(19);
  append_number(out, p.year, 4);
  out += '-';
  append_number(out, static_cast<int>(p.month), 2);
  out += '-';
  append_number(out, static_cast<int>(p.day), 2);
  out += ' ';
  append_number(out, p.hour, 2);
  out += ':';
  append_number(out, p.minute, 2);
  out += ':';
  append_number(out, p.second, 2);
  return out;
}

std::string iso_micros_text(Instant at) {
  std::string out = date_time_text(at);
  out[10] = 'T';
  out += '.';
  append_number(out, parts_of(at).millisecond, 3);
  return out += "000Z";
}

std::string iso_offset_text(Instant at, std::chrono::minutes offset) {
  std::string out = date_time_text(at + offset);
  out[10] = 'T';
  out += ".000";
  if (offset.count() == 0) return out += 'Z';
  const int minutes = static_cast<int>(std::abs(offset.count()));
  out += offset.count() < 0 ? '-' : '+';
  append_number(out, minutes / 60, 2);
  out += ':';
  append_number(out, minutes % 60, 2);
  return out;
}

std::string http_date_text(Instant at) {
  static constexpr std::array kDays{"Sun, ", "Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, "};
  static constexpr std::array kMonths{" Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ",
                                      " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec "};
  const Parts p = parts_of(at);
  std::string out = kDays[static_cast<std::size_t>(p.weekday)];
  append_number(out, static_cast<int>(p.day), 2);
  out += kMonths[p.month - 1];
  append_number(out, p.year, 4);
  out += date_time_text(at).substr(10);
  return out += " GMT";
}

std::optional<Instant> parse_date_time(std::string_view text) {
  if (!has_form(text, "9999-99-99 99:99:99")) return std::nullopt;
  return instant_of(number(text.substr(0, 4)), number(text.substr(5, 2)), number(text.substr(8, 2)),
                    number(text.substr(11, 2)), number(text.substr(14, 2)), number(text.substr(17, 2)));
}

std::optional<std::chrono::minutes> parse_utc_offset(std::string_view text) {
  const bool east = has_form(text, "GMT+99:99");
  if (!east && !has_form(text, "GMT-99:99")) return std::nullopt;
  const int hours = number(text.substr(4, 2)), minutes = number(text.substr(7, 2));
  if (hours > 23 || minutes > 59) return std::nullopt;
  return std::chrono::minutes{(east ? 1 : -1) * (hours * 60 + minutes)};
}

std::optional<Instant> parse_sdk_date(std::string_view text) {
  if (!has_form(text, "99999999T999999Z")) return std::nullopt;
  return instant_of(number(text.substr(0, 4)), number(text.substr(4, 2)), number(text.substr(6, 2)),
                    number(text.substr(9, 2)), number(text.substr(11, 2)), number(text.substr(13, 2)));
}

}  // namespace dbss_sim
