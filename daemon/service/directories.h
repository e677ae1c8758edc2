// Whether the daemon can write where its policy says.
#pragma once

#include <optional>
#include <string>

namespace dbssd::service {

/// Why nothing can be written into the directory, as the end of a sentence: "is no directory". Judged for the
/// user dbssd where the host has one, else for the one that asks. Nothing where it can be written, where it
/// will be made before or by then (by the unit, or by dbssd in a directory that it can write), and where this
/// user may not look.
[[nodiscard]] std::optional<std::string> unwritable(const std::string& directory);

}  // namespace dbssd::service
