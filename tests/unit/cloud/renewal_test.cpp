#include "cloud/renewal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <new>
#include <stop_token>
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
        [this](const Patience&) -> Expected<Numbers::Fresh> {
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

/// Eight callers at once; how many of them got something.
int ask_together(Numbers& numbers, std::promise<void>& go) {
  std::atomic<int> arriving = 0;
  std::vector<std::future<bool>> callers;
  for (int i = 0; i < 8; ++i) {
    callers.push_back(std::async(std::launch::async, [&] {
      ++arriving;
      return numbers.get(MonoTime::max()).has_value();
    }));
  }
  while (arriving < 8) std::this_thread::yield();
  go.set_value();
  return static_cast<int>(std::ranges::count_if(callers, [](auto& caller) { return caller.get(); }));
}

TEST(Renewal, CallersTogetherFetchOnceAndShareTheOutcome) {
  const SystemClock clock;
  for (const bool failing : {false, true}) {
    std::promise<void> go;
    std::atomic<int> fetches = 0;
    Numbers numbers(
        clock,
        [&, gate = go.get_future().share()](const Patience&) -> Expected<Numbers::Fresh> {
          ++fetches;
          gate.wait();
          if (failing) return fail(ErrorKind::unauthorized, "wrong password");
          return Numbers::Fresh{1, MonoTime::max(), MonoTime::max()};
        },
        [](const Error&, int) { return Seconds{60}; });
    EXPECT_EQ(ask_together(numbers, go), failing ? 0 : 8);
    EXPECT_EQ(fetches, 1);
  }
}

/// A fetch that does not come back before the test ends.
class RenewalThatHangs : public testing::Test {
 protected:
  ~RenewalThatHangs() override { gate.set_value(); }

  std::future<Expected<Numbers::Current>> get(Patience patience) {
    return std::async(std::launch::async, [this, patience] { return numbers.get(patience); });
  }

  const SystemClock clock{};
  std::promise<void> begun, gate;
  Numbers numbers{clock,
                  [this](const Patience&) -> Expected<Numbers::Fresh> {
                    begun.set_value();
                    gate.get_future().wait();
                    return fail(ErrorKind::not_sent, "unreachable");
                  },
                  [](const Error&, int) { return Seconds{60}; }};
  std::future<Expected<Numbers::Current>> fetching = get(MonoTime::max());
};

TEST_F(RenewalThatHangs, KeepsNobodyBeyondHisOwnDeadline) {
  begun.get_future().wait();
  const auto waited = get(clock.now().mono + 1ms).get();
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().kind, ErrorKind::not_sent);
}

TEST_F(RenewalThatHangs, KeepsNobodyWhoIsCancelled) {
  begun.get_future().wait();
  std::stop_source cancel;
  auto waiting = get({MonoTime::max(), cancel.get_token()});
  cancel.request_stop();
  const auto waited = waiting.get();
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().message, "cancelled");
}

TEST_F(RenewalTest, AFetchThatThrowsIsAFailureAndTheNextOneIsMade) {
  bool throws = true;
  Numbers numbers(
      clock,
      [&](const Patience&) -> Expected<Numbers::Fresh> {
        if (throws) throw std::bad_alloc();
        return Numbers::Fresh{7, MonoTime::max(), MonoTime::max()};
      },
      [](const Error&, int) { return Seconds{0}; });
  const auto first = numbers.get(clock.now().mono + 1s);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, ErrorKind::not_sent);
  throws = false;
  EXPECT_EQ(value(numbers), 7);
}

}  // namespace
}  // namespace dbssd::cloud
