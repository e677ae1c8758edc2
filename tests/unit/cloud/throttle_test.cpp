#include "cloud/throttle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stop_token>
#include <thread>
#include <vector>

#include "fakes/fake_clock.h"

namespace dbssd::cloud {
namespace {

using namespace std::chrono_literals;

class ThrottleTest : public testing::Test {
 protected:
  MonoTime in(Millis span) const { return clock.now().mono + span; }
  fakes::FakeClock clock{*parse_utc("2025-01-01T00:00:00Z")};
};

/// Enters on a thread of its own; the entry is over when it has given its place back.
std::future<bool> enter_elsewhere(Throttle& gate, const Patience& patience) {
  return std::async(std::launch::async, [&gate, patience] { return gate.enter(patience).has_value(); });
}

TEST_F(ThrottleTest, PlacesAreTakenUntilThereIsNone) {
  Throttle gate(clock, 1000, 2);
  const auto first = gate.enter(in(1s));
  const auto second = gate.enter(in(1s));
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  const auto third = gate.enter(in(0s));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::throttled);
}

TEST_F(ThrottleTest, APlaceGivenBackIsTakenByTheOneThatWaits) {
  Throttle gate(clock, 1000, 1);
  auto held = std::make_unique<Expected<Throttle::Pass>>(gate.enter(in(1h)));
  auto waiting = enter_elsewhere(gate, in(1h));
  held.reset();
  EXPECT_TRUE(waiting.get());
}

TEST_F(ThrottleTest, ATurnThatCannotComeInTimeIsRefusedAtOnce) {
  Throttle gate(clock, 1, 16);
  ASSERT_TRUE(gate.enter(in(1s)));
  const auto second = gate.enter(in(500ms));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::throttled);
  EXPECT_EQ(second.error().retry_after, 1s);
}

TEST_F(ThrottleTest, TimeBringsTheNextTurn) {
  Throttle gate(clock, 1, 16);
  ASSERT_TRUE(gate.enter(in(1s)));
  clock.advance(1s);
  EXPECT_TRUE(gate.enter(in(0s) + 1ms));
}

TEST_F(ThrottleTest, WhoIsCancelledIsWokenAndLetInNoMore) {
  Throttle gate(clock, 1000, 1);
  std::stop_source cancel;
  const Patience patience{in(1h), cancel.get_token()};
  const auto held = gate.enter(in(1h));
  std::vector<std::future<bool>> waiting;
  for (int i = 0; i < 4; ++i) waiting.push_back(enter_elsewhere(gate, patience));
  cancel.request_stop();
  for (auto& one : waiting) EXPECT_FALSE(one.get());
  const auto late = gate.enter(patience);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::not_sent);
}

TEST_F(ThrottleTest, NeverMoreThanTheBoundAreInside) {
  const SystemClock real;
  Throttle gate(real, 1'000'000, 3);
  std::atomic<int> inside = 0, most = 0, done = 0;
  std::vector<std::jthread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (int call = 0; call < 200; ++call) {
        const auto pass = gate.enter(real.now().mono + 1min);
        if (!pass) continue;
        const int now = ++inside;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        --inside;
        ++done;
      }
    });
  }
  callers.clear();
  EXPECT_LE(most, 3);
  EXPECT_EQ(done, 1600);
}

}  // namespace
}  // namespace dbssd::cloud
