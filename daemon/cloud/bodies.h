// The bodies of requests, as JSON.
#pragma once

#include <optional>
#include <string>

#include "cloud/client.h"
#include "cloud/types.h"

namespace dbssd::cloud {

[[nodiscard]] std::string start_body(const InstanceId& id);
/// Takes database ids without a comma.
[[nodiscard]] std::string create_report_body(const CreateReport& request);
[[nodiscard]] std::string report_page_body(std::int64_t page, std::int64_t size);
/// Scoped to the project by id, or by the region's name, which is what the default project is called.
[[nodiscard]] std::string token_body(const PasswordCredential& credential,
                                     const std::optional<ProjectId>& project, const std::string& region);

}  // namespace dbssd::cloud
