// The pool under every order of those who submit, work and leave, and on a host that grants few threads.
#include "engine/workers.h"

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <set>

#include "cli/at_once.h"
#include "interleaving/explore.h"

namespace dbssd::engine {
namespace {

using namespace std::chrono_literals;
using interleaving::explore;

/// Counts what it is told.
struct Watch final : ThreadWatch {
  void refused(std::string_view, const std::error_code&) noexcept override { ++refusals; }
  void failed(std::string_view, std::string_view) noexcept override { ++failures; }
  int refusals = 0;
  int failures = 0;
};

TEST(WorkersInEveryOrder, EachJobRunsOnceThoughTheThreadsLeave) {
  explore([] {
    Watch watch;
    int ran = 0;
    {
      Workers workers(2, {.watch = &watch, .stay = 1ms});
      std::latch done(3);
      for (int i = 0; i < 3; ++i) {
        workers.submit([&] {
          ++ran;
          done.count_down();
        });
      }
      done.wait();
    }
    EXPECT_EQ(ran, 3);
    EXPECT_EQ(watch.failures, 0);
  });
}

TEST(WorkersInEveryOrder, AJobIsDestroyedWithoutALock) {
  explore([] {
    std::latch gone(1);
    Workers workers(1);
    // As the last reference to a client, which may take long to go, and come back.
    std::shared_ptr<void> client(nullptr, [&](void*) {
      (void)workers.threads();
      gone.count_down();
    });
    workers.submit([held = std::move(client)] {});
    gone.wait();
  });
}

TEST(WorkersInEveryOrder, WhatIsDroppedIsDestroyedWithoutALock) {
  explore([] {
    std::latch begun(1), dropped(1);
    Workers workers(1);
    workers.submit([&] {
      begun.count_down();
      dropped.wait();
    });
    begun.wait();
    std::shared_ptr<void> client(nullptr, [&](void*) {
      (void)workers.threads();
      dropped.count_down();
    });
    workers.submit([held = std::move(client)] {});
  });
}

TEST(WorkersInEveryOrder, WithoutAThreadAJobWaitsForOne) {
  explore([] {
    interleaving::grant_threads(0);
    Watch watch;
    std::latch done(2);
    Workers workers(2, {.watch = &watch});
    workers.submit([&] { done.count_down(); });
    workers.submit([&] { done.count_down(); });
    EXPECT_TRUE(workers.is_stranded());
    EXPECT_EQ(watch.refusals, 1) << "the host is asked once in a while";
    interleaving::grant_threads(1);
    workers.ask_for_threads();
    EXPECT_TRUE(workers.is_stranded());
    interleaving::pass(Workers::kAskAgain);
    workers.ask_for_threads();
    done.wait();
    EXPECT_FALSE(workers.is_stranded());
  });
}

TEST(WorkersInEveryOrder, TheOnlyThreadGoesFromOnePoolToTheOther) {
  explore(
      [] {
        interleaving::grant_threads(1);
        Watch watch;
        std::latch begun(1), may_end(1), poor_ran(1), busy_ran_again(1);
        Workers busy(2, {.watch = &watch}), poor(2, {.watch = &watch});
        busy.submit([&] {
          begun.count_down();
          may_end.wait();
        });
        begun.wait();
        poor.submit([&] { poor_ran.count_down(); });
        EXPECT_TRUE(poor.is_stranded());
        busy.submit([&] { busy_ran_again.count_down(); });
        may_end.count_down();
        while (busy.threads() > 0) std::this_thread::sleep_for(1ms);
        interleaving::grant_threads(1);
        interleaving::pass(Workers::kAskAgain);
        poor.ask_for_threads();
        poor_ran.wait();
        EXPECT_FALSE(busy_ran_again.try_wait()) << "its thread has ended instead";
        interleaving::grant_threads(1);
        interleaving::pass(2 * Workers::kAskAgain);
        busy.ask_for_threads();
        busy_ran_again.wait();
      },
      {.preemptions = 1});
}

TEST(WorkersInEveryOrder, WhoeverSubmittedCanDoTheWorkOfTheThreadThatThereIsNot) {
  explore([] {
    interleaving::grant_threads(0);
    int ran = 0;
    Workers workers(2);
    workers.submit([&] { ++ran; });
    EXPECT_TRUE(workers.run_stranded());
    EXPECT_FALSE(workers.run_stranded());
    EXPECT_EQ(ran, 1);
  });
}

TEST(AtOnceInEveryOrder, FewThreadsDoTheWorkOfMany) {
  for (const int granted : {0, 1, 2}) {
    explore([granted] {
      interleaving::grant_threads(granted);
      int called[4] = {};
      cli::at_once(4, 4, [&](std::size_t i) { ++called[i]; });
      for (const int times : called) EXPECT_EQ(times, 1);
    });
  }
}

TEST(AtOnceInEveryOrder, WhatIsThrownIsThrownWhereItWasAskedFor) {
  explore([] {
    const auto fail_at_once = [](std::size_t) { throw std::bad_alloc(); };
    EXPECT_THROW(cli::at_once(3, 3, fail_at_once), std::bad_alloc);
  });
}

}  // namespace
}  // namespace dbssd::engine
