// What permanent and lent keys share: the signature, the service's clock, and the care not to get locked.
#pragma once

#include <atomic>

#include "cloud/credentials.h"
#include "cloud/probation.h"
#include "cloud/signer.h"

namespace dbssd::cloud {

/// Signs requests by the service's clock as far as it is known. Thread-safe.
class SigningDesk {
 public:
  explicit SigningDesk(const CredentialSources& sources);

  /// May wait, and fail, as Probation::enter.
  [[nodiscard]] Expected<void> sign(Request& request, const ProjectId& project, const SigningKeys& keys);
  /// As Credentials::concluded.
  [[nodiscard]] bool concluded(Credentials::Outcome outcome, std::optional<Instant> service_date);

 private:
  const Clock& clock_;
  const NoticeSink notices_;
  const Seconds timeout_;
  Probation probation_;
  std::atomic<std::int64_t> ahead_{0};  ///< seconds that the service's clock is ahead of this host's
};

}  // namespace dbssd::cloud
