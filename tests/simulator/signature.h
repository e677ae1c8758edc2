#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/request.h"

// SDK-HMAC-SHA256 as the gateway checks it, written from the algorithm's description alone.
namespace dbss_sim {

struct Authorization {
  std::string_view access, signature;
  std::vector<std::string_view> signed_headers;  // in the order given
};

// The value of the Authorization header, or nothing where it is not of this algorithm or not well formed.
std::optional<Authorization> parse_authorization(std::string_view header);

// The signature the request ought to have. Nothing where a signed header, or X-Sdk-Date, is not there.
std::optional<std::string> expected_signature(const Request& request,
                                              const std::vector<std::string_view>& signed_headers,
                                              std::string_view secret);

}  // namespace dbss_sim
