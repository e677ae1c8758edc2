// What becomes of a journal that is damaged: it is set aside, and what can be read of it goes into a new one.
#pragma once

#include <string>
#include <string_view>

#include "base/expected.h"
#include "journal/sqlite.h"

namespace dbssd::journal::sqlite {

/// Replaces the file by a sound one with every record of it that can still be read, and keeps the damaged
/// one, with its write-ahead log, as PATH.corrupt-YYYYMMDDThhmmssZ. Returns the sentence for the operator.
/// Nobody else may have the file open. A crash on the way leaves either the damaged file where it was or a
/// sound one; a failure (disk full) the damaged one.
[[nodiscard]] Expected<std::string> rebuild(const std::string& path, std::string_view finding);

/// Ends a rebuild that a crash interrupted. Empty where there is nothing to tell.
[[nodiscard]] Expected<std::string> finish_rebuild(const std::string& path);

/// Moves what there is of the file, its log and its index out of the way. Returns the new name.
[[nodiscard]] Expected<std::string> set_aside(const std::string& path);

}  // namespace dbssd::journal::sqlite
