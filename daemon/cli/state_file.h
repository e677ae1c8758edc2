// The state file as the commands read it that need no daemon.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>

#include "base/expected.h"
#include "journal/journal.h"

namespace dbssd::cli {

/// The journal, to be read only, beside a daemon or not. One that does not exist yet is empty, and said so on
/// `err`.
[[nodiscard]] Expected<std::unique_ptr<journal::Journal>> open_state(const std::string& path,
                                                                     std::ostream& err);

/// The same; where it cannot be read that is said, and null is returned.
[[nodiscard]] std::unique_ptr<journal::Journal> require_state(const std::string& path, std::ostream& err);

}  // namespace dbssd::cli
