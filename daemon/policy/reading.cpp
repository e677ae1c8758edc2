#include "policy/reading.h"

#include <algorithm>

namespace dbssd::policy {

void Reading::report(std::optional<Lint> lint, std::size_t at, std::string path, std::string message) {
  if (!lint) ++errors_;
  if (full()) return;
  const Place place = source_.place(at);
  findings_.push_back({lint, place.line, place.column, std::move(path), std::move(message)});
}

KnownKey& Reading::recorded(std::string_view path) {
  if (path.ends_with("[]")) path.remove_suffix(2);
  return *std::ranges::find(*known_, path, &KnownKey::path);
}

tl::expected<schedule::Zone, std::string> Reading::find_zone(const std::string& name) {
  // Looking for what an unknown name may have meant reads a directory of 600 files.
  constexpr std::size_t kMaxUnknown = 20;
  const auto known = unknown_zones_.find(name);
  if (known != unknown_zones_.end()) return tl::unexpected(known->second);
  if (unknown_zones_.size() >= kMaxUnknown) return tl::unexpected(std::string());
  auto zone = context_->zones.find(name);
  if (zone) return std::move(*zone);
  unknown_zones_.emplace(name, zone.error().message);
  return tl::unexpected(zone.error().message);
}

std::vector<Finding> Reading::take_findings() {
  std::ranges::stable_sort(findings_, {}, [](const Finding& f) { return std::pair(f.line, f.column); });
  return std::move(findings_);
}

}  // namespace dbssd::policy
