// What the clients of one process learn together about credentials.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/time.h"
#include "cloud/probation.h"

namespace dbssd::cloud {

/// Ten projects with one wrong password, or on one host with a wrong clock, make one failure and not ten; and
/// a reload does not start over. Thread-safe.
class CredentialLedger {
 public:
  /// `clock` outlives it, and all that it gives.
  explicit CredentialLedger(const Clock& clock) : clock_(clock) {}

  /// The same for the same identity, secrets included: a corrected password is a new one. `terms` count the
  /// first time.
  [[nodiscard]] std::shared_ptr<Probation> probation(std::initializer_list<std::string_view> identity,
                                                     Probation::Terms terms);

  /// How far the cloud's clock is ahead of this host's, as far as it matters.
  [[nodiscard]] Seconds service_ahead() const { return Seconds{service_ahead_}; }
  /// Notes what an answer was dated; true where that changes service_ahead().
  bool note_service_date(Instant date);

 private:
  const Clock& clock_;
  std::atomic<std::int64_t> service_ahead_ = 0;
  std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<Probation>> known_;  // guarded by mutex_; hashes keep no secret
};

}  // namespace dbssd::cloud
