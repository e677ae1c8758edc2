#include "cloud/pace.h"

#include <gtest/gtest.h>

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

TEST(Pace, ANamedLimitIsTaken) {
  Pace pace(10);
  pace.refused(kStart, kStart, RateLimit{10, 60s}, 6s);
  EXPECT_DOUBLE_EQ(pace.per_second(), 10.0 / 60);
  EXPECT_EQ(pace.earliest(), kStart + 6s);
  EXPECT_LE(calls_in(pace, kStart, 60s), 10);
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

TEST(Pace, ItRecoversToWhatIsConfiguredAndNoFurther) {
  Pace pace(16);
  pace.refused(kStart, kStart, {}, {});
  pace.refused(kStart + 1s, kStart + 1s, {}, {});
  EXPECT_DOUBLE_EQ(pace.per_second(), 4);
  pace.take(kStart + 1s + 60s);
  EXPECT_NEAR(pace.per_second(), 8, 0.01);
  pace.take(kStart + 1s + 120s);
  EXPECT_NEAR(pace.per_second(), 16, 0.01);
  pace.take(kStart + 24h);
  EXPECT_DOUBLE_EQ(pace.per_second(), 16);
}

TEST(Pace, ANamedLimitHoldsForTenMinutes) {
  Pace pace(10);
  pace.refused(kStart, kStart, RateLimit{10, 60s}, {});
  pace.take(kStart + 600s);
  EXPECT_DOUBLE_EQ(pace.per_second(), 10.0 / 60);
  pace.take(kStart + 660s);
  EXPECT_NEAR(pace.per_second(), 20.0 / 60, 0.01);
}

}  // namespace
}  // namespace dbssd::cloud
