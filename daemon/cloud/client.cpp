#include "cloud/client.h"

#include "cloud/credential_ledger.h"
#include "cloud/rest_client.h"
#include "cloud/transport_cpprest.h"

namespace dbssd::cloud {
namespace {

const SystemClock kClock;

}  // namespace

std::shared_ptr<CredentialLedger> make_credential_ledger() {
  return std::make_shared<CredentialLedger>(kClock);
}

std::unique_ptr<CloudApi> make_client(ClientConfig config, NoticeSink notices) {
  auto transport = make_cpprest_transport(
      {.ca_file = config.ca_file, .step_timeout = config.timeout, .proxy = config.proxy});
  return make_client(std::move(config), std::move(notices), std::move(transport), kClock);
}

}  // namespace dbssd::cloud
