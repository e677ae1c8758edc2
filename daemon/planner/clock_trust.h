// How far the wall clock of this host may be believed: what is decided once stays decided, also when the
// clock is set right a minute later.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "cloud/types.h"
#include "journal/journal.h"

namespace dbssd::planner {

/// The wall clock may run ahead of the time that is sure by so much, between two looks at it.
inline constexpr Millis kClockSlack = Seconds{2};
/// So far ahead of the service's clock it is contradicted, and so near to it it is believed again.
inline constexpr Seconds kClocksDiffer{60};
inline constexpr Seconds kClocksAgree{30};
/// A clock that nobody confirms is believed after so long: a host whose cloud is out of reach goes on as
/// well.
inline constexpr Millis kClockHeldAtMost = std::chrono::hours{1};
/// Each start waits for the first answer: that is worth a word only where it lasts.
inline constexpr Millis kStartUntold = std::chrono::minutes{1};

/// Why the wall clock is not believed.
enum class ClockDoubt : std::uint8_t {
  none,
  start,    ///< it is later than the newest record, and no answer has told the time yet
  jump,     ///< it went forward by more than the time that passed, and no answer has told the time since
  service,  ///< the newest answer was dated well before it
};

/// Owned by the lane, as a part of Memory.
struct ClockTrust {
  /// The latest time that is known to have come, and when that was. Empty: nothing speaks against the wall
  /// clock.
  std::optional<Now> sure;
  ClockDoubt doubt = ClockDoubt::none;
  MonoTime doubted_since{};                   ///< the newest jump, or the start
  std::optional<Now> read;                    ///< both clocks, as newest read
  std::optional<cloud::ServiceDate> service;  ///< of the newest answer that told the time
  ClockDoubt told = ClockDoubt::none;         ///< as last said
};

/// What everything is decided by: never later than the wall clock, and, while that is in doubt, no later than
/// the time that is sure, which goes on as time passes. The monotonic clock is left as it is.
[[nodiscard]] Now sure_now(const ClockTrust& clock, const Now& read);

/// The wall clock is in doubt, and not even the service has told the time: that the time which is sure has
/// come is known, but not whether it is long over.
[[nodiscard]] bool is_unconfirmed(const ClockTrust& clock, const Now& read);

/// Why nothing is decided beyond the time that is sure, and until when; empty where that is the wall clock's.
[[nodiscard]] std::string describe_hold(const ClockTrust& clock, const Now& read);

/// When something of this changes by itself, without an answer; nothing while the clock is believed.
[[nodiscard]] std::optional<MonoTime> next_of(const ClockTrust& clock);

// What changes it. Each leaves it as it is where nothing is new.

/// At a start. `newest` is the newest time on record.
void begin_clock(ClockTrust& clock, std::optional<Instant> newest, const Now& read);
/// Both clocks were read. True where the wall clock jumped, in either direction, since the last reading.
bool take_reading(ClockTrust& clock, const Now& read);
/// An answer told the time.
void take_date(ClockTrust& clock, const cloud::ServiceDate& date, const Now& read);
/// The service answered, and told no time: at a start, that is all that can be had.
void take_undated(ClockTrust& clock, const Now& read);

/// The newest time that was surely not in the future when the records were written.
[[nodiscard]] std::optional<Instant> newest_time(const journal::Remembered& remembered);

}  // namespace dbssd::planner
