// Removes what was settled long ago, a little at a time.
#pragma once

#include <cstddef>
#include <stop_token>

#include "base/expected.h"
#include "base/time.h"
#include "journal/group_commit.h"
#include "journal/sqlite.h"

namespace dbssd::journal::sqlite {

/// Each piece is a transaction of its own, shared with the lanes that commit meanwhile; `stop` ends it before
/// the next one. Returns how many records went.
[[nodiscard]] Expected<std::size_t> prune(Connection& connection, GroupCommit& group, Instant before,
                                          const std::stop_token& stop);

}  // namespace dbssd::journal::sqlite
