#include "base/thread.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace dbssd {
namespace {

struct Told final : ThreadWatch {
  void refused(std::string_view, const std::error_code&) noexcept override {}
  void failed(std::string_view purpose, std::string_view what) noexcept override {
    lines.push_back(std::string(purpose) + ": " + std::string(what));
  }
  std::vector<std::string> lines;
};

TEST(RunThread, TellsWhatComesOutOfAThreadAndForWhatItWas) {
  Told told;
  run_thread("the lane of prod", &told, [] { throw std::runtime_error("no room"); });
  run_thread("the lookout", &told, [] { throw 7; });
  run_thread("a worker", &told, [] {});
  EXPECT_EQ(told.lines, (std::vector<std::string>{"the lane of prod: no room",
                                                  "the lookout: something that is no exception"}));
}

TEST(RunThread, LetsNothingOutThoughNobodyIsTold) {
  run_thread("a worker", nullptr, [] { throw std::bad_alloc(); });
}

TEST(StartThread, EndsTheThreadAndNotTheProcessWhereItsFunctionThrows) {
  Told told;
  start_thread("a worker of prod", &told, [] { throw std::bad_alloc(); })->join();
  ASSERT_EQ(told.lines.size(), 1U);
  EXPECT_TRUE(told.lines.front().starts_with("a worker of prod: "));
}

TEST(StartThread, HandsTheStopToTheFunction) {
  bool stopped = false;
  {
    auto thread = start_thread("a worker", nullptr, [&](const std::stop_token& stop) {
      while (!stop.stop_requested()) std::this_thread::yield();
      stopped = true;
    });
    ASSERT_TRUE(thread);
  }
  EXPECT_TRUE(stopped);
}

}  // namespace
}  // namespace dbssd
