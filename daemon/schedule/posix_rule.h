// The rule in a TZif footer: a POSIX TZ string with the extensions of RFC 8536,
// "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1".
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace dbssd::schedule {

/// A day of each year and a time of that day.
struct PosixDate {
  enum class Kind { julian, zero_based, month_week_day };
  Kind kind = Kind::month_week_day;
  int day =
      0;  ///< julian: 1..365, 29 February is never counted; zero_based: 0..365; month_week_day: the weekday
  unsigned month = 0;
  unsigned week = 0;       ///< 1..5, 5 is the last
  Seconds time{2 * 3600};  ///< from midnight, -167 h to 167 h

  /// The local time that this is in one year.
  [[nodiscard]] std::chrono::local_seconds in(std::chrono::year year) const;
};

struct PosixRule {
  Seconds standard{};  ///< ahead of UTC, so the sign is not the text's
  Seconds dst{};
  PosixDate begin{};
  PosixDate end{};
  bool changes = false;

  [[nodiscard]] bool has_dst() const { return changes; }
  [[nodiscard]] Instant dst_begin(std::chrono::year year) const;
  [[nodiscard]] Instant dst_end(std::chrono::year year) const;
};

[[nodiscard]] std::optional<PosixRule> parse_posix_rule(std::string_view text);

}  // namespace dbssd::schedule
