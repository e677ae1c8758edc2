#include "planner/time_zone_suspect.h"

#include <charconv>
#include <cstdlib>

#include "base/ascii.h"

namespace dbssd::planner {
namespace {

constexpr Seconds kStep = std::chrono::minutes{15};
constexpr Seconds kWest = -std::chrono::hours{12};
constexpr Seconds kEast = std::chrono::hours{14};
/// Clocks that are believed differ by less.
constexpr Seconds kTolerated = std::chrono::minutes{2};

bool is_between(Instant t, Instant begin, Instant end) {
  return t >= begin - kTolerated && t <= end + kTolerated;
}

/// The digits that the text begins with, which are taken off it.
std::optional<int> take_digits(std::string_view& text, std::size_t most) {
  std::size_t count = 0;
  while (count < text.size() && count < most && text[count] >= '0' && text[count] <= '9') ++count;
  int value = 0;
  if (count == 0 || std::from_chars(text.data(), text.data() + count, value).ec != std::errc{})
    return std::nullopt;
  text.remove_prefix(count);
  return value;
}

std::string two_digits(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

}  // namespace

std::optional<Seconds> offset_that_fits(const FinishedReport& report) {
  if (is_between(report.finished, report.asked, report.seen)) return std::nullopt;
  const Instant as_utc = report.finished + report.wire_offset;
  std::optional<Seconds> fits;
  for (Seconds offset = kWest; offset <= kEast; offset += kStep) {
    if (!is_between(as_utc - offset, report.asked, report.seen)) continue;
    if (fits) return std::nullopt;
    fits = offset;
  }
  return fits;
}

std::optional<Seconds> least_offset_that_fits(Instant finished, Seconds wire_offset, Instant now) {
  if (finished <= now + kTolerated) return std::nullopt;
  const Instant as_utc = finished + wire_offset;
  for (Seconds offset = kWest; offset <= kEast; offset += kStep)
    if (as_utc - offset <= now + kTolerated) return offset;
  return std::nullopt;
}

std::optional<Seconds> offset_of(std::string_view text) {
  const std::string upper = to_upper(std::string(text));
  std::string_view rest = upper;
  const bool is_named = rest.starts_with("UTC") || rest.starts_with("GMT");
  if (is_named) rest.remove_prefix(3);
  if (rest.empty()) return is_named ? std::optional(Seconds{0}) : std::nullopt;
  const bool is_signed = rest.front() == '+' || rest.front() == '-';
  const int sign = rest.front() == '-' ? -1 : 1;
  if (is_signed) rest.remove_prefix(1);
  const std::string_view digits = rest;
  const auto first = take_digits(rest, 4);
  if (!first) return std::nullopt;
  const std::size_t length = digits.size() - rest.size();
  std::int64_t minutes = 0;
  if (!rest.empty()) {  // 8:00, 08:00
    if (rest.front() != ':' || length > 2) return std::nullopt;
    rest.remove_prefix(1);
    const auto second = take_digits(rest, 2);
    if (!second || *second > 59 || !rest.empty()) return std::nullopt;
    minutes = *first * 60 + *second;
  } else if (length == 4) {  // 0800
    if (*first % 100 > 59) return std::nullopt;
    minutes = *first / 100 * 60 + *first % 100;
  } else if (length <= 2 && (is_signed || is_named)) {  // 8, 08
    minutes = *first * 60;
  } else {  // a number of minutes
    minutes = *first;
  }
  const Seconds offset = std::chrono::minutes{sign * minutes};
  const bool is_one = offset >= kWest && offset <= kEast && offset % kStep == Seconds{0};
  return is_one ? std::optional(offset) : std::nullopt;
}

std::string describe_offset(Seconds offset) {
  const std::int64_t minutes = std::abs(offset.count()) / 60;
  return std::string("UTC") + (offset < Seconds{0} ? '-' : '+') + two_digits(minutes / 60) + ':' +
         two_digits(minutes % 60);
}

std::string remedy_for(Seconds offset) {
  if (offset == Seconds{0}) return "set api_time_zone: UTC";
  if (offset.count() % 3600 != 0) return "set api_time_zone to a zone of " + describe_offset(offset);
  // The names of these zones count to the west.
  const std::int64_t hours = offset.count() / 3600;
  return "set api_time_zone: Etc/GMT" + std::string(hours < 0 ? "+" : "-") + std::to_string(std::abs(hours)) +
         ", or another zone of " + describe_offset(offset);
}

}  // namespace dbssd::planner
