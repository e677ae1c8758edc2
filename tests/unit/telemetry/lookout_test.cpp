#include "telemetry/lookout.h"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>

#include "fakes/fake_clock.h"

namespace dbssd::telemetry {
namespace {

class LookoutTest : public testing::Test {
 protected:
  /// Asks, and waits until there is something to see.
  std::shared_ptr<const View> see(Lookout& lookout) {
    while (true) {
      if (auto view = lookout.ask()) return view;
      made_.acquire();
    }
  }
  Lookout make() {
    return Lookout(
        clock_,
        [this](const std::stop_token&) {
          clock_.advance(takes_);
          return View{std::to_string(++looks_)};
        },
        [this] { made_.release(); });
  }

  fakes::FakeClock clock_{Instant{}};
  std::atomic<Millis> takes_ = Millis{10};
  std::atomic<int> looks_ = 0;
  std::counting_semaphore<> made_{0};
};

TEST_F(LookoutTest, LooksOnlyWhenItIsAsked) {
  Lookout lookout = make();
  clock_.advance(std::chrono::hours{1});
  EXPECT_EQ(looks_, 0);
  EXPECT_EQ(lookout.ask(), nullptr);
  EXPECT_EQ(see(lookout)->status, "1");
}

TEST_F(LookoutTest, ShowsAViewForFiveSeconds) {
  Lookout lookout = make();
  see(lookout);
  clock_.advance(Lookout::kFresh - Millis{1});
  EXPECT_EQ(lookout.ask()->status, "1");
  clock_.advance(Millis{1});
  EXPECT_EQ(see(lookout)->status, "2");
}

TEST_F(LookoutTest, SpendsAHundredthOfTheTime) {
  takes_ = Millis{200};
  Lookout lookout = make();
  see(lookout);
  clock_.advance(Seconds{20} - Millis{1});
  EXPECT_EQ(lookout.ask()->status, "1");
  clock_.advance(Millis{1});
  EXPECT_EQ(see(lookout)->status, "2");
}

TEST_F(LookoutTest, ShowsTheFormerViewMeanwhileWhereALookTakesLong) {
  takes_ = Seconds{5};
  Lookout lookout = make();
  see(lookout);
  clock_.advance(Lookout::kStale);
  EXPECT_EQ(lookout.ask()->status, "1");
  made_.acquire();
  EXPECT_EQ(lookout.ask()->status, "2");
}

TEST_F(LookoutTest, EndsALookThatIsUnderWay) {
  std::binary_semaphore begun{0};
  bool told = false;
  {
    Lookout lookout(
        clock_,
        [&](const std::stop_token& stop) {
          begun.release();
          while (!stop.stop_requested()) std::this_thread::yield();
          told = true;
          return View{};
        },
        [] {});
    EXPECT_EQ(lookout.ask(), nullptr);
    begun.acquire();
    lookout.stop();
  }
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace dbssd::telemetry
