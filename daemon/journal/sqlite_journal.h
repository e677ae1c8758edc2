// The journal in one SQLite file, WAL mode, synchronous=FULL.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/expected.h"
#include "journal/journal.h"
#include "journal/keeper.h"

namespace dbssd::journal {

enum class Access {
  read_write,  ///< creates what is missing; the only writer: a second process is refused with a clear error
  read_only,   ///< beside a running daemon; a file that does not exist is an empty journal; commit fails
};

struct Opened {
  std::unique_ptr<Journal> journal;
  std::string recovered;  ///< not empty: the file was corrupt, was set aside under the name given here, and a
                          ///< new one begun
};

/// Opens or creates the journal. A file of a newer schema is refused, an older one is migrated in one
/// transaction. A corrupt one is set aside (never deleted), as much as can be read of it is carried over, and
/// `recovered` says so.
[[nodiscard]] Expected<Opened> open_sqlite(const std::string& path, Access access);

/// Which process has the journal open to write it, or had it last. Changes nothing.
[[nodiscard]] Expected<Keeper> keeper_of(const std::string& path);

}  // namespace dbssd::journal
