// One field of a cron expression, on its way from text to values.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "schedule/cron_fields.h"

namespace dbssd::schedule {

/// What a field may hold.
struct FieldRule {
  CronField field;
  std::string_view name;
  unsigned low;
  unsigned high;
  unsigned hash_high;      ///< H stays where every month, or one week, has the value
  std::string_view names;  ///< three letters each
  unsigned first_name;     ///< the value of the first name
};

inline constexpr std::array<FieldRule, 5> kFieldRules{{
    {CronField::minute, "minute", 0, 59, 59, "", 0},
    {CronField::hour, "hour", 0, 23, 23, "", 0},
    {CronField::day, "day of month", 1, 31, 28, "", 0},
    {CronField::month, "month", 1, 12, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", 1},
    {CronField::weekday, "day of week", 0, 7, 6, "SUNMONTUEWEDTHUFRISAT", 0},
}};

/// A piece of the expression that knows where it stands in it.
struct Piece {
  std::string_view text;
  std::size_t at = 0;

  [[nodiscard]] Piece part(std::size_t from, std::size_t count = std::string_view::npos) const {
    return {text.substr(from, count), at + from};
  }
  [[nodiscard]] std::size_t end() const { return at + text.size(); }
};

[[nodiscard]] tl::unexpected<CronError> wrong(const Piece& where, std::string message);

/// Adds what one field, which is not empty, says to `out`.
[[nodiscard]] tl::expected<void, CronError> parse_field(const FieldRule& rule, const Piece& field,
                                                        CronFields& out);

}  // namespace dbssd::schedule
