// Trust in a credential that is not renewed by being refused. Services lock what fails too often in a row: so
// it is tried by one call at a time until one was admitted, and after refusals it is left alone for minutes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/expected.h"
#include "base/time.h"
#include "cloud/patience.h"

namespace dbssd::cloud {

/// What an authority made of a credential that it was shown.
enum class Outcome : std::uint8_t { admitted, refused, unclear };

/// Thread-safe.
class Probation {
 public:
  struct Terms {
    int most_refusals = 1;    ///< so many in a row, and it is held
    Seconds first_hold{};     ///< twice as long after each further one, up to an hour
    bool ever_alone = false;  ///< one call at a time also when it has been admitted before
  };
  /// `clock` outlives it.
  Probation(const Clock& clock, Terms terms) : clock_(clock), terms_(terms) {}

  /// Waits while another call is trying, which may be one of another client. unauthorized, with retry_after,
  /// while held; not_sent where the patience ends. Each success is followed by one conclude().
  [[nodiscard]] Expected<void> enter(const Patience& patience);
  /// For how long it is held from now on because of this outcome; 0 where it is not.
  Seconds conclude(Outcome outcome);
  /// What it was admitted for holds no more, as where the clock that its signatures name has jumped: it is
  /// tried by one call at a time again, after those that are under way by now, which prove nothing.
  void doubt();

 private:
  const Clock& clock_;
  const Terms terms_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  bool proven_ = false;
  bool on_trial_ = false;
  int under_way_ = 0;  ///< calls that entered and are not concluded
  int stale_ = 0;      ///< of these, those that entered before the newest doubt
  int refusals_ = 0;   ///< in a row
  int holds_ = 0;      ///< in a row
  MonoTime held_until_{};
};

}  // namespace dbssd::cloud
