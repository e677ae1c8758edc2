// What instances are called.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "journal/records.h"

namespace dbssd::overview {

/// Of one project.
using InstanceNames = std::map<InstanceId, std::string>;
[[nodiscard]] InstanceNames names_of(const std::vector<journal::InstanceRecord>& instances);

/// Its name, or its id where there is none; not yet made fit for one line.
[[nodiscard]] const std::string& name_in(const InstanceNames& names, const InstanceId& id);

}  // namespace dbssd::overview
