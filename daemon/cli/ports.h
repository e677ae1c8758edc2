// The outside, as the commands wire it up: the one place that turns a project of the policy into a client of
// the cloud.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "cloud/client.h"
#include "policy/policy.h"
#include "schedule/zone.h"
#include "telemetry/log_sink.h"

namespace dbssd::cli {

/// To be called once, before any thread, by each command that speaks with the cloud, and by no other: the
/// rest starts faster without.
void prepare_http();

/// As engine::Ports::clients wants it.
using ClientFactory =
    std::function<Expected<std::unique_ptr<cloud::CloudApi>>(const policy::Project&, cloud::NoticeSink)>;

/// Reads the project's secrets afresh. Fails where one of them, or the zone of the wire, cannot be had; the
/// error names the project.
[[nodiscard]] Expected<cloud::ClientConfig> client_config(const policy::Project& project,
                                                          schedule::ZoneDatabase& zones);

/// Its clients share what they learn of credentials that are refused. `zones` must outlive it.
[[nodiscard]] ClientFactory client_factory(schedule::ZoneDatabase& zones);

/// As engine::Ports::secrets_version wants it: of all secrets of the project, and of its certificates.
[[nodiscard]] std::uint64_t secrets_version(const policy::Project& project);

[[nodiscard]] telemetry::LogConfig log_config(const policy::Log& log);

}  // namespace dbssd::cli
