#include "schedule/posix_rule.h"

#include "base/ascii.h"

namespace dbssd::schedule {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::weekday;
using std::chrono::year;

// Takes what it expects off the front, or nothing.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }
  [[nodiscard]] bool take(char c) {
    if (!next_is(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // "CET" or "<+0530>"
  [[nodiscard]] bool take_name() {
    std::size_t length = 0;
    if (take('<')) {
      length = rest_.find('>');
      if (length == std::string_view::npos || length < 1) return false;
      rest_.remove_prefix(length + 1);
      return true;
    }
    while (length < rest_.size() && is_letter(rest_[length])) ++length;
    rest_.remove_prefix(length);
    return length >= 3;
  }
  [[nodiscard]] std::optional<int> take_number(int low, int high) {
    int value = 0;
    std::size_t length = 0;
    for (; length < rest_.size() && length < 4 && is_digit(rest_[length]); ++length) {
      value = value * 10 + (rest_[length] - '0');
    }
    if (length == 0 || value < low || value > high) return std::nullopt;
    rest_.remove_prefix(length);
    return value;
  }
  // [+-]hh[:mm[:ss]]
  [[nodiscard]] std::optional<Seconds> take_time(int most_hours) {
    const bool negative = next_is('-');
    if (next_is('+') || negative) rest_.remove_prefix(1);
    const auto hours = take_number(0, most_hours);
    if (!hours) return std::nullopt;
    int seconds = *hours * 3600;
    for (const int unit : {60, 1}) {
      if (!take(':')) break;
      const auto part = take_number(0, 59);
      if (!part) return std::nullopt;
      seconds += *part * unit;
    }
    return Seconds{negative ? -seconds : seconds};
  }

 private:
  std::string_view rest_;
};

std::optional<PosixDate> take_date(Scanner& in) {
  PosixDate date;
  std::optional<int> day;
  if (in.take('M')) {
    const auto m = in.take_number(1, 12);
    if (!m || !in.take('.')) return std::nullopt;
    const auto week = in.take_number(1, 5);
    if (!week || !in.take('.')) return std::nullopt;
    day = in.take_number(0, 6);
    date.month = static_cast<unsigned>(*m);
    date.week = static_cast<unsigned>(*week);
  } else if (in.take('J')) {
    date.kind = PosixDate::Kind::julian;
    day = in.take_number(1, 365);
  } else {
    date.kind = PosixDate::Kind::zero_based;
    day = in.take_number(0, 365);
  }
  if (!day) return std::nullopt;
  date.day = *day;
  if (in.take('/')) {
    const auto time = in.take_time(167);
    if (!time) return std::nullopt;
    date.time = *time;
  }
  return date;
}

}  // namespace

local_seconds PosixDate::in(year y) const {
  const local_days new_year{y / 1 / 1};
  switch (kind) {
    case Kind::zero_based:
      return new_year + days{day} + time;
    case Kind::julian:
      return new_year + days{day - 1 + (y.is_leap() && day >= 60 ? 1 : 0)} + time;
    case Kind::month_week_day:
      break;
  }
  const weekday on{static_cast<unsigned>(day)};
  if (week == 5) return local_days{y / std::chrono::month{month} / on[std::chrono::last]} + time;
  return local_days{y / std::chrono::month{month} / on[week]} + time;
}

Instant PosixRule::dst_begin(year y) const { return Instant{begin.in(y).time_since_epoch() - standard}; }
Instant PosixRule::dst_end(year y) const { return Instant{end.in(y).time_since_epoch() - dst}; }

std::optional<PosixRule> parse_posix_rule(std::string_view text) {
  Scanner in(text);
  PosixRule rule;
  if (!in.take_name()) return std::nullopt;
  const auto west = in.take_time(24);
  if (!west) return std::nullopt;
  rule.standard = -*west;
  if (in.done()) return rule;

  rule.changes = true;
  if (!in.take_name()) return std::nullopt;
  rule.dst = rule.standard + Seconds{3600};
  if (!in.next_is(',')) {
    const auto dst_west = in.take_time(24);
    if (!dst_west) return std::nullopt;
    rule.dst = -*dst_west;
  }
  if (!in.take(',')) return std::nullopt;
  const auto begin = take_date(in);
  if (!begin || !in.take(',')) return std::nullopt;
  const auto end = take_date(in);
  if (!end || !in.done()) return std::nullopt;
  rule.begin = *begin;
  rule.end = *end;
  return rule;
}

}  // namespace dbssd::schedule
