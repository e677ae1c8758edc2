#include <gtest/gtest.h>

#include "policy/select.h"
#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

TEST(Select, WithoutConditionsSelectsEverything) { EXPECT_TRUE(selects({}, "p", "n", "i")); }

TEST(Select, NeedsEveryGivenConditionToMatch) {
  const Select select{{{"p*"}, {"a", "b"}, {}}, {}};
  EXPECT_TRUE(selects(select, "prod", "b", "whatever"));
  EXPECT_FALSE(selects(select, "lab", "b", "whatever"));
  EXPECT_FALSE(selects(select, "prod", "c", "whatever"));
}

TEST(Select, IsEndedByAnyExclusion) {
  const Select select{{}, {{"lab"}, {"*-tmp"}, {"8a*"}}};
  EXPECT_TRUE(selects(select, "prod", "a", "9b"));
  EXPECT_FALSE(selects(select, "lab", "a", "9b"));
  EXPECT_FALSE(selects(select, "prod", "a-tmp", "9b"));
  EXPECT_FALSE(selects(select, "prod", "a", "8a"));
}

TEST(Select, IsReadWithAllItsLists) {
  const ReadResult read_one = read(kBase +
                                   "instances:\n"
                                   "  start:\n"
                                   "    - name: s\n"
                                   "      select:\n"
                                   "        project: [p, \"*\"]\n"
                                   "        name: [a, 'b?']\n"
                                   "        id: [0123]\n"
                                   "        exclude: {project: [q*, p], name: [c], id: [d]}\n");
  ASSERT_TRUE(read_one.policy);
  const Policy& policy = *read_one.policy;
  ASSERT_EQ(policy.instances.start.size(), 1U);
  const Select expected{{{"p", "*"}, {"a", "b?"}, {"0123"}}, {{"q*", "p"}, {"c"}, {"d"}}};
  EXPECT_EQ(policy.instances.start[0].select, expected);
}

TEST(Select, IsHeldToItsForm) {
  const std::string rule =
      kBase + "reports:\n  - {name: r, template: {type: SOX}, schedule: \"@daily\", select: ";
  expect_findings({
      {"nothing",
       rule + "}\n",
       {"4:58: error: reports[0].select: is empty: give a map of keys, or leave it out"}},
      {"a word", rule + "prod}\n", {"4:66: error: reports[0].select: must be a map of keys, not text"}},
      {"a pattern without a list",
       rule + "{name: a}}\n",
       {"4:73: error: reports[0].select.name: must be a list, not text"}},
      {"a nested list",
       rule + "{name: [[a]]}}\n",
       {"4:74: error: reports[0].select.name[0]: must be text, not a list"}},
      {"a broken pattern",
       rule + "{name: [a, 'b[']}}\n",
       {"4:77: error: reports[0].select.name[1]: is no pattern: a '[' is not closed, or it ends with '\\'"}},
      {"an empty pattern",
       rule + "{id: ['']}}\n",
       {"4:72: error: reports[0].select.id[0]: must not be empty"}},
      {"one pattern twice",
       rule + "{id: [a, b, a]}}\n",
       {"4:78: error: reports[0].select.id[2]: is in the list already"}},
      {"a key in the wrong place",
       rule + "{exclude: {exclude: {}}}}\n",
       {"4:77: error: reports[0].select.exclude.exclude: unknown key; the keys here are project, name and "
        "id"}},
      {"a slip",
       rule + "{projects: [p]}}\n",
       {"4:67: error: reports[0].select.projects: unknown key, did you mean 'project'?"}},
  });
}

TEST(Select, ThatCanMatchNothingGetsAWarning) {
  const std::string rule =
      kBase + "reports:\n  - {name: r, template: {type: SOX}, schedule: \"@daily\", select: ";
  const std::string none =
      "4:66: warning: reports[0].select: selects nothing: it excludes every project that it names "
      "[selects-nothing]";
  const std::string all =
      "4:66: warning: reports[0].select: selects nothing: it excludes everything [selects-nothing]";
  const auto unknown = [](const std::string& at, const std::string& item) {
    return "4:" + at + ": warning: reports[0].select." + item +
           ": means no project of this policy [unknown-project]";
  };
  expect_findings({
      {"another project", rule + "{project: [q*]}}\n", {unknown("77", "project[0]")}},
      {"its project excluded", rule + "{exclude: {project: ['?']}}}\n", {none}},
      {"every name excluded", rule + "{exclude: {name: [a, '**']}}}\n", {all}},
      {"every id excluded", rule + "{exclude: {id: ['*']}}}\n", {all}},
      {"one of two patterns", rule + "{project: [q, 'p']}}\n", {unknown("77", "project[0]")}},
      {"an exclusion that excludes nothing",
       rule + "{exclude: {project: ['q']}}}\n",
       {unknown("87", "exclude.project[0]")}},
      {"some names excluded", rule + "{exclude: {name: ['a*']}}}\n", {}},
  });
}

}  // namespace
}  // namespace dbssd::policy
