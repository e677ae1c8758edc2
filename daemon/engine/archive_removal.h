// Files that leave the archive.
#pragma once

#include <string>

#include "base/expected.h"

namespace dbssd::engine {

/// Removes one file that lies below the directory, durably. Neither a `..` nor a link below the directory is
/// followed, and nothing but a plain file is removed; otherwise it fails and removes nothing. False where the
/// file was gone already; an archive that has nothing of the file's project may be a disk that is not
/// mounted, and is an error.
[[nodiscard]] Expected<bool> remove_archived(const std::string& directory, const std::string& path);

}  // namespace dbssd::engine
