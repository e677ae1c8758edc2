// The dates of HTTP headers.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace dbssd::cloud {

/// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that servers may send; nothing for anything else.
[[nodiscard]] std::optional<Instant> parse_http_date(std::string_view text);

}  // namespace dbssd::cloud
