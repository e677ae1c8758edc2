// The CloudApi over any Transport and Clock: what make_client returns, with the outside put in by hand.
#pragma once

#include <memory>

#include "cloud/client.h"
#include "cloud/transport.h"

namespace dbssd::cloud {

/// `clock` outlives the client.
[[nodiscard]] std::unique_ptr<CloudApi> make_client(ClientConfig config, NoticeSink notices,
                                                    std::unique_ptr<Transport> transport, const Clock& clock);

}  // namespace dbssd::cloud
