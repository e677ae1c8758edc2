#include "journal/prune.h"

#include <utility>

#include "journal/values.h"

namespace dbssd::journal::sqlite {
namespace {

// About 10 ms each, which is what a lane may have to wait for one.
constexpr const char* kPieces[] = {
    "DELETE FROM run WHERE rowid IN ("
    "SELECT rowid FROM run WHERE settled_at < ?1 AND archive_pending = 0 LIMIT 1000)",
    "DELETE FROM start WHERE rowid IN (SELECT rowid FROM start WHERE settled_at < ?1 LIMIT 1000)",
    "DELETE FROM job WHERE rowid IN (SELECT rowid FROM job WHERE settled = 1 AND first_seen < ?1 LIMIT 1000)",
    "DELETE FROM instance WHERE rowid IN ("
    "SELECT rowid FROM instance WHERE vanished = 1 AND changed_at < ?1 "
    "AND (project, id) NOT IN (SELECT project, instance FROM schedule) "
    "AND (project, id) NOT IN (SELECT project, instance FROM start WHERE settled_at IS NULL) "
    "AND (project, id) NOT IN (SELECT project, instance FROM run WHERE outcome IS NULL OR archive_pending = "
    "1) "
    "LIMIT 1000)"};

/// One piece. The statement belongs to the writer's connection, so it is prepared and goes inside the group's
/// turn.
Expected<void> remove(Connection& connection, const char* sql, Instant before, std::size_t& gone) {
  auto statement = connection.prepare(sql);
  if (!statement) return fail(std::move(statement.error()));
  Binder bind(*statement, 1);
  bind(before);
  auto done = statement->run();
  if (done) gone = connection.changes();
  return done;
}

}  // namespace

Expected<std::size_t> prune(Connection& connection, GroupCommit& group, Instant before) {
  std::size_t all = 0;
  for (const char* sql : kPieces) {
    std::size_t gone = 0;
    do {
      auto done = group.run([&] { return remove(connection, sql, before, gone); });
      if (!done) return fail(std::move(done.error()));
      all += gone;
    } while (gone > 0);
  }
  auto optimized = group.run([&] { return connection.execute("PRAGMA optimize"); });
  if (!optimized) return fail(std::move(optimized.error()));
  return all;
}

}  // namespace dbssd::journal::sqlite
