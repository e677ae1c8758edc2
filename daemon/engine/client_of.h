// A project's client, its notices turned into events.
#pragma once

#include <memory>

#include "engine/engine.h"

namespace dbssd::engine {

/// Fails where a secret cannot be read. The client speaks to ports.events, which must outlive it.
[[nodiscard]] Expected<std::unique_ptr<cloud::CloudApi>> client_of(const Ports& ports,
                                                                   const policy::Project& project);

}  // namespace dbssd::engine
