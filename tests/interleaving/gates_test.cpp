// What lets calls through, one at a time or so many, under every order of those who come.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <stop_token>
#include <thread>
#include <vector>

#include "cloud/api_paces.h"
#include "cloud/probation.h"
#include "cloud/throttle.h"
#include "interleaving/explore.h"

namespace dbssd::cloud {
namespace {

using namespace std::chrono_literals;
using interleaving::explore;

TEST(ProbationInEveryOrder, OneCallTriesWhileTheOthersWaitAndAllGetThrough) {
  explore(
      [] {
        SystemClock clock;
        Probation probation(clock, {.most_refusals = 9, .first_hold = 60s, .ever_alone = true});
        int trying = 0;
        const auto call = [&](Outcome outcome) {
          ASSERT_TRUE(probation.enter(MonoTime::max()));
          EXPECT_EQ(++trying, 1);
          interleaving::yield();
          --trying;
          (void)probation.conclude(outcome);
        };
        std::jthread a([&] { call(Outcome::admitted); });
        std::jthread b([&] { call(Outcome::refused); });
        std::jthread c([&] { call(Outcome::unclear); });
      },
      {.spurious_wakes = true});
}

TEST(ProbationInEveryOrder, ARefusalHoldsThoseWhoWaited) {
  std::set<int> let_in;
  explore([&] {
    SystemClock clock;
    Probation probation(clock, {.most_refusals = 1, .first_hold = 60s});
    int entered = 0;
    {
      const auto call = [&] {
        const auto way = probation.enter(MonoTime::max());
        if (!way) {
          EXPECT_EQ(way.error().kind, ErrorKind::unauthorized);
          return;
        }
        ++entered;
        (void)probation.conclude(Outcome::refused);
      };
      std::jthread a(call), b(call), c(call);
    }
    let_in.insert(entered);
  });
  EXPECT_EQ(let_in, std::set<int>{1});
}

TEST(ProbationInEveryOrder, WhoIsCancelledOrOutOfTimeGoes) {
  explore([] {
    SystemClock clock;
    Probation probation(clock, {.most_refusals = 1, .first_hold = 60s});
    ASSERT_TRUE(probation.enter(MonoTime::max()));  // and it is not concluded before both have gone
    std::stop_source cancel;
    {
      std::jthread cancelled([&] { EXPECT_FALSE(probation.enter({MonoTime::max(), cancel.get_token()})); });
      std::jthread late([&] { EXPECT_FALSE(probation.enter(clock.now().mono + 1s)); });
      cancel.request_stop();
    }
    (void)probation.conclude(Outcome::unclear);
  });
}

TEST(ThrottleInEveryOrder, NeverMoreThanTheBoundAreInsideAndEachGetsIn) {
  explore(
      [] {
        SystemClock clock;
        Throttle gate(clock, 1'000'000, 1);
        int inside = 0;
        const auto call = [&] {
          const auto pass = gate.enter(clock.now().mono + 24h);
          if (!pass) return;  // its time ran out, which it may at once
          EXPECT_EQ(++inside, 1);
          interleaving::yield();
          --inside;
        };
        std::jthread a(call), b(call), c(call);
      },
      {.spurious_wakes = true});
}

TEST(ThrottleInEveryOrder, NobodyIsForgottenWhenOneBeforeHimIsCancelled) {
  explore([] {
    SystemClock clock;
    Throttle gate(clock, 1'000'000, 1);
    std::stop_source cancel;
    auto held = std::make_unique<Expected<Throttle::Pass>>(gate.enter(MonoTime::max()));
    ASSERT_TRUE(*held);
    std::jthread first([&] { (void)gate.enter({MonoTime::max(), cancel.get_token()}); });
    std::jthread second([&] { EXPECT_TRUE(gate.enter(MonoTime::max())); });
    cancel.request_stop();
    held.reset();
  });
}

/// Clients of one user, to whom a call was refused: one leaves in a second.
struct Slowed {
  SystemClock clock;
  std::shared_ptr<ApiPaces> paces = std::make_shared<ApiPaces>(clock);
  ApiPaces::Member many{paces, 1, 3};
  ApiPaces::Member one{paces, 1, 3};
  MonoTime begun = clock.now().mono;
  Slowed() { many.refused("create report", begun, {ErrorKind::throttled, {}, {}, {}, 0}); }
  bool enter(ApiPaces::Member& who) { return who.enter("create report", MonoTime::max()).has_value(); }
};

TEST(ApiPacesInEveryOrder, EachWhoWaitsLeavesAndNoneSoonerThanThePaceHasIt) {
  explore([] {
    Slowed slowed;
    int left = 0;
    {
      const auto call = [&] {
        EXPECT_TRUE(slowed.enter(slowed.many));
        ++left;
      };
      std::jthread a(call), b(call), c(call);
    }
    EXPECT_EQ(left, 3);
    EXPECT_GE(slowed.clock.now().mono - slowed.begun, 2990ms)
        << "hardly faster than one a second, from a second on";
  });
}

TEST(ApiPacesInEveryOrder, TheBacklogOfAClientDelaysTheCallOfAnotherByOneTurn) {
  explore(
      [] {
        Slowed slowed;
        std::vector<char> left;
        std::size_t gone = 0;
        {
          const auto call = [&] {
            EXPECT_TRUE(slowed.enter(slowed.many));
            left.push_back('m');
          };
          std::jthread a(call), b(call), c(call);
          std::this_thread::sleep_for(1ms);  // they wait
          gone = left.size();
          EXPECT_TRUE(slowed.enter(slowed.one));
          left.push_back('o');
        }
        const auto place = std::ranges::find(left, 'o') - left.begin();
        EXPECT_LE(place, static_cast<std::ptrdiff_t>(gone) + 1);
      },
      {.preemptions = 0});
}

TEST(ApiPacesInEveryOrder, WhoIsCancelledLeavesHisTurnToTheNext) {
  explore([] {
    Slowed slowed;
    std::stop_source cancel;
    std::jthread first([&] {
      (void)slowed.many.enter("create report", {MonoTime::max(), cancel.get_token()});
    });
    std::jthread second([&] { EXPECT_TRUE(slowed.enter(slowed.one)); });
    cancel.request_stop();
  });
}

}  // namespace
}  // namespace dbssd::cloud
