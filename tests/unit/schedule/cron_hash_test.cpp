#include <set>

#include "base/hash.h"
#include "unit/schedule/words.h"

namespace dbssd::schedule {
namespace {

TEST(CronHash, LeavesAnExpressionWithoutHAsItIs) {
  const Cron plain = cron("*/5 6 L * MON#2");
  EXPECT_FALSE(plain.has_hash());
  EXPECT_EQ(plain.resolved(42), plain);
}

TEST(CronHash, ResolvesToPlainValues) {
  const Cron hashed = cron("H H * * *");
  EXPECT_TRUE(hashed.has_hash());
  EXPECT_FALSE(hashed.resolved(7).has_hash());
  EXPECT_EQ(cron(hashed.resolved(7).text()), hashed.resolved(7));
}

// A change of these numbers moves the schedules of every user.
TEST(CronHash, PicksTheSameValuesForEver) {
  const std::uint64_t hash = stable_hash({"daily-sox", "8f2c9a"});
  EXPECT_EQ(cron("H H H H H").resolved(0).text(), "55 12 24 5 2");
  EXPECT_EQ(cron("H H * * *").resolved(hash).text(), "49 23 * * *");
  EXPECT_EQ(cron("H/15 H(0-5) * * *").resolved(hash).text(), "4-49/15 5 * * *");
  EXPECT_EQ(cron("H(0-29),H(30-59) 6 * * *").resolved(hash).text(), "19,47 6 * * *");
}

TEST(CronHash, UsesEveryValueOfItsRangeAndNoOther) {
  struct Row {
    const char* text;
    std::size_t outcomes;
  };
  constexpr Row kRows[] = {
      {"H 0 * * *", 60},        {"0 H * * *", 24},     {"0 0 H * *", 28},
      {"0 0 1 H *", 12},        {"0 0 * * H", 7},      {"H/15 0 * * *", 15},
      {"0 H(9-17)/3 * * *", 3}, {"0 0 * * H(5-7)", 3}, {"H/60 0 * * *", 60},
  };
  for (const Row& row : kRows) {
    std::set<std::string> outcomes;
    for (std::uint64_t hash = 0; hash < 2'000; ++hash) outcomes.insert(cron(row.text).resolved(hash).text());
    EXPECT_EQ(outcomes.size(), row.outcomes) << row.text;
  }
}

TEST(CronHash, StepsFromItsStartToTheEndOfTheRange) {
  std::set<std::string> outcomes;
  for (std::uint64_t hash = 0; hash < 100; ++hash)
    outcomes.insert(cron("0 H(8-17)/4 * * *").resolved(hash).text());
  EXPECT_EQ(outcomes,
            (std::set<std::string>{"0 8-16/4 * * *", "0 9-17/4 * * *", "0 10,14 * * *", "0 11,15 * * *"}));
}

TEST(CronHash, OfOneStepIsEveryValue) {
  EXPECT_EQ(cron("H(3-9)/1 0 * * *").resolved(5).text(), "3-9 0 * * *");
}

TEST(CronHash, DrawsEachHOfAnExpressionByItself) {
  int equal = 0;
  for (std::uint64_t hash = 0; hash < 1'000; ++hash) {
    const std::string text = cron("H(0-9) H(0-9) * * *").resolved(hash).text();
    equal += text[0] == text[2] ? 1 : 0;
  }
  EXPECT_NEAR(equal, 100, 50);
}

TEST(CronHash, UnresolvedActsAsResolvedWithZero) {
  const Cron hashed = cron("H H * * *");
  EXPECT_EQ(hashed.at_or_after(Local{}), hashed.resolved(0).at_or_after(Local{}));
}

TEST(CronHash, KeepsAWildcardAWildcard) {
  EXPECT_FALSE(cron("H * * * *").resolved(3).is_fixed());
  EXPECT_TRUE(cron("H H * * *").resolved(3).is_fixed());
  EXPECT_EQ(cron("*/20,H * * * *").resolved(0).is_fixed(), false);
}

}  // namespace
}  // namespace dbssd::schedule
