// What one reading of a policy has found so far.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "policy/reader.h"
#include "policy/source.h"

namespace dbssd::policy {

/// One reading of one policy. With no document it records which keys the declarations name.
class Reading {
 public:
  Reading(const Source& source, const ReadContext& context) : source_(source), context_(&context) {}
  /// Records into `known`.
  Reading(const Source& empty, std::vector<KnownKey>& known) : source_(empty), known_(&known) {}

  [[nodiscard]] const Source& source() const { return source_; }
  [[nodiscard]] const ReadContext& context() const { return *context_; }
  [[nodiscard]] bool recording() const { return known_ != nullptr; }

  /// An error, where there is no lint.
  void report(std::optional<Lint> lint, std::size_t at, std::string path, std::string message);
  void record(std::string path, bool required) { known_->push_back({std::move(path), required, {}, {}}); }
  /// Of the key that was recorded last with this path; "path[]" is the list at "path".
  [[nodiscard]] KnownKey& recorded(std::string_view path);

  /// Fails with what is wrong with the name; with nothing where so many were unknown that no more are looked
  /// at.
  [[nodiscard]] tl::expected<schedule::Zone, std::string> find_zone(const std::string& name);

  [[nodiscard]] bool full() const { return findings_.size() >= kMaxFindings; }
  [[nodiscard]] std::size_t errors() const { return errors_; }
  [[nodiscard]] std::vector<Finding> take_findings();

 private:
  static constexpr std::size_t kMaxFindings = 1000;
  const Source& source_;
  const ReadContext* context_ = nullptr;
  std::vector<KnownKey>* known_ = nullptr;
  std::unordered_map<std::string, std::string> unknown_zones_;  // what is wrong, by name
  std::vector<Finding> findings_;
  std::size_t errors_ = 0;
};

}  // namespace dbssd::policy
