#include <gtest/gtest.h>

#include "policy/source.h"
#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

/// Where a finding is said to be, for the only one of a text.
std::string place_of(const std::string& yaml) {
  const auto found = lines_of(yaml);
  if (found.size() != 1) return testing::PrintToString(found);
  return found[0].substr(0, found[0].find(": "));
}

const std::string kTopKeys =
    "the keys here are version, time_zone, projects, instances, creation_jobs, summary, reports, state, log "
    "and "
    "status";

TEST(Place, CountsCharactersFromOne) {
  const Source source("a\né ö x\n\nz");
  constexpr std::tuple<std::size_t, int, int> kRows[] = {{0, 1, 1},  {1, 1, 2}, {2, 2, 1},  {4, 2, 2},
                                                         {5, 2, 3},  {8, 2, 5}, {10, 3, 1}, {11, 4, 1},
                                                         {12, 4, 2}, {99, 4, 2}};
  for (const auto& [offset, line, column] : kRows) {
    EXPECT_EQ(source.place(offset).line, line) << offset;
    EXPECT_EQ(source.place(offset).column, column) << offset;
  }
}

TEST(Place, DoesNotCountAByteOrderMark) {
  EXPECT_EQ(place_of("\xEF\xBB\xBFversion: 2\n" + std::string(kBase.substr(11))), "1:10");
}

TEST(Place, IsRightAfterWindowsLineEnds) {
  EXPECT_EQ(
      place_of("version: 1\r\nprojects:\r\n- {name: p, region: cn-north-1, auth: {method: ecs_agency}}\r\n"
               "log:\r\n  level: x\r\n"),
      "5:10");
}

TEST(Place, IsRightBehindOtherScripts) {
  EXPECT_EQ(place_of("# 数据库安全\n" + kBase + "log: {level: \"é\", format: json} # 数\n"), "4:14");
  EXPECT_EQ(place_of(kBase + "log: {file: \"/é/數\", level: x}\n"), "3:28");
}

TEST(Place, OfAWrongScheduleIsItsCharacter) {
  const auto schedule = [](std::string_view text) {
    return place_of(kBase + "reports: [{name: r, template: {type: SOX}, schedule: " + std::string(text) +
                    "}]\n");
  };
  // The scalar starts at 3:54.
  EXPECT_EQ(schedule("99 6 * * *"), "3:54") << "plain";
  EXPECT_EQ(schedule("0 6 * 13 *"), "3:60");
  EXPECT_EQ(schedule("\"0 6 * 13 *\""), "3:61") << "in double quotes";
  EXPECT_EQ(schedule("'0 6 * 13 *'"), "3:61") << "in single quotes";
  EXPECT_EQ(schedule("'0 6 * *'"), "3:62") << "something is missing at the end";
  EXPECT_EQ(schedule("\"0\\x206 * 13 *\""), "3:64") << "behind an escape";
  EXPECT_EQ(schedule("\"0\\t6 * 13 *\""), "3:62") << "behind a short escape";
}

TEST(Place, OfAWrongScheduleOverSeveralLinesIsItsStart) {
  const std::string rule = kBase + kReport;
  EXPECT_EQ(place_of(rule + "    schedule: 0 6\n      * 13 *\n"), "6:15");
  EXPECT_EQ(place_of(rule + "    schedule: \"0 6\n      * 13 *\"\n"), "6:15");
  EXPECT_EQ(place_of(rule + "    schedule: >-\n      0 6 * 13 *\n"), "6:15");
}

TEST(Place, OfSomethingEmptyIsItsKeyOrItsDash) {
  EXPECT_EQ(place_of(kBase + "log:\n  level:\n  format: json\n"), "4:3");
  EXPECT_EQ(place_of(kBase + "log:\n  format: json\n  level:\n\n# the end\n"), "5:3");
  EXPECT_EQ(
      place_of(kBase +
               "instances: {start: [\n]}\ncreation_jobs:\n  resource_ids:\n    - a\n    -\n\n    - b\n"),
      "8:5");
  EXPECT_EQ(place_of(kBase + "creation_jobs: {resource_ids: [a, ~]}\n"), "3:35");
}

TEST(Findings, AreAllReportedInTheOrderOfTheText) {
  EXPECT_THAT(
      lines_of("log: {level: x}\n"
               "reports: [{}]\n"
               "colour: blue\n"
               "projects:\n"
               "  - {name: p, region: mars-1, auth: {method: ecs_agency}}\n"
               "state: {keep: 1}\n"),
      testing::ElementsAre(
          "1:1: error: version: is required", "1:14: error: log.level: must be debug, info, warning or error",
          "2:11: error: reports[0].name: is required", "2:11: error: reports[0].template: is required",
          "2:11: error: reports[0].schedule: is required", "3:1: error: colour: unknown key; " + kTopKeys,
          "5:23: warning: projects[0].region: is no region that dbssd knows [unknown-region]",
          "6:15: error: state.keep: needs a unit: 1s, or m, h, d"));
}

TEST(Findings, AreWrittenAsCompilersWriteThem) {
  EXPECT_EQ(format({std::nullopt, 7, 15, "reports[0].schedule", "is wrong"}, "/etc/dbssd/policy.yaml"),
            "/etc/dbssd/policy.yaml:7:15: error: reports[0].schedule: is wrong");
  EXPECT_EQ(format({Lint::window_gaps, 1, 1, "", "is odd"}, "p"), "p:1:1: warning: is odd [window-gaps]");
}

TEST(Findings, ThatAreWarningsAloneLeaveThePolicyValid) {
  const ReadResult result =
      read("version: 1\nprojects: [{name: p, region: mars-1, auth: {method: ecs_agency}}]\n");
  EXPECT_EQ(result.findings.size(), 1U);
  EXPECT_NE(result.policy, nullptr);
}

TEST(Keys, ThatAreUnknownOrTwiceAreErrors) {
  expect_findings({
      {"unknown", kBase + "logs: {}\n", {"3:1: error: logs: unknown key, did you mean 'log'?"}},
      {"unknown, of a strange shape",
       kBase + "\"a\\nb\": 1\n",
       {"3:1: error: unknown key 'a?b'; " + kTopKeys}},
      {"unknown, deep down",
       kBase + "instances: {start: [{name: s, flap: {count: 1}}]}\n",
       {"3:38: error: instances.start[0].flap.count: unknown key; the keys here are starts, within and "
        "hold"}},
      {"twice",
       kBase + "log: {level: info, format: json, level: nonsense}\n",
       {"3:34: error: log.level: is given twice, first on line 3"}},
      {"twice, once in quotes",
       kBase + "log: {}\n\"log\": {}\n",
       {"4:1: error: log: is given twice, first on line 3"}},
      {"unknown and twice",
       kBase + "x: 1\nx: 2\n",
       {"3:1: error: x: unknown key; " + kTopKeys, "4:1: error: x: is given twice, first on line 3"}},
      {"in another case", kBase + "Log: {}\n", {"3:1: error: Log: unknown key, did you mean 'log'?"}},
      {"a merge", kBase + "<<: {}\n", {"3:1: error: unknown key '<<'; " + kTopKeys}},
  });
}

}  // namespace
}  // namespace dbssd::policy
