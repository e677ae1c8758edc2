// What is valid, and will surprise whoever wrote it.
#include <gtest/gtest.h>

#include <set>

#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

/// Reports of these keys, one a line from the fourth on.
std::string reports(const std::vector<std::string>& rules) {
  std::string yaml = kBase + "reports:\n";
  int number = 0;
  for (const std::string& rule : rules)
    yaml += "  - {name: r" + std::to_string(++number) + ", template: {type: SOX}, " + rule + "}\n";
  return yaml;
}

std::set<std::string> lints_of(const ReadResult& result) {
  std::set<std::string> names;
  for (const Finding& finding : result.findings)
    names.emplace(finding.lint ? word_for(*finding.lint, kLints) : "error");
  return names;
}
std::set<std::string> lints_of(const std::string& yaml) { return lints_of(read(yaml)); }

const std::set<std::string> kNone;

TEST(Lints, NeverMakeAPolicyInvalid) {
  const ReadResult result = read(reports({"schedule: \"0 6 * * *\", window: {last: 12h}"}));
  EXPECT_TRUE(result.policy);
  EXPECT_EQ(lints_of(result), std::set<std::string>{"window-gaps"});
}

TEST(Lints, TellGapsFromOverlaps) {
  EXPECT_EQ(lints_of(reports({"schedule: \"0 6 * * *\", window: {last: 30h}"})),
            std::set<std::string>{"window-overlaps"});
}

TEST(Lints, AllMissedThatExpireIsNoneMissed) {
  const std::string daily = "schedule: \"0 6 * * *\", missed: all";
  EXPECT_THAT(
      lines_of(reports({daily})),
      testing::ElementsAre("4:70: warning: reports[0].missed: makes up for no more than latest does: the "
                           "deadline (6h) is over before the next scheduled time, 1d later; give a longer "
                           "deadline, or use merge [missed-expires]"));
  EXPECT_EQ(lints_of(reports({daily + ", deadline: 24h"})), std::set<std::string>{"missed-expires"});
  EXPECT_EQ(lints_of(reports({daily + ", deadline: 25h"})), kNone);
  EXPECT_EQ(lints_of(reports({"schedule: \"0 6 * * *\", missed: merge"})), kNone);
  EXPECT_EQ(lints_of(reports({"schedule: \"0 * * * *\", missed: all, window: {last: 1h}"})), kNone);
}

TEST(Lints, TwoRulesMakeOneReportTwice) {
  const std::string daily = "schedule: \"0 6 * * *\"";
  EXPECT_THAT(
      lines_of(reports({daily, daily})),
      testing::ElementsAre("5:5: warning: reports[1]: makes what 'r1' makes: the same template, schedule "
                           "and window for the same instances; remove one, or select apart [same-report]"));
  const std::set<std::string> twice{"same-report"};
  EXPECT_EQ(lints_of(reports({daily + ", select: {name: [a*]}", daily})), twice);
  EXPECT_EQ(lints_of(reports({daily, daily + ", select: {name: [a*]}"})), twice);
  EXPECT_EQ(lints_of(reports({daily + ", select: {name: [a*]}", daily + ", select: {name: [b*]}"})), kNone);
  EXPECT_EQ(lints_of(reports({daily, daily + ", databases: [d]"})), kNone);
  EXPECT_EQ(lints_of(reports({daily, daily + ", time_zone: Asia/Tokyo"})), kNone);
  EXPECT_EQ(lints_of(reports({daily, "schedule: \"1 6 * * *\""})), kNone);
  EXPECT_EQ(lints_of(kBase + "reports:\n"
                             "  - {name: a, template: {type: SOX}, schedule: \"@daily\"}\n"
                             "  - {name: b, template: {type: PCI}, schedule: \"@daily\"}\n"),
            kNone);
}

TEST(Lints, AReportThatIsCalledOverdueBeforeItIsLookedFor) {
  EXPECT_EQ(lints_of(reports({"schedule: \"@daily\", finish_within: 59s"})),
            std::set<std::string>{"finish-too-soon"});
  EXPECT_EQ(lints_of(reports({"schedule: \"@daily\", finish_within: 1m"})), kNone);
}

