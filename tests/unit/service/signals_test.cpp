#include "service/signals.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace dbssd::service {
namespace {

using namespace std::chrono_literals;

/// Longer than any test: what waits for so long waits for a signal.
constexpr Millis kLong = 60s;

TEST(Signals, ReadsTerminateAndInterruptAsStop) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Signals signals(kLong, 0);
    EXPECT_FALSE(signals.stop_requested());
    kill(getpid(), signal);
    EXPECT_EQ(signals.wait(kLong), Signal::stop);
    EXPECT_TRUE(signals.stop_requested());
  }
}

TEST(Signals, ReadsHangUpAsReloadOnce) {
  Signals signals(kLong, 0);
  kill(getpid(), SIGHUP);
  EXPECT_EQ(signals.wait(kLong), Signal::reload);
  EXPECT_EQ(signals.wait(0ms), std::nullopt);
}

TEST(Signals, GoesOnSayingStopAndPrefersItToReload) {
  Signals signals(kLong, 0);
  kill(getpid(), SIGTERM);
  EXPECT_EQ(signals.wait(kLong), Signal::stop);
  kill(getpid(), SIGHUP);
  EXPECT_EQ(signals.wait(kLong), Signal::stop);
}

TEST(Signals, IsSilentWhileNothingArrives) {
  Signals signals(kLong, 0);
  EXPECT_EQ(signals.wait(0ms), std::nullopt);
  EXPECT_FALSE(signals.stop_requested());
}

TEST(Signals, AreBlockedInThreadsThatAreMadeLater) {
  const Signals signals(kLong, 0);
  sigset_t blocked{};
  std::jthread([&] { pthread_sigmask(SIG_SETMASK, nullptr, &blocked); }).join();
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) EXPECT_EQ(sigismember(&blocked, signal), 1) << signal;
}

TEST(IgnoreBrokenPipes, MakesAPeerThatHangsUpAnErrorOfTheWrite) {
  ignore_broken_pipes();
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  EXPECT_EQ(write(ends[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  close(ends[1]);
}

TEST(Signals, GiveBackTheFormerTreatment) {
  { const Signals signals(kLong, 0); }
  sigset_t blocked{};
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  EXPECT_EQ(sigismember(&blocked, SIGTERM), 0);
}

TEST(SignalsDeathTest, AStopThatTakesTooLongLeavesWithTheStatusGiven) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto hang = [] {
    const Signals signals(10ms, 7);
    kill(getpid(), SIGTERM);
    while (true) pause();
  };
  EXPECT_EXIT(hang(), testing::ExitedWithCode(7), "");
}

TEST(SignalsDeathTest, AStopOfOurOwnIsHeardAsOneFromOutsideAndALateEndHasItsStatus) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto hang = [] {
    Signals signals(10ms, 0);
    signals.stop(7);
    if (signals.wait(kLong) != Signal::stop) _exit(1);
    while (true) pause();
  };
  EXPECT_EXIT(hang(), testing::ExitedWithCode(7), "");
}

TEST(SignalsDeathTest, ASecondStopLeavesAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto hang = [] {
    Signals signals(kLong, 7, /*echo=*/0ms);
    kill(getpid(), SIGTERM);
    if (signals.wait(kLong) != Signal::stop) _exit(1);
    kill(getpid(), SIGINT);
    while (true) pause();
  };
  EXPECT_EXIT(hang(), testing::ExitedWithCode(128 + SIGINT), "");
}

TEST(SignalsDeathTest, AStopThatIsDeliveredTwiceIsOne) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto stop = [] {
    {
      Signals signals(kLong, 7, /*echo=*/kLong);
      kill(getpid(), SIGTERM);
      if (signals.wait(kLong) != Signal::stop) _exit(1);
      kill(getpid(), SIGTERM);
      // It has been taken once it is pending no more.
      for (sigset_t pending; sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1;) sched_yield();
    }
    _exit(0);
  };
  EXPECT_EXIT(stop(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace dbssd::service
