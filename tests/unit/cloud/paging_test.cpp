#include "cloud/paging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dbssd::cloud {
namespace {

constexpr std::int64_t kSize = 10;

struct Thing {
  InstanceId id;
  int version = 0;
};

Thing thing(std::int64_t number, int version = 0) { return {InstanceId(std::to_string(number)), version}; }

/// A service with `count` things that answers at most `cap` of them at a time.
struct Service {
  std::int64_t count = 0;
  std::int64_t cap = kSize;
  std::optional<std::int64_t> total = {};
  int asked = 0;

  Expected<Page<Thing>> operator()(const Cursor& at) {
    ++asked;
    Page<Thing> page;
    page.total = total;
    for (std::int64_t i = at.offset; i < std::min({count, at.offset + cap, at.offset + kSize}); ++i)
      page.items.push_back(thing(i));
    page.entries = page.items.size();
    return page;
  }
};

struct Row {
  const char* name;
  Service service;
  int most_asked;
};

class Paging : public testing::TestWithParam<Row> {};

TEST_P(Paging, GathersEverythingAndEnds) {
  Service service = GetParam().service;
  const auto all = collect<Thing>(kSize, std::ref(service));
  ASSERT_TRUE(all);
  EXPECT_EQ(static_cast<std::int64_t>(all->items.size()), service.count);
  EXPECT_LE(service.asked, GetParam().most_asked);
  EXPECT_TRUE(all->problems.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Services, Paging,
    testing::Values(Row{"Nothing", {.count = 0, .total = 0}, 1}, Row{"NothingWithoutTotal", {.count = 0}, 1},
                    Row{"OneShortPage", {.count = 3, .total = 3}, 1},
                    Row{"OneShortPageWithoutTotal", {.count = 3}, 2},
                    Row{"OneFullPage", {.count = 10, .total = 10}, 2},
                    Row{"OneFullPageWithoutTotal", {.count = 10}, 2},
                    Row{"ManyPages", {.count = 95, .total = 95}, 10},
                    Row{"FewerThanAsked", {.count = 95, .cap = 4, .total = 95}, 24},
                    Row{"FewerThanAskedWithoutTotal", {.count = 95, .cap = 4}, 25},
                    Row{"TotalTooSmall", {.count = 95, .total = 40}, 11},
                    Row{"TotalTooSmallAndFewerThanAsked", {.count = 95, .cap = 4, .total = 41}, 25},
                    Row{"TotalZero", {.count = 95, .total = 0}, 11},
                    Row{"TotalTooLarge", {.count = 95, .total = 1'000'000}, 11},
                    Row{"TotalNegative", {.count = 25, .total = -1}, 4}),
    [](const auto& row) { return row.param.name; });

TEST(PagingOfAServiceThatIgnoresTheOffset, Ends) {
  int asked = 0;
  const auto all = collect<Thing>(kSize, [&](const Cursor&) -> Expected<Page<Thing>> {
    ++asked;
    Page<Thing> page;
    for (int i = 0; i < 10; ++i) page.items.push_back(thing(i));
    page.entries = 10;
    page.total = 1000;
    return page;
  });
  ASSERT_TRUE(all);
  EXPECT_EQ(all->items.size(), 10U);
  EXPECT_EQ(asked, 2);
}

TEST(PagingOfAServiceThatNeverEnds, IsCutOff) {
  std::int64_t next = 0;
  const auto all = collect<Thing>(kSize, [&](const Cursor&) -> Expected<Page<Thing>> {
    Page<Thing> page;
    page.items.push_back(thing(next++));
    page.entries = 1;
    return page;
  });
  ASSERT_TRUE(all);
  EXPECT_EQ(next, kMostPages);
  EXPECT_THAT(all->problems, testing::ElementsAre(testing::HasSubstr("cut off")));
}

TEST(PagingOfPagesWithNothingUsable, IsGivenUp) {
  int asked = 0;
  const auto all = collect<Thing>(kSize, [&](const Cursor&) -> Expected<Page<Thing>> {
    ++asked;
    Page<Thing> page;
    page.entries = 10;
    page.problems = {"bad"};
    return page;
  });
  ASSERT_TRUE(all);
  EXPECT_EQ(asked, kMostBarren);
  EXPECT_EQ(all->problems.size(), 4U);
}

TEST(PagingPastABrokenPage, GoesOn) {
  const auto all = collect<Thing>(kSize, [&](const Cursor& at) -> Expected<Page<Thing>> {
    Page<Thing> page;
    page.total = 20;
    if (at.page == 0) {
      page.entries = 10;
      page.problems = {"all of them are bad"};
    } else if (at.page == 1) {
      page.items = {thing(1)};
      page.entries = 1;
    }
    return page;
  });
  ASSERT_TRUE(all);
  EXPECT_EQ(all->items.size(), 1U);
}

TEST(PagingOverAChangingSet, KeepsEachThingOnceAsItWasSeenLast) {
  const auto all = collect<Thing>(kSize, [&](const Cursor& at) -> Expected<Page<Thing>> {
    Page<Thing> page;
    if (at.page == 0) page.items = {thing(1), thing(2)};
    if (at.page == 1) page.items = {thing(2, 7), thing(3)};
    page.entries = page.items.size();
    return page;
  });
  ASSERT_TRUE(all);
  ASSERT_EQ(all->items.size(), 3U);
  EXPECT_EQ(all->items[1].id, InstanceId("2"));
  EXPECT_EQ(all->items[1].version, 7);
}

TEST(PagingWhereOnePageFails, FailsAsAWhole) {
  const auto all = collect<Thing>(kSize, [&](const Cursor& at) -> Expected<Page<Thing>> {
    if (at.page == 1) return fail(ErrorKind::throttled, "slow down");
    Page<Thing> page;
    page.items = {thing(1)};
    page.entries = 1;
    return page;
  });
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().kind, ErrorKind::throttled);
}

TEST(PagingWithManyProblems, KeepsAHundred) {
  const auto all = collect<Thing>(kSize, [&](const Cursor& at) -> Expected<Page<Thing>> {
    Page<Thing> page;
    if (at.page == 0) {
      page.items = {thing(1)};
      page.entries = 1000;
      page.problems.assign(999, "bad");
    }
    return page;
  });
  ASSERT_TRUE(all);
  EXPECT_EQ(all->problems.size(), 100U);
}

}  // namespace
}  // namespace dbssd::cloud
