// A cycle by itself: its calls, their answers and a stop, in every order.
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "interleaving/explore.h"
#include "unit/engine/engine_bench.h"

namespace dbssd::engine {
namespace {

using interleaving::explore;

/// A project of which nothing is wanted but its list.
struct Bench : EngineBench {
  Bench() { policy.projects.front().limits.in_flight = 1; }

  Expected<CycleReport> run(const std::function<bool()>& stop) {
    Ports all = ports([this](const policy::Project&,
                             const cloud::NoticeSink&) -> Expected<std::unique_ptr<cloud::CloudApi>> {
      auto made = std::make_unique<HollowCloud>();
      made->answer = [this] {
        ++calls;
        return Expected<void>{};
      };
      return made;
    });
    return run_cycle(all, current_policy(), Mode::act, stop);
  }
  int calls = 0;
};

TEST(CycleInEveryOrder, EndsWhenItsAnswersAreThere) {
  explore(
      [] {
        Bench bench;
        const auto report = bench.run([] { return false; });
        ASSERT_TRUE(report);
        EXPECT_EQ(bench.calls, 1);
        EXPECT_EQ(report->projects.front().failures, 0U);
      },
      {.preemptions = 1});
}

TEST(CycleInEveryOrder, EndsAtAStopWhateverIsUnderWay) {
  explore(
      [] {
        Bench bench;
        EXPECT_TRUE(bench.run([] { return true; }));
        EXPECT_LE(bench.calls, 1);
      },
      {.preemptions = 1});
}

TEST(CycleInEveryOrder, MakesItsCallsItselfWhereThereIsNoThread) {
  for (const int granted : {0, 1}) {
    explore(
        [granted] {
          interleaving::grant_threads(granted);
          Bench bench;
          EXPECT_TRUE(bench.run([] { return false; }));
          EXPECT_EQ(bench.calls, 1);
        },
        {.preemptions = 0});
  }
}

}  // namespace
}  // namespace dbssd::engine
