// How a request gets to the service: let in by a credential, in its turn, in the time that it has.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "cloud/api_paces.h"
#include "cloud/client.h"
#include "cloud/client_notices.h"
#include "cloud/credentials.h"
#include "cloud/newest_date.h"
#include "cloud/patience.h"
#include "cloud/throttle.h"
#include "cloud/transport.h"

namespace dbssd::cloud {

/// Of one client. Thread-safe.
class Sending {
 public:
  /// All of these outlive it.
  Sending(const ClientConfig& config, CredentialLedger& ledger, ClientNotices& notices, Transport& transport,
          const Clock& clock);

  /// Sends with credentials, in turn, and once more with fresh ones after a 401; over at `ends`. A success is
  /// a 2xx; throttled and not_sent also where it did not leave. No error shows a secret.
  [[nodiscard]] Expected<Response> send(const Request& request, const ProjectId& project,
                                        const Patience& to_leave, MonoTime ends);
  /// How long a call that began then may wait for what it needs before it leaves.
  [[nodiscard]] Patience to_leave(MonoTime start) const;

  [[nodiscard]] std::optional<TokenLife> token_life() const { return credentials_->life(); }
  [[nodiscard]] std::optional<ServiceDate> service_date() const { return newest_date_.get(); }
  void redact(std::string& text) const { credentials_->redact(text); }
  /// Ends every wait, and not what is with the transport. For good.
  void cancel() { cancel_.request_stop(); }

 private:
  void take_date(const Now& sent, const Response& response);

  const ClientConfig& config_;
  ClientNotices& notices_;
  Transport& transport_;
  const Clock& clock_;
  std::stop_source cancel_;
  Throttle throttle_;
  ApiPaces::Member paces_;
  const std::unique_ptr<Credentials> credentials_;
  NewestDate newest_date_;
};

}  // namespace dbssd::cloud
