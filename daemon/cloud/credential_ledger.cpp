#include "cloud/credential_ledger.h"

#include <cstdlib>

#include "base/hash.h"

namespace dbssd::cloud {
namespace {

/// Signatures may be 15 minutes off. Nearer than this the host's own clock is good enough, and steadier.
constexpr std::int64_t kTolerated = 300;

}  // namespace

std::shared_ptr<Probation> CredentialLedger::probation(std::initializer_list<std::string_view> identity,
                                                       Probation::Terms terms) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Probation>& known = known_[stable_hash(identity)];
  if (!known) known = std::make_shared<Probation>(clock_, terms);
  return known;
}

std::shared_ptr<ApiPaces> CredentialLedger::paces(std::initializer_list<std::string_view> user) {
  const std::lock_guard lock(mutex_);
  std::erase_if(paces_, [](const auto& known) { return known.second.expired(); });
  std::weak_ptr<ApiPaces>& known = paces_[stable_hash(user)];
  auto paces = known.lock();
  if (!paces) known = paces = std::make_shared<ApiPaces>(clock_);
  return paces;
}

bool CredentialLedger::note_service_date(Instant date) {
  const std::int64_t measured = (date - clock_.now().second()).count();
  const std::int64_t ahead = std::abs(measured) > kTolerated ? measured : 0;
  const std::int64_t before = service_ahead_;
  if (ahead != 0 && before != 0 && std::abs(ahead - before) <= kTolerated) return false;
  service_ahead_ = ahead;
  return ahead != before;
}

std::uint64_t CredentialLedger::clock_jumps(const Now& now) {
  const auto over = std::chrono::floor<Seconds>(now.wall.time_since_epoch() - now.mono.time_since_epoch());
  const std::lock_guard lock(mutex_);
  if (wall_over_mono_ && std::abs((over - *wall_over_mono_).count()) <= kTolerated) return clock_jumps_;
  if (wall_over_mono_) ++clock_jumps_;
  wall_over_mono_ = over;
  return clock_jumps_;
}

std::optional<CredentialLedger::Skew> CredentialLedger::compare_clocks(WallTime sent, Instant date) {
  constexpr Seconds kDiffer{60};
  constexpr Seconds kAgree{30};
  constexpr int kInARow = 3;
  // The answer was dated between these, however long it took.
  const Instant earliest = std::chrono::floor<Seconds>(sent);
  const Instant latest = clock_.now().second();
  const Seconds ahead = date > latest ? date - latest : date < earliest ? date - earliest : Seconds{0};
  const std::lock_guard lock(mutex_);
  const Seconds bound = clocks_differ_ ? kAgree : kDiffer;
  if ((std::chrono::abs(ahead) > bound) == clocks_differ_) {
    against_ = 0;
    return std::nullopt;
  }
  if (++against_ < kInARow) return std::nullopt;
  against_ = 0;
  clocks_differ_ = !clocks_differ_;
  return Skew{clocks_differ_ ? ahead : Seconds{0}};
}

}  // namespace dbssd::cloud
