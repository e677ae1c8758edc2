#include "journal/values.h"

#include <gtest/gtest.h>

#include "fakes/journal_samples.h"

namespace dbssd::journal::sqlite {
namespace {

TEST(ListInAColumn, ComesBackWhateverItsItemsHold) {
  const std::vector<std::string> lists[] = {
      {},     {""},    {"", ""}, {"a"},           {"a", "b"},
      {"\\"}, {"\\n"}, {"\n"},   {"\n\\\n", "n"}, {fakes::weird_text(), ""},
  };
  for (const auto& list : lists) EXPECT_EQ(split_lines(join_lines(list)), list) << join_lines(list);
}

TEST(ListInAColumn, IsOneItemALine) { EXPECT_EQ(join_lines({"db-1", "db-2"}), "db-1\ndb-2\n"); }

}  // namespace
}  // namespace dbssd::journal::sqlite
