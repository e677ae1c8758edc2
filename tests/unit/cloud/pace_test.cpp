#include "cloud/pace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

namespace dbssd::cloud {
namespace {

using namespace std::chrono_literals;

constexpr MonoTime kStart{1000s};

/// How many calls leave within `span` of `from`, each as early as it may.
int calls_in(Pace& pace, MonoTime from, std::chrono::nanoseconds span) {
  int count = 0;
  for (MonoTime now = from; now < from + span; ++count) {
    now = std::max(now, pace.earliest());
    if (now >= from + span) break;
    pace.take(now);
  }
  return count;
}

TEST(Pace, TheFirstCallLeavesAtOnce) {
  Pace pace(10);
  EXPECT_LE(pace.earliest(), kStart);
}

TEST(Pace, CallsLeaveAtTheConfiguredRate) {
  Pace pace(10);
  EXPECT_EQ(calls_in(pace, kStart, 10s), 100);
}

TEST(Pace, ABurstOvershootsByATenthAtMost) {
  Pace pace(1000);
  pace.take(kStart);
  const int count = calls_in(pace, kStart + 1h, 1s);
  EXPECT_GE(count, 1000);
  EXPECT_LE(count, 1100);
}

TEST(Pace, IdlenessIsNotSavedUp) {
  Pace pace(10);
  EXPECT_EQ(calls_in(pace, kStart, 1s), 10);
  EXPECT_EQ(calls_in(pace, kStart + 1h, 1s), 10);
}

TEST(Pace, ARefusalHalvesTheRateAndPauses) {
  Pace pace(10);
  pace.take(kStart);
  pace.refused(kStart, kStart, {}, {});
  EXPECT_DOUBLE_EQ(pace.per_second(), 5);
  EXPECT_EQ(pace.earliest(), kStart + 1s);
}

TEST(Pace, RefusalsOfCallsThatLeftTogetherCountOnce) {
  Pace pace(10);
  for (int i = 0; i < 16; ++i) pace.take(kStart);
  for (int i = 0; i < 16; ++i) pace.refused(kStart, kStart + 100ms, {}, {});
  EXPECT_DOUBLE_EQ(pace.per_second(), 5);
  pace.refused(kStart + 200ms, kStart + 300ms, {}, {});
  EXPECT_DOUBLE_EQ(pace.per_second(), 2.5);
}

TEST(Pace, NineTenthsOfANamedLimitAreTaken) {
  Pace pace(10);
  pace.refused(kStart, kStart, RateLimit{10, 60s}, 60s);
  EXPECT_DOUBLE_EQ(pace.per_second(), 9.0 / 60);
  EXPECT_EQ(pace.earliest(), kStart + 60s);
  EXPECT_EQ(calls_in(pace, kStart, 119s), 9);
}

TEST(Pace, ANamedLimitAboveTheRateStillHalvesIt) {
  Pace pace(10);
  pace.refused(kStart, kStart, RateLimit{200, 1s}, {});
  EXPECT_DOUBLE_EQ(pace.per_second(), 5);
}

TEST(Pace, WhatTheServiceAsksForIsObeyed) {
  Pace pace(10);
  pace.refused(kStart, kStart, {}, 90s);
  EXPECT_EQ(pace.earliest(), kStart + 90s);
  pace.refused(kStart, kStart, {}, 10s);
  EXPECT_EQ(pace.earliest(), kStart + 90s) << "a shorter pause shortened a longer one";
}

TEST(Pace, ItNeverGetsSlowerThanACallAMinute) {
  Pace pace(1);
  MonoTime now = kStart;
  for (int i = 0; i < 50; ++i) pace.refused(now += 1s, now, {}, {});
  EXPECT_DOUBLE_EQ(pace.per_second(), 1.0 / 60);
}

TEST(Pace, ItGrowsEvenlyToWhatWasRefusedAndThenToWhatIsConfigured) {
  Pace pace(60);
  pace.refused(kStart, kStart, {}, {});
  pace.refused(kStart + 1s, kStart + 1s, {}, {});
  const MonoTime resumed = kStart + 2s;  // after the pause
  EXPECT_NEAR(pace.per_second(), 15, 0.1);
  pace.take(resumed + 200s);
  EXPECT_NEAR(pace.per_second(), 20, 0.1);
  pace.take(resumed + 400s);
  EXPECT_NEAR(pace.per_second(), 25, 0.1);
  pace.take(resumed + 600s);
  EXPECT_NEAR(pace.per_second(), 30, 0.1);
  pace.take(resumed + 700s);
  EXPECT_NEAR(pace.per_second(), 40, 0.1);
  pace.take(resumed + 800s);
  EXPECT_NEAR(pace.per_second(), 50, 0.1);
  pace.take(kStart + 24h);
  EXPECT_DOUBLE_EQ(pace.per_second(), 60) << "the configured rate is the ceiling";
}

TEST(Pace, IsSlowedFromARefusalOnUntilItHasItsRateAgain) {
  Pace pace(10);
  EXPECT_FALSE(pace.is_slowed(kStart));
  pace.refused(kStart, kStart, {}, {});
  EXPECT_TRUE(pace.is_slowed(kStart + 5min));
  EXPECT_FALSE(pace.is_slowed(kStart + 1h));
}

TEST(Pace, AnotherConfiguredRateIsNoReasonToForgetARefusal) {
  Pace pace(10);
  pace.allow(20);
  EXPECT_DOUBLE_EQ(pace.per_second(), 20);
  pace.refused(kStart, kStart, {}, {});
  pace.allow(40);
  EXPECT_DOUBLE_EQ(pace.per_second(), 10);
  pace.allow(5);
  EXPECT_DOUBLE_EQ(pace.per_second(), 5);
}

TEST(Pace, APauseIsNoReasonToGrow) {
  Pace pace(10);
  pace.refused(kStart, kStart, {}, 1h);
  pace.take(kStart + 1h);
  EXPECT_DOUBLE_EQ(pace.per_second(), 5);
}

TEST(Pace, ANamedLimitHoldsForTenMinutes) {
  Pace pace(10);
  pace.refused(kStart, kStart, RateLimit{10, 60s}, {});
  pace.take(kStart + 600s);
  EXPECT_DOUBLE_EQ(pace.per_second(), 9.0 / 60);
  pace.take(kStart + 660s);
  EXPECT_GT(pace.per_second(), 9.0 / 60);
  EXPECT_LT(pace.per_second(), 10.0 / 60);
}

/// A service with a limit of its own, in fixed windows in which refused calls count too.
struct Gateway {
  int limit = 0;
  Seconds window{1};
  bool names_it = false;

