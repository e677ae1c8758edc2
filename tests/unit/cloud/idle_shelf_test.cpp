#include "cloud/idle_shelf.h"

#include <gtest/gtest.h>

#include <memory>

namespace dbssd::cloud {
namespace {

using namespace std::chrono_literals;

class Shelf : public testing::Test {
 protected:
  std::optional<int> take(const std::string& key, Millis at) { return shelf.take(key, begin + at); }
  void put(const std::string& key, int thing, Millis at) { shelf.put(key, thing, begin + at); }

  const MonoTime begin{1h};
  IdleShelf<int> shelf{4000ms, 3};
};

TEST_F(Shelf, TheLastLaidDownIsTakenFirstAndOnce) {
  put("a", 1, 0ms);
  put("a", 2, 1ms);
  EXPECT_EQ(take("a", 2ms), 2);
  EXPECT_EQ(take("a", 2ms), 1);
  EXPECT_EQ(take("a", 2ms), std::nullopt);
}

TEST_F(Shelf, KeysAreApart) {
  put("a", 1, 0ms);
  EXPECT_EQ(take("b", 0ms), std::nullopt);
  EXPECT_EQ(take("a", 0ms), 1);
}

TEST_F(Shelf, EachAgesByItself) {
  put("a", 1, 0ms);
  put("a", 2, 3000ms);
  EXPECT_EQ(take("a", 4001ms), 2);
  EXPECT_EQ(take("a", 4001ms), std::nullopt) << "the other has lain for too long";
  put("a", 3, 5000ms);
  EXPECT_EQ(take("a", 9000ms), 3);
}

TEST_F(Shelf, BeingTakenAndLaidDownAgainMakesOnlyThatOneYoung) {
  put("a", 1, 0ms);
  for (Millis at = 0ms; at <= 8000ms; at += 1000ms) {
    put("a", 2, at);
    EXPECT_EQ(take("a", at), 2);
  }
  EXPECT_EQ(take("a", 8000ms), std::nullopt);
}

TEST_F(Shelf, TheOldestGivesWayWhereThereAreTooMany) {
  for (int i = 1; i <= 4; ++i) put("a", i, 0ms);
  for (int i = 4; i >= 2; --i) EXPECT_EQ(take("a", 0ms), i);
  EXPECT_EQ(take("a", 0ms), std::nullopt);
}

TEST_F(Shelf, WhatNobodyAsksForIsLetGo) {
  IdleShelf<std::shared_ptr<int>> held(4000ms, 3);
  const auto thing = std::make_shared<int>(1);
  held.put("a", thing, begin);
  EXPECT_EQ(thing.use_count(), 2);
  EXPECT_EQ(held.take("b", begin + 5s), std::nullopt);
  EXPECT_EQ(thing.use_count(), 1);
}

}  // namespace
}  // namespace dbssd::cloud
