#include "planner/retry_budget.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "planner/backoff.h"

namespace dbssd::planner {
namespace {

using namespace std::chrono_literals;

constexpr MonoTime kStart{1000s};

/// Further tries that leave within `span` of `from`, each as early as it may.
int tries_in(RetryBudget& budget, MonoTime from, Millis span, bool succeed) {
  int count = 0;
  for (MonoTime now = from; now < from + span; now += 100ms) {
    for (; budget.allowed(now) > 0; ++count) {
      budget.spend(now);
      if (succeed) budget.earn(true, now);
      if (count > 1000) return count;
    }
  }
  return count;
}

TEST(RetryBudget, IsFullAtTheBeginning) { EXPECT_EQ(RetryBudget().allowed(kStart), 20); }

TEST(RetryBudget, HoldsNoMoreThanTwenty) {
  RetryBudget budget;
  for (int i = 0; i < 1000; ++i) budget.earn(true, kStart);
  EXPECT_EQ(budget.allowed(kStart + 24h), 20);
}

TEST(RetryBudget, IsTwentyAndTenAMinuteWhereNothingSucceeds) {
  RetryBudget budget;
  EXPECT_EQ(tries_in(budget, kStart, 1h, false), 20 + 10 * 60 - 1);
}

TEST(RetryBudget, ComesBackToTheSecondThatItSays) {
  RetryBudget budget;
  for (int i = 0; i < 20; ++i) budget.spend(kStart);
  EXPECT_EQ(budget.when(1, kStart), kStart + 6s);
  EXPECT_EQ(budget.allowed(kStart + 6s - 1ns), 0);
  EXPECT_EQ(budget.allowed(kStart + 6s), 1);
  EXPECT_EQ(budget.when(3, kStart), kStart + 18s);
  EXPECT_EQ(RetryBudget().when(5, kStart), kStart) << "it is there already";
}

TEST(RetryBudget, ATenthOfWhatSucceedsAtFirstMayBeTriedAgain) {
  RetryBudget budget;
  for (int i = 0; i < 20; ++i) budget.spend(kStart);
  for (int i = 0; i < 50; ++i) budget.earn(false, kStart);
  EXPECT_EQ(budget.allowed(kStart), 5);
}

TEST(RetryBudget, TwoFurtherTriesForEachThatSucceedsSoThatARecoveryIsQuick) {
  RetryBudget budget;
  for (int i = 0; i < 20; ++i) budget.spend(kStart);
  int tried = 0;
  int rounds = 0;
  MonoTime now = kStart + 6s;
  for (; tried < 1000; ++rounds, now += 1s) {
    const int allowed = budget.allowed(now);
    for (int i = 0; i < allowed; ++i) budget.spend(now);
    for (int i = 0; i < allowed; ++i) budget.earn(true, now);
    tried += allowed;
  }
  EXPECT_LT(rounds, 60) << "at ten a minute it would be a hundred minutes";
}

TEST(RetryBudget, NeverExceedsWhatItPromisesWhateverSucceeds) {
  RetryBudget budget;
  int further = 0;
  int first_well = 0;
  int further_well = 0;
  MonoTime now = kStart;
  for (unsigned step = 1; step < 100'000; ++step) {
    const unsigned dice = step * 2654435761U >> 16U;
    now += Millis(dice % 300);
    if (dice % 7 == 0) {
      budget.earn(false, now);
      ++first_well;
    }
    if (budget.allowed(now) > 0) {
      budget.spend(now);
      ++further;
      if (dice % 5 == 0) {
        budget.earn(true, now);
        ++further_well;
      }
    }
    const double minutes = std::chrono::duration<double, std::ratio<60>>(now - kStart).count();
    ASSERT_LE(further, 20 + 10 * minutes + first_well / 10.0 + 2 * further_well + 1e-6);
  }
  EXPECT_GT(further, 1000);
}

TEST(Backoff, IsFullJitterTheSameForTheSameKey) {
  Millis lowest = 1h;
  Millis highest{};
  for (int key = 0; key < 1000; ++key) {
    const Millis wait = backoff(std::to_string(key), 5, 2s, 1min);
    EXPECT_EQ(wait, backoff(std::to_string(key), 5, 2s, 1min));
    lowest = std::min(lowest, wait);
    highest = std::max(highest, wait);
  }
  EXPECT_GE(lowest, 100ms);
  EXPECT_LT(lowest, 1s);
  EXPECT_GT(highest, 31s);
  EXPECT_LE(highest, 32s);
}

}  // namespace
}  // namespace dbssd::planner