  [[nodiscard]] bool refuses(MonoTime now) {
    if (now - begin >= window) {
      begin = now;
      used = 0;
    }
    return ++used > limit;
  }

  MonoTime begin{};
  int used = 0;
};

struct Tally {
  int calls = 0;
  int refused = 0;
};

/// One call after the other, each as early as the pace lets it, for `span`.
Tally drive(Pace& pace, Gateway& gateway, MonoTime& now, Millis span) {
  Tally tally;
  for (const MonoTime end = now + span; true; ++tally.calls) {
    now = std::max(now, pace.earliest());
    if (now >= end) return tally;
    pace.take(now);
    if (!gateway.refuses(now)) continue;
    ++tally.refused;
    std::optional<RateLimit> named;
    if (gateway.names_it) named = RateLimit{gateway.limit, gateway.window};
    pace.refused(now, now, named, named ? std::optional<Millis>(gateway.window) : std::nullopt);
  }
}

TEST(Pace, OnceItHasAdaptedFewerThanTwoInAHundredCallsAreRefused) {
  for (Gateway gateway : {Gateway{5, 1s}, Gateway{40, 1s}, Gateway{5, 1s, true}, Gateway{10, 60s, true},
                          Gateway{1000, 1h, true}}) {
    SCOPED_TRACE(std::to_string(gateway.limit) + " in " + std::to_string(gateway.window.count()) + " s");
    Pace pace(50);
    MonoTime now = kStart;
    (void)drive(pace, gateway, now, 2h);
    const Seconds span = std::max<Seconds>(2h, gateway.window * 24);
    const Tally tally = drive(pace, gateway, now, span);
    const double allowed = gateway.limit * static_cast<double>(span / gateway.window);
    EXPECT_LT(tally.refused, tally.calls * 0.02);
    EXPECT_GT(tally.calls, allowed * 0.6) << "it gives way more than it has to";
  }
}

TEST(Pace, AGatewayThatThrottlesNoMoreGetsTheWholeRateAgain) {
  Gateway gateway{5, 1s};
  Pace pace(50);
  MonoTime now = kStart;
  (void)drive(pace, gateway, now, 1h);
  EXPECT_LT(pace.per_second(), 8);
  gateway.limit = 1000;
  (void)drive(pace, gateway, now, 20min);
  EXPECT_DOUBLE_EQ(pace.per_second(), 50);
}

}  // namespace
}  // namespace dbssd::cloud
