// SDK-HMAC-SHA256: requests signed with an access key and its secret key.
#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "cloud/transport.h"

namespace dbssd::cloud {

struct SigningKeys {
  Secret access_key;
  Secret secret_key;
  std::optional<Secret> security_token;  ///< of temporary keys
};

/// "20060102T150405Z"
[[nodiscard]] std::string format_sdk_date(Instant t);

/// Signs the request as it stands at `date`: adds X-Sdk-Date, X-Security-Token where there is one, and
/// Authorization. Covers the method, the path, the query, the body, the Host and every header that the
/// request has by then.
void sign(Request& request, const SigningKeys& keys, Instant date);

/// The text that is hashed and signed, for headers given as they are signed: lower-case names, sorted.
[[nodiscard]] std::string canonical_request(const Request& request,
                                            const std::vector<std::pair<std::string, std::string>>& headers);
[[nodiscard]] std::string signature(const std::string& canonical, const std::string& sdk_date,
                                    const Secret& secret_key);

}  // namespace dbssd::cloud
