#include "engine/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <semaphore>
#include <thread>

namespace dbssd::engine {
namespace {

TEST(Workers, RunEveryJobOnce) {
  constexpr int kJobs = 2000;
  std::atomic<int> ran = 0;
  std::latch done(kJobs);
  Workers workers(4);
  for (int i = 0; i < kJobs; ++i)
    workers.submit([&] {
      ++ran;
      done.count_down();
    });
  done.wait();
  EXPECT_EQ(ran, kJobs);
}

TEST(Workers, RunAsManyAtOnceAsAreAllowedAndNoMore) {
  constexpr int kMost = 3;
  std::latch all_inside(kMost);
  std::counting_semaphore<> leave(0);
  std::latch done(2 * kMost);
  std::atomic<int> inside = 0, most_inside = 0;
  Workers workers(kMost);
  for (int i = 0; i < 2 * kMost; ++i)
    workers.submit([&, i] {
      const int now = ++inside;
      int most = most_inside;
      while (most < now && !most_inside.compare_exchange_weak(most, now)) {
      }
      if (i < kMost) all_inside.count_down();
      leave.acquire();
      --inside;
      done.count_down();
    });
  all_inside.wait();  // for ever, were there fewer
  leave.release(2 * kMost);
  done.wait();
  EXPECT_EQ(most_inside, kMost);
}

TEST(Workers, OfOneThreadKeepTheOrderOfSubmission) {
  std::vector<int> order;
  std::latch done(100);
  Workers workers(1);
  for (int i = 0; i < 100; ++i)
    workers.submit([&, i] {
      order.push_back(i);
      done.count_down();
    });
  done.wait();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(Workers, CanBeAllowedMoreLater) {
  std::latch both_inside(2);
  Workers workers(1);
  workers.allow(2);
  for (int i = 0; i < 2; ++i) workers.submit([&] { both_inside.arrive_and_wait(); });
  both_inside.wait();  // for ever, were there one thread
}

TEST(Workers, GoneDropWhatHasNotBegunAndWaitForWhatHas) {
  std::binary_semaphore begun(0), leave(0);
  bool ended = false, dropped_ran = false;
  {
    Workers workers(1);
    workers.submit([&] {
      begun.release();
      leave.acquire();
      ended = true;
    });
    begun.acquire();
    // The first job ends when the second is dropped: for ever, were it not.
    std::shared_ptr<void> at_drop(nullptr, [&](void*) { leave.release(); });
    workers.submit([&dropped_ran, owned = std::move(at_drop)] { dropped_ran = true; });
  }
  EXPECT_TRUE(ended);
  EXPECT_FALSE(dropped_ran);
}

TEST(Workers, GoneWithoutAJobJustGo) { Workers workers(8); }

TEST(Workers, LeaveWhenThereWasNothingToDoForAWhileAndComeBack) {
  Workers workers(4, {.stay = Millis{1}});
  for (int round = 0; round < 3; ++round) {
    std::latch together(4);
    for (int i = 0; i < 4; ++i) workers.submit([&] { together.arrive_and_wait(); });
    together.wait();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (workers.threads() > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_EQ(workers.threads(), 0U);
  }
}

}  // namespace
}  // namespace dbssd::engine
