#include <gtest/gtest.h>

#include "policy/sections.h"
#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kStart =
    "instances:\n"
    "  start:\n"
    "    - name: s\n";

TEST(StartRule, HasTheDefaultsOfTheManual) {
  const Policy policy = clean(kBase + kStart);
  EXPECT_EQ(policy.instances.reconcile_interval, 5min);
  ASSERT_EQ(policy.instances.start.size(), 1U);
  const StartRule& rule = policy.instances.start[0];
  EXPECT_EQ(rule.name, "s");
  EXPECT_EQ(rule.select, Select{});
  EXPECT_EQ(rule.max_per_cycle, 20);
  EXPECT_EQ(rule.confirm_within, 15min);
  EXPECT_EQ(rule.flap, (Flap{3, 6h, 24h}));
}

TEST(StartRule, IsReadWithAllItsKeys) {
  const Policy policy = clean(kBase + kStart +
                              "      select: {name: [a]}\n"
                              "      max_per_cycle: 2\n"
                              "      confirm_within: 1h\n"
                              "      flap: {starts: 5, within: 1h30m, hold: 2d}\n"
                              "  reconcile_interval: 10s\n");
  EXPECT_EQ(policy.instances.reconcile_interval, 10s);
  const StartRule& rule = policy.instances.start.at(0);
  EXPECT_EQ(rule.select.include.name, std::vector<std::string>{"a"});
  EXPECT_EQ(rule.max_per_cycle, 2);
  EXPECT_EQ(rule.confirm_within, 1h);
  EXPECT_EQ(rule.flap, (Flap{5, 90min, 48h}));
}

TEST(StartRules, KeepTheirOrder) {
  const Policy policy =
      clean(kBase +
            "instances: {start: [{name: b, select: {name: [b]}}, {name: c, select: {name: [c]}}, "
            "{name: a}]}\n");
  std::string order;
  for (const StartRule& rule : policy.instances.start) order += rule.name;
  EXPECT_EQ(order, "bca");
}

TEST(StartRules, AreNoneWhereNoneAreGiven) {
  EXPECT_TRUE(clean(kBase).instances.start.empty());
  EXPECT_TRUE(clean(kBase + "instances: {start: []}\n").instances.start.empty());
}

TEST(StartRule, IsHeldToItsForm) {
  expect_findings({
      {"no name",
       kBase + "instances: {start: [{}]}\n",
       {"3:21: error: instances.start[0].name: is required"}},
      {"one name twice",
       kBase + kStart + "      select: {name: [a]}\n    - name: s\n",
       {"7:13: error: instances.start[1].name: is taken already, by instances.start[0].name"}},
      {"out of range",
       kBase + kStart +
           "      max_per_cycle: 0\n      flap: {starts: 0, within: 0s, hold: 31d}\n  reconcile_interval: "
           "2d\n",
       {"6:22: error: instances.start[0].max_per_cycle: must be between 1 and 100000",
        "7:22: error: instances.start[0].flap.starts: must be between 1 and 1000",
        "7:33: error: instances.start[0].flap.within: must be between 1s and 30d",
        "7:43: error: instances.start[0].flap.hold: must be between 1s and 30d",
        "8:23: error: instances.reconcile_interval: must be between 1s and 1d"}},
      {"a rule that is a word",
       kBase + "instances: {start: [all]}\n",
       {"3:21: error: instances.start[0]: must be a map of keys, not text"}},
      {"rules that are a map",
       kBase + "instances: {start: {name: a}}\n",
       {"3:20: error: instances.start: must be a list, not a map"}},
  });
}

TEST(StartRule, ThatCannotBeConfirmedInTimeGetsAWarning) {
  expect_findings({
      {"shorter than the default interval",
       kBase + kStart + "      confirm_within: 1m\n",
       {"6:23: warning: instances.start[0].confirm_within: is shorter than reconcile_interval (5m): starts "
        "will be "
        "reported as overdue before anyone looks; make it longer [confirm-too-soon]"}},
      {"with a short interval", kBase + kStart + "      confirm_within: 1m\n  reconcile_interval: 1m\n", {}},
  });
}

TEST(StartRule, BehindOneThatTakesAllItsInstancesGetsAWarning) {
  const auto rules = [](std::string_view first, std::string_view second) {
    return kBase + "instances:\n  start:\n  - {name: a, select: " + std::string(first) +
           "}\n  - {name: b, select: " + std::string(second) + "}\n";
  };
  const std::vector<std::string> unreachable = {
      "6:5: warning: instances.start[1]: is never reached: 'a' selects every instance that it could; put it "
      "first, or remove it [never-reached]"};
  expect_findings({
      {"behind all", rules("{}", "{name: [x]}"), unreachable},
      {"behind a star", rules("{name: ['*']}", "{id: [x]}"), unreachable},
      {"behind its like", rules("{name: [x]}", "{name: [x]}"), unreachable},
      {"behind a wider list", rules("{name: [x, y]}", "{name: [y], project: [p]}"), unreachable},
      {"behind fewer exclusions", rules("{exclude: {name: [x]}}", "{exclude: {name: [y, x]}}"), unreachable},
      {"in front of all", rules("{name: [x]}", "{}"), {}},
      {"beside another", rules("{name: [x]}", "{name: [y]}"), {}},
      {"behind a narrower one", rules("{name: [x], id: [i]}", "{name: [x]}"), {}},
      {"taking what was excluded", rules("{exclude: {name: [x]}}", "{name: [x]}"), {}},
      {"taking what was excluded by id", rules("{exclude: {id: [x]}}", "{}"), {}},
  });
}

TEST(StartRule, WithMistakesIsNotComparedWithOthers) {
  EXPECT_THAT(
      lines_of(kBase + "instances:\n  start:\n  - {name: a, select: [x]}\n  - {name: b}\n"),
      testing::ElementsAre("5:23: error: instances.start[0].select: must be a map of keys, not a list"));
}

TEST(Covering, IsNeverClaimedWhereAnInstanceEscapes) {
  // Every select of a small world against every other, and every instance of it as the judge.
  const std::vector<std::vector<std::string>> lists = {{}, {"*"}, {"a"}, {"a", "b"}, {"?"}};
  const std::vector<std::vector<std::string>> exclusions = {{}, {"a"}, {"b"}, {"a*"}};
  std::vector<Select> selects_;
  for (const auto& project : lists) {
    for (const auto& name : lists) {
      for (const auto& excluded : exclusions) selects_.push_back({{project, name, {}}, {{}, excluded, {}}});
    }
  }
  int covered = 0;
  for (const Select& earlier : selects_) {
    for (const Select& later : selects_) {
      if (!covers(earlier, later)) continue;
      ++covered;
      for (const std::string_view project : {"a", "b", "cc"}) {
        for (const std::string_view name : {"a", "b", "ab", "c"}) {
          if (!selects(later, project, name, "i")) continue;
          EXPECT_TRUE(selects(earlier, project, name, "i")) << project << ' ' << name;
        }
      }
    }
  }
  EXPECT_GT(covered, 500);
}

}  // namespace
}  // namespace dbssd::policy
