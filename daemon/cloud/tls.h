// How peers are verified. Speaks OpenSSL only, so that any client library can be held to it.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/expected.h"

namespace dbssd::cloud {

/// Why the certificate of one connection was refused, in OpenSSL's words; shared with a handshake that may
/// outlive its request.
class TlsVerdict {
 public:
  void refuse(std::string reason);
  [[nodiscard]] std::string reason() const;  ///< empty when none was

 private:
  mutable std::mutex mutex_;
  std::string reason_;
};

/// TLS 1.2 or later; the chain must end in the system's authorities or those of `ca_file`; `host` must be
/// among the certificate's alternative names: a common name counts for nothing. What is refused is told to
/// `verdict`.
[[nodiscard]] Expected<void> require_verified_peer(SSL_CTX* context, const std::string& host,
                                                   const std::optional<std::string>& ca_file,
                                                   std::shared_ptr<TlsVerdict> verdict);

/// Has every later context find the system's authorities one by one in their hashed directory, where there is
/// one, instead of parsing them all: a tenth of the time of a new connection. Sets an environment variable:
/// to be called before there are threads. SSL_CERT_FILE and SSL_CERT_DIR, where they are set, are left alone.
void prefer_hashed_authorities();

}  // namespace dbssd::cloud
