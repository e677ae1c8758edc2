// One transaction for those who wait, whoever comes to lead it.
#include "journal/group_commit.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <stdexcept>
#include <thread>

#include "interleaving/explore.h"

namespace dbssd::journal::sqlite {
namespace {

using interleaving::explore;

TEST(GroupCommitInEveryOrder, EachWorkIsDoneOnceAndItsResultIsItsOwn) {
  // Which locks of its own SQLite takes depends on what it did before, and no order could be told again.
  ASSERT_EQ(::sqlite3_shutdown(), SQLITE_OK);
  ASSERT_EQ(::sqlite3_config(SQLITE_CONFIG_SINGLETHREAD), SQLITE_OK);
  Connection connection = Connection::open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE).value();
  explore(
      [&] {
        const auto group = GroupCommit::on(connection, [] { throw std::runtime_error("no room"); }).value();
        int done[3] = {};
        {
          const auto run = [&](int lane, bool refused) {
            const auto result = group->run([&, lane, refused]() -> Expected<void> {
              ++done[lane];
              if (refused) return fail(ErrorKind::rejected, std::to_string(lane));
              return {};
            });
            EXPECT_EQ(result.has_value(), !refused);
            if (!result) {
              EXPECT_EQ(result.error().message, std::to_string(lane));
            }
          };
          std::jthread a([&] { run(0, false); });
          std::jthread b([&] { run(1, true); });
          run(2, false);
        }
        for (const int times : done) EXPECT_EQ(times, 1);
        EXPECT_EQ(group->waiting(), 0U);
      },
      {.preemptions = 1});
}

}  // namespace
}  // namespace dbssd::journal::sqlite
