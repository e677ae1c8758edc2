#include "engine/clock_watch.h"

#include <gtest/gtest.h>

#include "fakes/fake_clock.h"

namespace dbssd::engine {
namespace {

using fakes::FakeClock;
using std::chrono::hours;

class ClockWatchTest : public testing::Test {
 protected:
  FakeClock clock{Instant{hours{480'000}}};
  ClockWatch watch{clock.now()};
};

TEST_F(ClockWatchTest, SaysNothingWhileBothClocksRunAlike) {
  for (const Millis step : {Millis{0}, Millis{1}, Millis{Seconds{30}}, Millis{hours{1000}}}) {
    clock.advance(step);
    EXPECT_EQ(watch.step(clock.now()), std::nullopt) << step.count();
  }
}

TEST_F(ClockWatchTest, TellsByHowMuchTheWallClockWasSet) {
  struct Row {
    Millis set_by;
    std::optional<Millis> jump;
  };
  for (const Row& row : {Row{hours{1}, hours{1}}, Row{-hours{1}, -hours{1}}, Row{Millis{2001}, Millis{2001}},
                         Row{Millis{2000}, std::nullopt}, Row{Millis{-2000}, std::nullopt},
                         Row{Millis{-2001}, Millis{-2001}}}) {
    clock.advance(Seconds{30});
    clock.step(row.set_by);
    EXPECT_EQ(watch.step(clock.now()), row.jump) << row.set_by.count();
  }
}

TEST_F(ClockWatchTest, TellsOfAJumpOnce) {
  clock.step(hours{1});
  EXPECT_TRUE(watch.step(clock.now()));
  clock.advance(Seconds{30});
  EXPECT_EQ(watch.step(clock.now()), std::nullopt);
}

TEST_F(ClockWatchTest, TakesASuspendForAJumpForward) {
  clock.suspend(hours{8});
  EXPECT_EQ(watch.step(clock.now()), hours{8});
}

TEST_F(ClockWatchTest, DoesNotAddUpWhatIsSlewed) {
  for (int i = 0; i < 1000; ++i) {
    clock.advance(Seconds{30});
    clock.step(Millis{15});
    ASSERT_EQ(watch.step(clock.now()), std::nullopt);
  }
}

}  // namespace
}  // namespace dbssd::engine
