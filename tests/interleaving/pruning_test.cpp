// The thread that removes old records: wishes, work and a stop, in every order.
#include "engine/pruning.h"

#include <gtest/gtest.h>

#include <mutex>
#include <vector>

#include "fakes/memory_journal.h"
#include "fakes/recording_sink.h"
#include "interleaving/explore.h"

namespace dbssd::engine {
namespace {

using namespace std::chrono_literals;
using interleaving::explore;

/// Notes what it is asked for, and has a lock to do so, as a journal has.
struct Noted final : fakes::MemoryJournal {
  Expected<std::size_t> prune(Instant before, const std::stop_token&) override {
    const std::scoped_lock lock(mutex);
    asked.push_back(before);
    return std::size_t{0};
  }
  std::mutex mutex;
  std::vector<Instant> asked;
};

struct Bench {
  Noted journal;
  fakes::RecordingSink events;
  Pruning pruning{journal, events, nullptr};

  void stop_and_wait() {
    pruning.stop();
    while (!pruning.has_ended()) std::this_thread::sleep_for(1s);
  }
};

Instant at(int hour) { return Instant{std::chrono::hours{hour}}; }

TEST(PruningInEveryOrder, TheNewestWishIsServedAndAStopEndsIt) {
  explore([] {
    Bench bench;
    EXPECT_TRUE(bench.pruning.begin(at(2), 1h));
    EXPECT_TRUE(bench.pruning.begin(at(3), 1h));
    const auto is_served = [&] {
      const std::scoped_lock lock(bench.journal.mutex);
      return !bench.journal.asked.empty() && bench.journal.asked.back() == at(2);
    };
    while (!is_served()) std::this_thread::sleep_for(1s);
    EXPECT_LE(bench.journal.asked.size(), 2U);
    bench.stop_and_wait();
  });
}

TEST(PruningInEveryOrder, AStopIsHeardWheneverItComes) {
  explore([] {
    Bench bench;
    EXPECT_TRUE(bench.pruning.begin(at(2), 1h));
    bench.stop_and_wait();
    EXPECT_LE(bench.journal.asked.size(), 1U);
  });
}

TEST(PruningInEveryOrder, WithoutAThreadTheWishIsMadeAgain) {
  explore([] {
    interleaving::grant_threads(0);
    Bench bench;
    EXPECT_FALSE(bench.pruning.begin(at(2), 1h));
    EXPECT_TRUE(bench.pruning.has_ended());
    interleaving::grant_threads(1);
    EXPECT_TRUE(bench.pruning.begin(at(2), 1h));
    bench.stop_and_wait();
  });
}

}  // namespace
}  // namespace dbssd::engine
