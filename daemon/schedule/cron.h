// A cron expression: five fields that say which minutes of the local calendar are meant. It knows no zones.
//
// The dialect is described in docs/schedules.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schedule/calendar.h"
#include "schedule/cron_fields.h"

namespace dbssd::schedule {

/// An immutable value, cheap to copy. Every Cron names some minute at least once in 40 years: what never
/// fires does not parse.
class Cron {
 public:
  [[nodiscard]] static tl::expected<Cron, CronError> parse(std::string_view text);

  /// The canonical text: one blank between fields, numbers for names, macros written out. parse(text()) ==
  /// *this.
  [[nodiscard]] std::string text() const { return print_fields(fields_); }
  /// The schedule in English: "at 06:00 on Monday".
  [[nodiscard]] std::string describe() const { return describe_fields(fields_); }

  [[nodiscard]] bool has_hash() const { return !fields_.draws.empty(); }
  /// This expression with every H replaced by what the hash picks; itself when there is none. The picks of
  /// one hash are the same on every host and in every release. A Cron that still has H acts as resolved(0)
  /// would.
  [[nodiscard]] Cron resolved(std::uint64_t hash) const;

  /// Fixed: neither the minute nor the hour field starts with `*`. Decides what a change of the clocks does
  /// (fires.h).
  [[nodiscard]] bool is_fixed() const { return !sets_.minute_star && !sets_.hour_star; }

  /// The first minute at or after, and the last at or before, in a calendar where no clock ever changes.
  [[nodiscard]] std::optional<Local> at_or_after(Local from) const;
  [[nodiscard]] std::optional<Local> at_or_before(Local to) const;

  bool operator==(const Cron& other) const { return fields_ == other.fields_; }

 private:
  explicit Cron(CronFields fields);

  CronFields fields_;  // as written
  CronSets sets_;      // with H drawn
};

}  // namespace dbssd::schedule
