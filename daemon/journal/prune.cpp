#include "journal/prune.h"

#include <string_view>
#include <utility>

#include "journal/queries.h"
#include "journal/values.h"

namespace dbssd::journal::sqlite {
namespace {

/// One piece. The statement belongs to the writer's connection, so it is prepared and goes inside the group's
/// turn.
Expected<void> remove(Connection& connection, std::string_view sql, Instant before, std::size_t& gone) {
  auto statement = connection.prepare(sql);
  if (!statement) return fail(std::move(statement.error()));
  Binder bind(*statement, 1);
  bind(before);
  auto done = statement->run();
  if (done) gone = connection.changes();
  return done;
}

}  // namespace

Expected<std::size_t> prune(Connection& connection, GroupCommit& group, Instant before,
                            const std::stop_token& stop) {
  std::size_t all = 0;
  for (const std::string_view sql : kPrune) {
    std::size_t gone = 0;
    do {
      auto done = group.run([&] { return remove(connection, sql, before, gone); });
      if (!done) return fail(std::move(done.error()));
      all += gone;
      if (stop.stop_requested()) return all;
    } while (gone > 0);
  }
  auto optimized = group.run([&] { return connection.execute("PRAGMA optimize"); });
  if (!optimized) return fail(std::move(optimized.error()));
  return all;
}

}  // namespace dbssd::journal::sqlite
