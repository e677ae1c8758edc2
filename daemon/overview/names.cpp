#include "overview/names.h"

namespace dbssd::overview {

InstanceNames names_of(const std::vector<journal::InstanceRecord>& instances) {
  InstanceNames names;
  for (const journal::InstanceRecord& instance : instances) names[instance.id] = instance.name;
  return names;
}

const std::string& name_in(const InstanceNames& names, const InstanceId& id) {
  const auto known = names.find(id);
  return known == names.end() || known->second.empty() ? id.str() : known->second;
}

}  // namespace dbssd::overview
