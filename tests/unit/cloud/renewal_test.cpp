#include "cloud/renewal.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>
#include <vector>

#include "fakes/fake_clock.h"

namespace dbssd::cloud {
namespace {

using namespace std::chrono_literals;
using Numbers = Renewal<int>;

class RenewalTest : public testing::Test {
 protected:
  Numbers make() {
    return Numbers(
        clock,
        [this](MonoTime) -> Expected<Numbers::Fresh> {
          ++fetches;
          if (failing) return fail(ErrorKind::not_sent, "unreachable");
          const MonoTime now = clock.now().mono;
          return Numbers::Fresh{fetches, now + 80s, now + 100s};
        },
        [this](const Error&, int failures) {
          failures_seen = failures;
          return Seconds{10};
        });
  }
  int value(Numbers& numbers) {
    const auto got = numbers.get(clock.now().mono + 1s);
    return got ? got->value : -1;
  }

  fakes::FakeClock clock{*parse_utc("2025-01-01T00:00:00Z")};
  int fetches = 0;
  bool failing = false;
  int failures_seen = 0;
};

TEST_F(RenewalTest, ItIsFetchedOnceAndThenKept) {
  Numbers numbers = make();
  EXPECT_EQ(value(numbers), 1);
  clock.advance(79s);
  EXPECT_EQ(value(numbers), 1);
  EXPECT_EQ(fetches, 1);
}

TEST_F(RenewalTest, ItIsFetchedAgainBeforeItEnds) {
  Numbers numbers = make();
  EXPECT_EQ(value(numbers), 1);
  clock.advance(80s);
  EXPECT_EQ(value(numbers), 2);
}

TEST_F(RenewalTest, TheOldOneServesUntilItsEndWhereItCannotBeRenewed) {
  Numbers numbers = make();
  EXPECT_EQ(value(numbers), 1);
  failing = true;
  clock.advance(85s);
  EXPECT_EQ(value(numbers), 1);
  EXPECT_EQ(value(numbers), 1);
  EXPECT_EQ(fetches, 2) << "it is left alone for ten seconds after a failure";
  clock.advance(15s);
  EXPECT_EQ(value(numbers), -1);
}

TEST_F(RenewalTest, AFailureIsNotRepeatedWhileItIsHeld) {
  failing = true;
  Numbers numbers = make();
  EXPECT_EQ(value(numbers), -1);
  clock.advance(4s);
  const auto held = numbers.get(clock.now().mono + 1s);
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().message, "unreachable");
  EXPECT_EQ(held.error().retry_after, 6s);
  EXPECT_EQ(fetches, 1);
  clock.advance(6s);
  failing = false;
  EXPECT_EQ(value(numbers), 2);
}

TEST_F(RenewalTest, FailuresInARowAreCounted) {
  failing = true;
  Numbers numbers = make();
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(value(numbers), -1);
    EXPECT_EQ(failures_seen, i);
    clock.advance(10s);
  }
  failing = false;
  EXPECT_EQ(value(numbers), 4);
  failing = true;
  clock.advance(100s);
  EXPECT_EQ(value(numbers), -1);
  EXPECT_EQ(failures_seen, 1);
}

TEST_F(RenewalTest, WhatIsDiscardedIsFetchedAgain) {
  Numbers numbers = make();
  const auto first = numbers.get(clock.now().mono + 1s);
  ASSERT_TRUE(first);
  EXPECT_TRUE(numbers.discard(first->generation));
  EXPECT_EQ(value(numbers), 2);
}

TEST_F(RenewalTest, AnOldGenerationIsNotDiscardedTwice) {
  Numbers numbers = make();
  const auto first = numbers.get(clock.now().mono + 1s);
  EXPECT_TRUE(numbers.discard(first->generation));
  EXPECT_EQ(value(numbers), 2);
  EXPECT_TRUE(numbers.discard(first->generation));
  EXPECT_EQ(value(numbers), 2);
}

TEST_F(RenewalTest, DiscardingIsRationed) {
  Numbers numbers = make();
  const auto discard = [&] { return numbers.discard(numbers.get(clock.now().mono + 1s)->generation); };
  EXPECT_TRUE(discard());
  EXPECT_TRUE(discard());
  EXPECT_TRUE(discard());
  EXPECT_FALSE(discard());
  clock.advance(59s);
  EXPECT_FALSE(discard());
  clock.advance(1s);
  EXPECT_TRUE(discard());
  EXPECT_FALSE(discard());
}

TEST(Renewal, ThoseWhoComeWhileItIsFetchedShareTheOutcome) {
  const SystemClock clock;
  std::promise<void> begun, go;
  const std::shared_future<void> gate = go.get_future().share();
  std::atomic<int> fetches = 0;
  Numbers numbers(
      clock,
      [&](MonoTime) -> Expected<Numbers::Fresh> {
        if (++fetches == 1) begun.set_value();
        gate.wait();
        return fail(ErrorKind::unauthorized, "wrong password");
      },
      [](const Error&, int) { return Seconds{0}; });
  const auto ask = [&] { return numbers.get(MonoTime::max()).has_value(); };
  std::vector<std::future<bool>> callers;
  callers.push_back(std::async(std::launch::async, ask));
  begun.get_future().wait();
  std::atomic<int> arriving = 0;
  for (int i = 0; i < 8; ++i) {
    callers.push_back(std::async(std::launch::async, [&] {
      ++arriving;
      return ask();
    }));
  }
  while (arriving < 8) std::this_thread::yield();
  // Those that have not reached the lock yet would fetch for themselves: give them the time to.
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();
  go.set_value();
  for (auto& caller : callers) EXPECT_FALSE(caller.get());
  EXPECT_LT(fetches, 9);
}

}  // namespace
}  // namespace dbssd::cloud
