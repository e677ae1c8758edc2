// What permanent and lent keys share: the signature, the service's clock, and the care not to get locked.
#pragma once

#include <atomic>
#include <cstdint>

#include "cloud/credentials.h"
#include "cloud/probation.h"
#include "cloud/signer.h"

namespace dbssd::cloud {

/// Signs requests by the service's clock as far as it is known. After a jump of this host's clock one call at
/// a time tries whether it is right: many that are signed with a wrong one would lock the key. Thread-safe.
class SigningDesk {
 public:
  SigningDesk(const CredentialSources& sources, std::shared_ptr<Probation> probation);

  /// May wait, and fail, as Probation::enter.
  [[nodiscard]] Expected<void> sign(Request& request, const ProjectId& project, const SigningKeys& keys,
                                    const Patience& patience);
  /// As Credentials::concluded.
  [[nodiscard]] bool concluded(Outcome outcome, std::optional<Instant> service_date);

 private:
  const Clock& clock_;
  const NoticeSink notices_;
  const std::shared_ptr<Probation> probation_;
  CredentialLedger& ledger_;
  std::atomic<std::uint64_t> jumps_seen_;  ///< of the clock
};

}  // namespace dbssd::cloud
