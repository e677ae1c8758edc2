// Identifiers that cannot be mistaken for one another: resource_id and instance_id are both text, and
// different.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace dbssd {

template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const std::string& str() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  auto operator<=>(const Id&) const = default;

 private:
  std::string text_;
};

using InstanceId = Id<struct InstanceIdTag>;    ///< `id` of the list, what start and reports take
using ResourceId = Id<struct ResourceIdTag>;    ///< `resource_id`, what orders and creation jobs take
using ProjectId = Id<struct ProjectIdTag>;      ///< the cloud's own project id
using ProjectName = Id<struct ProjectNameTag>;  ///< the policy's name for a project, in every log line
using ReportName = Id<struct ReportNameTag>;    ///< the policy's name for a report rule
using TemplateId = Id<struct TemplateIdTag>;    ///< a report template of one instance
using ReportId = Id<struct ReportIdTag>;        ///< a generated report in the cloud
using JobId = Id<struct JobIdTag>;              ///< a creation job

}  // namespace dbssd

template <class Tag>
struct std::hash<dbssd::Id<Tag>> {
  std::size_t operator()(const dbssd::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.str());
  }
};
