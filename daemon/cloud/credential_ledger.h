// What the clients of one process learn together about credentials.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "cloud/api_paces.h"
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

  /// Likewise, of a user in a region: what is refused to one of his clients for its number is refused to all.
  [[nodiscard]] std::shared_ptr<ApiPaces> paces(std::initializer_list<std::string_view> user);

  /// How far the cloud's clock is ahead of this host's, as far as it matters.
  [[nodiscard]] Seconds service_ahead() const { return Seconds{service_ahead_}; }
  /// Notes what an answer was dated; true where that changes service_ahead().
  bool note_service_date(Instant date);

  /// How often this host's wall clock has jumped by more than a signature tolerates, as far as is seen by
  /// asking: since then it is not known whether it is right.
  [[nodiscard]] std::uint64_t clock_jumps(const Now& now);

  /// How far the service's clock is off this host's, for schedules go by this one.
  struct Skew {
    Seconds ahead{};  ///< 0 where they agree again
  };
  /// Takes up what the answer to a call was dated that left at `sent`. A value where that is news: three
  /// answers in a row say the same.
  [[nodiscard]] std::optional<Skew> compare_clocks(WallTime sent, Instant date);

 private:
  const Clock& clock_;
  std::atomic<std::int64_t> service_ahead_ = 0;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::uint64_t, std::shared_ptr<Probation>> known_;  // hashes keep no secret
  std::map<std::uint64_t, std::weak_ptr<ApiPaces>> paces_;     // as long as there is such a client
  std::optional<Seconds>
      wall_over_mono_;  ///< by how much the one is ahead of the other, since the newest jump
  std::uint64_t clock_jumps_ = 0;
  bool clocks_differ_ = false;
  int against_ = 0;  ///< answers in a row that say otherwise
};

}  // namespace dbssd::cloud
