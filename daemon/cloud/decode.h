// What the service answers, decoded: pure functions from a body to the words of types.h. A body whose
// outermost shape is wrong is malformed; an entry that is wrong is a problem of that entry alone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "base/secret.h"
#include "cloud/types.h"
#include "schedule/zone.h"

namespace dbssd::cloud {

/// One page of a listing.
template <class T>
struct Page {
  std::vector<T> items;
  std::vector<std::string> problems;  ///< one line for each entry that did not decode
  std::size_t entries = 0;            ///< on the page, decoded or not
  std::optional<std::int64_t> total;  ///< what the service claims; it can be wrong
};

/// A page whose text has so much capacity left behind its end is read in place, any other is copied first.
inline constexpr std::size_t kPageMargin = 64;

[[nodiscard]] Expected<Page<Instance>> decode_instances(const std::string& body);
[[nodiscard]] Expected<Page<Job>> decode_jobs(const std::string& body);
[[nodiscard]] Expected<Page<Report>> decode_reports(const std::string& body, const schedule::Zone& api_zone);
[[nodiscard]] Expected<Page<Template>> decode_templates(const std::string& body);
[[nodiscard]] Expected<Page<Database>> decode_databases(const std::string& body);
[[nodiscard]] Expected<NativeSchedule> decode_native_schedule(std::string_view body);
[[nodiscard]] Expected<SummaryTask> decode_summary(std::string_view body, BusiType asked);

/// The answer to start and to create: rejected where it says "failed", malformed where it says neither.
[[nodiscard]] Expected<void> decode_result(std::string_view body);

/// What a refusal says of itself; every part can be missing, and a body that is no JSON has none.
struct Refusal {
  std::string code;
  std::string message;
  std::string request_id;
};
[[nodiscard]] Refusal decode_refusal(std::string_view body);

/// When IAM's token ends, where it says so.
[[nodiscard]] std::optional<Instant> decode_token_expiry(std::string_view body);
/// The id of the one project of that name; rejected where there is none, or more than one.
[[nodiscard]] Expected<ProjectId> decode_project(const std::string& body, std::string_view name);

/// Keys that the metadata service lends to a host.
struct LentKeys {
  Secret access_key;
  Secret secret_key;
  Secret security_token;
  Instant expires_at{};
};
[[nodiscard]] Expected<LentKeys> decode_lent_keys(std::string_view body);

}  // namespace dbssd::cloud
