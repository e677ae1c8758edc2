// A lane with its workers: what is left for it, a call under way and a stop, in every order.
#include "engine/lane_thread.h"

#include <gtest/gtest.h>

#include <stop_token>
#include <vector>

#include "interleaving/explore.h"
#include "unit/engine/engine_bench.h"

namespace dbssd::engine {
namespace {

using namespace std::chrono_literals;
using interleaving::explore;

struct Watch final : ThreadWatch {
  void refused(std::string_view purpose, const std::error_code&) noexcept override {
    refusals.emplace_back(purpose);
  }
  void failed(std::string_view purpose, std::string_view) noexcept override {
    failures.emplace_back(purpose);
  }
  std::vector<std::string> refusals;
  std::vector<std::string> failures;
};

/// A project of which nothing is wanted but its list.
struct Bench : EngineBench {
  Bench() { policy.projects.front().limits.in_flight = 1; }

  std::unique_ptr<LaneThread> lane() {
    const Ports all{.clock = clock,
                    .journal = journal,
                    .events = events,
                    .zones = zones,
                    .clients = {},
                    .threads = &watch};
    auto loaded = std::make_unique<Lane>(all, current_policy(), 0, Mode::act);
    EXPECT_TRUE(loaded->load());
    return std::make_unique<LaneThread>(all, std::move(loaded), client);
  }
  Watch watch;
  std::shared_ptr<HollowCloud> client = std::make_shared<HollowCloud>();
};

TEST(LaneThreadInEveryOrder, AStopEndsItWhateverIsUnderWay) {
  explore(
      [] {
        Bench bench;
        const auto lane = bench.lane();
        ASSERT_TRUE(lane->begin());
        lane->clock_jumped();
        lane->stop();
        while (!lane->has_ended()) std::this_thread::sleep_for(1s);
        EXPECT_TRUE(bench.watch.failures.empty());
      },
      {.preemptions = 1});
}

TEST(LaneThreadInEveryOrder, ItsCallsWaitForThreadsAndAreMadeWhenTheyAreGranted) {
  explore(
      [] {
        Bench bench;
        int calls = 0;
        bench.client->answer = [&] {
          ++calls;
          return Expected<void>{};
        };
        const auto lane = bench.lane();
        interleaving::grant_threads(1);  // the lane's own
        ASSERT_TRUE(lane->begin());
        while (bench.watch.refusals.empty()) std::this_thread::sleep_for(1s);
        EXPECT_EQ(bench.watch.refusals.front(), "a worker of prod");
        EXPECT_EQ(calls, 0);
        interleaving::grant_threads(1);
        while (calls == 0) std::this_thread::sleep_for(1s);
        lane->stop();
      },
      {.preemptions = 0});
}

TEST(LaneThreadInEveryOrder, OneWithoutAThreadHasNotBegunAndHasEnded) {
  explore([] {
    Bench bench;
    const auto lane = bench.lane();
    interleaving::grant_threads(0);
    EXPECT_FALSE(lane->begin());
    EXPECT_FALSE(lane->has_begun());
    EXPECT_TRUE(lane->has_ended());
    EXPECT_EQ(bench.watch.refusals, std::vector<std::string>{"the lane of prod"});
  });
}

}  // namespace
}  // namespace dbssd::engine
