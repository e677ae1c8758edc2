#include "cloud/client.h"

#include "cloud/rest_client.h"
#include "cloud/transport_cpprest.h"

namespace dbssd::cloud {

std::unique_ptr<CloudApi> make_client(ClientConfig config, NoticeSink notices) {
  static const SystemClock kClock;
  auto transport = make_cpprest_transport({config.ca_file, config.timeout});
  return make_client(std::move(config), std::move(notices), std::move(transport), kClock);
}

}  // namespace dbssd::cloud
