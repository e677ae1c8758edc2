#include "cloud/client.h"

#include "cloud/credential_ledger.h"
#include "cloud/region_paths.h"
#include "cloud/rest_client.h"
#include "cloud/transport_cpprest.h"

namespace dbssd::cloud {
namespace {

const SystemClock kClock;

}  // namespace

std::shared_ptr<CredentialLedger> make_credential_ledger() {
  return std::make_shared<CredentialLedger>(kClock);
}

std::shared_ptr<RegionPaths> make_region_paths() { return std::make_shared<RegionPaths>(kClock); }

std::unique_ptr<CloudApi> make_client(ClientConfig config, NoticeSink notices) {
  auto transport = make_cpprest_transport({.ca_file = config.ca_file,
                                           .step_timeout = config.timeout,
                                           .proxy = config.proxy,
                                           .user_agent = config.user_agent});
  return make_client(std::move(config), std::move(notices), std::move(transport), kClock);
}

}  // namespace dbssd::cloud
