// The forms that single words of a policy have, and what to say where one is missed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace dbssd::policy {

/// "90s", "15m", "6h", "30d", "1h30m": whole numbers with units, largest first, each unit at most once.
[[nodiscard]] std::optional<Seconds> parse_duration(std::string_view text);
/// A plain decimal number: no sign but -, no leading zero, no point, no prefix. What no int can hold is the
/// nearest one.
[[nodiscard]] std::optional<int> parse_integer(std::string_view text);

/// What is wrong with a text, as the rest of a sentence that starts with its key; nothing where it is well.
using Flawed = std::optional<std::string>;
using Form = Flawed (*)(std::string_view);

[[nodiscard]] Flawed any_text(std::string_view text);  ///< 1 to 256 bytes, none of them a control character
[[nodiscard]] Flawed rule_name(
    std::string_view text);  ///< what names projects and rules, in log lines and file names
[[nodiscard]] Flawed region_name(std::string_view text);  ///< what can stand in a host name
[[nodiscard]] Flawed cloud_id(std::string_view text);  ///< an id that the cloud gave: fit for a path segment
[[nodiscard]] Flawed project_id(std::string_view text);  ///< a cloud_id of 32 to 64 characters
[[nodiscard]] Flawed glob(std::string_view text);
[[nodiscard]] Flawed absolute_path(std::string_view text);
/// scheme://host[:port], a slash at the end allowed; https, or http to loopback.
[[nodiscard]] Flawed endpoint(std::string_view text);

/// http://host[:port] of a proxy, or "none".
[[nodiscard]] Flawed proxy_url(std::string_view text);

[[nodiscard]] std::span<const std::string_view> known_regions();
/// In which the region's endpoints are: myhuaweicloud.com, but for Europe's.
[[nodiscard]] std::string_view domain_of(std::string_view region);

/// For messages: 'text', cut where it is long, without control characters.
[[nodiscard]] std::string in_quotes(std::string_view text);
/// "must be wait or skip, did you mean 'wait'?"
[[nodiscard]] std::string not_among(std::string_view text, std::span<const std::string_view> words,
                                    std::string_view besides = {});
/// "id, type or name"
[[nodiscard]] std::string enumerated(std::span<const std::string_view> words, std::string_view last = "or");
/// ", did you mean 'schedule'?" or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view text, std::span<const std::string_view> words);

}  // namespace dbssd::policy
