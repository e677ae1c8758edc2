// What a cron expression holds: sets of values, as bits, and the draws that H still has to make.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dbssd::schedule {

/// Where an expression is wrong, and why.
struct CronError {
  std::size_t position = 0;  ///< 0-based byte offset in the text, at most its size
  std::size_t length = 0;    ///< how many bytes to underline; 0 where something is missing at the end
  std::string message;
};

inline constexpr std::uint64_t kAllMinutes = (std::uint64_t{1} << 60) - 1;
inline constexpr std::uint32_t kAllHours = (std::uint32_t{1} << 24) - 1;
inline constexpr std::uint16_t kAllMonths = 0x1ffe;

/// The values that each field allows. Bit n stands for the value n.
struct CronSets {
  std::uint64_t minutes = 0;
  std::uint32_t hours = 0;
  std::uint32_t days = 0;                      ///< days of the month, bits 1..31
  std::uint32_t nearest = 0;                   ///< nW: the working day nearest to day n
  std::uint16_t months = 0;                    ///< bits 1..12
  std::uint8_t weekdays = 0;                   ///< bits 0..6, Sunday is 0
  std::uint8_t last_weekdays = 0;              ///< nL
  std::array<std::uint8_t, 5> nth_weekdays{};  ///< n#k: weekday bits by k - 1
  bool last_day = false;                       ///< L
  bool last_working_day = false;               ///< LW
  bool any_day = false;                        ///< day of month is exactly * or ?
  bool any_weekday = false;                    ///< day of week is exactly * or ?
  bool minute_star = false;                    ///< the minute field starts with *
  bool hour_star = false;                      ///< the hour field starts with *

  bool operator==(const CronSets&) const = default;
};

enum class CronField : std::uint8_t { minute, hour, day, month, weekday };

/// One H: a value, or a progression of them, that a hash picks out of [low, high].
struct HashTerm {
  CronField field = CronField::minute;
  std::uint8_t low = 0;
  std::uint8_t high = 0;
  std::uint8_t step = 0;  ///< 0: one value; else every step-th, starting with one of the first `step`

  /// How many different outcomes there are.
  [[nodiscard]] unsigned choices() const { return step == 0 ? high - low + 1U : step; }
  /// The values of one outcome, as bits; choice < choices().
  [[nodiscard]] std::uint64_t bits(unsigned choice) const;
  bool operator==(const HashTerm&) const = default;
};

struct CronFields {
  CronSets sets;                ///< everything but H
  std::vector<HashTerm> draws;  ///< in the order of the text
  bool operator==(const CronFields&) const = default;
};

/// Adds values to a field; weekday 7 becomes 0.
void add_values(CronSets& sets, CronField field, std::uint64_t bits);

/// The days of one month that the sets allow, bits 1..31, by the day fields alone (the month is not asked).
[[nodiscard]] std::uint32_t days_in(const CronSets& sets, std::chrono::year year, std::chrono::month month);

[[nodiscard]] tl::expected<CronFields, CronError> parse_fields(std::string_view text);
/// parse_fields(print_fields(x)) == x
[[nodiscard]] std::string print_fields(const CronFields& fields);
[[nodiscard]] std::string describe_fields(const CronFields& fields);

}  // namespace dbssd::schedule
