// Whether the daemon can write where its policy says.
#pragma once

#include <optional>
#include <string>

namespace dbssd::service {

/// Why nothing can be written into the directory, as the end of a sentence: "is no directory". Nothing where
/// the user dbssd of this host can write there, or the one that asks (but for root, where there is a user
/// dbssd); where it will be made by then, by the unit or by dbssd itself; and where this user may not look.
[[nodiscard]] std::optional<std::string> unwritable(const std::string& directory);

}  // namespace dbssd::service