TEST(Lints, AProjectThatIsMisspelledIsNamed) {
  const std::string yaml =
      "version: 1\n"
      "projects: [{name: production, region: cn-north-1, auth: {method: ecs_agency}}]\n"
      "instances: {start: [{name: s, select: {project: [producton]}}]}\n";
  EXPECT_THAT(
      lines_of(yaml),
      testing::ElementsAre("3:50: warning: instances.start[0].select.project[0]: means no project of this "
                           "policy, did you mean 'production'? [unknown-project]"));
}

TEST(Lints, AskOfEachDirectoryWhetherItCanBeWritten) {
  static schedule::ZoneDatabase zones;
  std::vector<std::string> asked;
  const auto unwritable = [&asked](const std::string& directory) -> std::optional<std::string> {
    asked.push_back(directory);
    return directory == "/srv/archive" ? std::optional<std::string>("is no directory") : std::nullopt;
  };
  const std::string yaml = reports({"schedule: \"@daily\", archive: {directory: /srv/archive}"}) +
                           "state: {path: /var/lib/own/state.db}\n"
                           "log: {file: /dbssd.log}\n";
  const ReadResult result = read_policy(yaml, {zones, nullptr, kNow, unwritable});
  EXPECT_THAT(asked, testing::ElementsAre("/srv/archive", "/var/lib/own", "/"));
  EXPECT_THAT(
      lines(result),
      testing::ElementsAre("4:80: warning: reports[0].archive.directory: cannot be written: /srv/archive is "
                           "no directory [not-writable]"));
  EXPECT_TRUE(result.policy);
}

TEST(Lints, TellWhatTheHostDoesNotGrantOfWhatThePolicyCanNeed) {
  static schedule::ZoneDatabase zones;
  Needs asked;
  const auto shortages = [&asked](const Needs& needs) {
    asked = needs;
    return std::vector<Shortage>{{Lint::few_threads, "needs too many"}};
  };
  const std::string yaml =
      "version: 1\n"
      "projects:\n"
      "  - {name: a, region: cn-north-1, auth: {method: ecs_agency}, limits: {in_flight: 4}}\n"
      "  - {name: b, region: cn-north-1, auth: {method: ecs_agency}}\n";
  const ReadResult result = read_policy(yaml, {zones, nullptr, kNow, {}, shortages});
  const Needs of_none = needs_of({});
  EXPECT_EQ(asked.threads - of_none.threads, 5U + 17U) << "each lane, and its calls under way";
  EXPECT_EQ(asked.descriptors - of_none.descriptors, 2U * (4U + 16U));
  EXPECT_THAT(lines(result),
              testing::ElementsAre(testing::EndsWith(": warning: projects: needs too many [few-threads]")));
}

TEST(Lints, OfARuleThatIsWrongAnywayAreNotAdded) {
  EXPECT_EQ(lints_of(reports({"schedule: \"0 6 * * *\", missed: all, deadline: soon"})),
            std::set<std::string>{"error"});
}

TEST(Lints, AreLookedForInAsMuchAsIsReadAtOnce) {
  std::vector<std::string> late;
  for (int i = 0; i < 120; ++i)
    late.push_back("schedule: \"0 6 * * *\", missed: all, databases: [d" + std::to_string(i) + "]");
  EXPECT_EQ(lines_of(reports(late)).size(), 100U);

  std::vector<std::string> apart;
  for (int i = 0; i < 60; ++i)
    apart.push_back("schedule: \"0 6 * * *\", select: {name: [n" + std::to_string(i) + "]}");
  EXPECT_EQ(lints_of(reports(apart)), kNone);
  apart.push_back(apart[49]);
  apart.push_back(apart[50]);
  EXPECT_EQ(lines_of(reports(apart)).size(), 1U);
}

TEST(Lints, AreFewEnoughToBeReadWhereEveryRuleIsLikeTheOthers) {
  const ReadResult result = read(reports(std::vector<std::string>(300, "schedule: \"@daily\"")));
  EXPECT_EQ(lints_of(result), std::set<std::string>{"same-report"});
  EXPECT_EQ(result.findings.size(), 299U);
}

}  // namespace
}  // namespace dbssd::policy
