// Questions, looks and a stop, in every order.
#include "telemetry/lookout.h"

#include <gtest/gtest.h>

#include <latch>
#include <new>
#include <set>
#include <string>

#include "interleaving/explore.h"

namespace dbssd::telemetry {
namespace {

using interleaving::explore;

TEST(LookoutInEveryOrder, AQuestionIsAnsweredOrStopped) {
  std::set<int> looks;
  explore([&] {
    SystemClock clock;
    int looked = 0;
    {
      Lookout lookout(
          clock, [&](const std::stop_token&) { return View{.status = std::to_string(++looked)}; }, [] {});
      std::jthread asks([&] {
        if (const auto view = lookout.ask()) {
          EXPECT_EQ(view->status, "1");
        }
      });
      (void)lookout.ask();
      lookout.stop();
    }
    looks.insert(looked);
  });
  EXPECT_EQ(looks, (std::set<int>{0, 1}));
}

TEST(LookoutInEveryOrder, WithoutAThreadTheAnswerIsAFailureAndTheNextQuestionAsksAgain) {
  explore([] {
    interleaving::grant_threads(0);
    SystemClock clock;
    std::latch made(1);
    Lookout lookout(
        clock, [](const std::stop_token&) { return View{.status = "seen"}; }, [&] { made.count_down(); });
    const auto failed = lookout.ask();
    ASSERT_TRUE(failed);
    EXPECT_NE(failed->failure.find("grants no thread"), std::string::npos);
    interleaving::grant_threads(1);
    (void)lookout.ask();
    made.wait();
    ASSERT_TRUE(lookout.ask());
    EXPECT_EQ(lookout.ask()->status, "seen");
  });
}

TEST(LookoutInEveryOrder, ALookThatThrowsIsAFailureAndNotTheEnd) {
  explore([] {
    SystemClock clock;
    std::latch made(1);
    Lookout lookout(
        clock, [](const std::stop_token&) -> View { throw std::bad_alloc(); }, [&] { made.count_down(); });
    (void)lookout.ask();
    made.wait();
    ASSERT_TRUE(lookout.ask());
    EXPECT_FALSE(lookout.ask()->failure.empty());
  });
}

}  // namespace
}  // namespace dbssd::telemetry
