// What a client says beside the answers to its calls, each thing once.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "cloud/cloud_api.h"
#include "cloud/credential_ledger.h"
#include "cloud/transport.h"

namespace dbssd::cloud {

/// Thread-safe. Without a sink it says nothing.
class ClientNotices {
 public:
  ClientNotices(NoticeSink sink, std::shared_ptr<CredentialLedger> ledger)
      : sink_(std::move(sink)), ledger_(std::move(ledger)) {}

  void say(Notice::Kind kind, std::string message, std::string request_id = {}) const;
  /// Through this a refused credential is told of once, until a call was let in. Used while this lives.
  [[nodiscard]] NoticeSink of_credentials();
  void let_in() { told_of_refusal_ = false; }
  /// The answer to a call that left at `sent` says what the service's clock shows: told of where the ledger
  /// has it as news.
  void compare_clocks(WallTime sent, const Response& response) const;

 private:
  const NoticeSink sink_;
  const std::shared_ptr<CredentialLedger> ledger_;
  std::atomic<bool> told_of_refusal_ = false;
};

}  // namespace dbssd::cloud
