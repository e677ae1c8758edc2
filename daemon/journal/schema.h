// The tables of the journal, and how an older file gets them. docs/journal.md describes them for people.
#pragma once

#include <cstdint>

#include "base/expected.h"
#include "journal/sqlite.h"

namespace dbssd::journal::sqlite {

/// "dbss": tells our files from other programs' databases.
inline constexpr std::int64_t kApplicationId = 0x64627373;

/// The schema that this program reads and writes.
[[nodiscard]] int schema_version();

/// Of an open file; 0 for one that is still empty. Refuses one that another program has written (`rejected`)
/// or a newer dbssd (`internal`).
[[nodiscard]] Expected<int> version_of(Connection& connection);

/// Brings a file to schema_version() in one transaction; does nothing to one that is there already.
[[nodiscard]] Expected<void> migrate(Connection& connection);

}  // namespace dbssd::journal::sqlite
