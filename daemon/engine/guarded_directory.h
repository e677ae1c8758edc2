// Opens a directory by a path of which other users may own a part: none of them can lead it elsewhere.
#pragma once

#include <string>

#include "base/expected.h"
#include "engine/open_file.h"

namespace dbssd::engine {

/// A directory that is open, and whom what is made in it is to belong to.
struct GuardedDirectory {
  OpenFile file;  ///< to look names up in, and to be synced
  uid_t owner = 0;
  gid_t group = 0;
};

/// Step by step, so that what was looked at is what is used. A link is followed only where nobody but root
/// and the user that this process runs as can have made it: whoever owns a directory on the way could
/// otherwise send root anywhere. Fails where a step is missing, is no directory, or is such a link, and names
/// it.
[[nodiscard]] Expected<GuardedDirectory> open_guarded(const std::string& path);

}  // namespace dbssd::engine
