#include "engine/rhythm.h"

#include <gtest/gtest.h>

namespace dbssd::engine {
namespace {

constexpr MonoTime kEnded{Seconds{100}};
constexpr Millis kAtOnce{0};

policy::Limits limits(int per_second, int in_flight) {
  policy::Limits limits;
  limits.requests_per_second = per_second;
  limits.in_flight = in_flight;
  return limits;
}

TEST(Rhythm, HandsOverSomeCallsPerWorkerAndHalfASecondOfAFastProject) {
  EXPECT_EQ(Rhythm(limits(10, 16)).room(0), 64U);
  EXPECT_EQ(Rhythm(limits(1000, 16)).room(0), 500U);
  EXPECT_EQ(Rhythm(limits(1000, 1)).room(0), 32U) << "what is queued has its intent on disk";
}

TEST(Rhythm, HandsOverWhatIsNotUnderWay) {
  const Rhythm rhythm(limits(10, 16));
  EXPECT_EQ(rhythm.room(60), 4U);
  EXPECT_EQ(rhythm.room(64), 0U);
  EXPECT_EQ(rhythm.room(500), 0U) << "a reload can lower it";
}

TEST(Rhythm, RestsForAMultipleOfWhatItTookToPlan) {
  Rhythm rhythm(limits(10, 16));
  rhythm.turned(kEnded, Millis{3}, 64, 1, 1);
  EXPECT_EQ(rhythm.rests_until(), kEnded + Millis{60});
}

TEST(Rhythm, RestsNoLongerThanASecond) {
  Rhythm rhythm(limits(10, 16));
  rhythm.turned(kEnded, Seconds{5}, 64, 1, 1);
  EXPECT_EQ(rhythm.rests_until(), kEnded + Seconds{1});
}

TEST(Rhythm, IsInNoHurryWhereNothingMoreIsDue) {
  Rhythm rhythm(limits(10, 16));
  rhythm.turned(kEnded, kAtOnce, 64, 63, 64);
  EXPECT_GT(rhythm.enough(), 64U);
}

TEST(Rhythm, ThinksBeforeItsWorkersRunOut) {
  Rhythm rhythm(limits(1000, 16));
  rhythm.turned(kEnded, kAtOnce, 500, 500, 500);
  EXPECT_EQ(rhythm.enough(), 468U) << "two calls for each worker are left";
  rhythm.turned(kEnded, kAtOnce, 0, 0, 20);
  EXPECT_EQ(rhythm.enough(), 1U);
}

TEST(Rhythm, TakesUpOtherLimits) {
  Rhythm rhythm(limits(10, 16));
  rhythm.allow(limits(10, 2));
  EXPECT_EQ(rhythm.room(0), 8U);
}

}  // namespace
}  // namespace dbssd::engine
