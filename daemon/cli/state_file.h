// The state file as the commands read it that need no daemon.
#pragma once

#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "journal/journal.h"

namespace dbssd::cli {

/// The journal, to be read only, beside a daemon or not. One that does not exist yet is empty, and said so on
/// `err`; where it cannot be read that is said, and null is returned.
[[nodiscard]] std::unique_ptr<journal::Journal> require_state(const std::string& path, std::ostream& err);

/// What the instances of a project are called.
using InstanceNames = std::map<InstanceId, std::string>;
[[nodiscard]] InstanceNames names_of(const std::vector<journal::InstanceRecord>& instances);

/// Its name, or its id where there is none; not yet made fit for one line.
[[nodiscard]] const std::string& name_in(const InstanceNames& names, const InstanceId& id);

}  // namespace dbssd::cli
