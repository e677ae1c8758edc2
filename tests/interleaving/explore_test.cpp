// That the orders are all there are: what depends on one is found.
#include "interleaving/explore.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

namespace dbssd::interleaving {
namespace {

using namespace std::chrono_literals;

/// Each thread writes its letter, once with the lock and once more; all words that can come of it.
std::set<std::string> words(int preemptions) {
  std::set<std::string> all;
  explore(
      [&] {
        std::mutex mutex;
        std::string word;
        const auto write = [&](char letter) {
          for (int i = 0; i < 2; ++i) {
            const std::lock_guard lock(mutex);
            word += letter;
          }
        };
        {
          std::jthread a([&] { write('a'); });
          std::jthread b([&] { write('b'); });
        }
        all.insert(word);
      },
      {.preemptions = preemptions});
  return all;
}

TEST(Explore, FindsEveryOrderOfTwoThreads) {
  EXPECT_EQ(words(4), (std::set<std::string>{"aabb", "abab", "abba", "baab", "baba", "bbaa"}));
}

TEST(Explore, MakesAThreadWaitNoOftenerThanItIsAllowedTo) {
  EXPECT_EQ(words(0), (std::set<std::string>{"aabb", "bbaa"}));
}

/// The order in which a number is read and written by two threads that add one each.
TEST(Explore, FindsTheUpdateThatIsLost) {
  std::set<int> sums;
  explore([&] {
    std::mutex mutex;
    int sum = 0;
    const auto add = [&] {
      const int before = [&] {
        const std::lock_guard lock(mutex);
        return sum;
      }();
      const std::lock_guard lock(mutex);
      sum = before + 1;
    };
    {
      std::jthread a(add);
      std::jthread b(add);
    }
    sums.insert(sum);
  });
  EXPECT_EQ(sums, (std::set<int>{1, 2}));
}

TEST(Explore, LetsAWaitRunOutOrNot) {
  std::set<bool> came;
  explore([&] {
    std::mutex mutex;
    std::condition_variable changed;
    bool there = false;
    std::jthread other([&] {
      const std::lock_guard lock(mutex);
      there = true;
      changed.notify_one();
    });
    std::unique_lock lock(mutex);
    came.insert(changed.wait_for(lock, 1h, [&] { return there; }));
  });
  EXPECT_EQ(came, (std::set<bool>{false, true}));
}

TEST(Explore, WakesEitherOfTwoThatWait) {
  std::set<int> first;
  explore([&] {
    std::mutex mutex;
    std::condition_variable changed;
    int tokens = 0;
    std::optional<int> woken;
    const auto take = [&](int who) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return tokens > 0; });
      --tokens;
      if (!woken) woken = who;
    };
    {
      std::jthread a([&] { take(1); });
      std::jthread b([&] { take(2); });
      for (int i = 0; i < 2; ++i) {
        const std::lock_guard lock(mutex);
        ++tokens;
        changed.notify_one();
      }
    }
    first.insert(*woken);
  });
  EXPECT_EQ(first, (std::set<int>{1, 2}));
}

TEST(Explore, KnowsWhatWaitsForAValueAndForAStop) {
  std::set<bool> stopped;
  explore([&] {
    std::mutex mutex;
    std::condition_variable_any changed;
    bool there = false;
    std::latch begun(1);
    std::jthread waiting([&](const std::stop_token& stop) {
      begun.count_down();
      std::unique_lock lock(mutex);
      stopped.insert(!changed.wait(lock, stop, [&] { return there; }));
    });
    std::jthread other([&] {
      const std::lock_guard lock(mutex);
      there = true;
      changed.notify_one();
    });
    begun.wait();
    waiting.request_stop();
  });
  EXPECT_EQ(stopped, (std::set<bool>{false, true}));
}

}  // namespace
}  // namespace dbssd::interleaving
