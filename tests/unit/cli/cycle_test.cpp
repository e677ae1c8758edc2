#include "cli/cycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/command.h"

namespace dbssd::cli {
namespace {

using engine::CycleReport;
using testing::AllOf;
using testing::HasSubstr;

constexpr Instant kSixOClock = std::chrono::sys_days{std::chrono::year{2025} / 3 / 9} + std::chrono::hours{5};

CycleReport::Project project(const char* name, bool asked, std::size_t failures) {
  CycleReport::Project project;
  project.name = ProjectName(name);
  project.asked = asked;
  project.failures = failures;
  if (failures > 0) project.first_failure = "it broke";
  return project;
}

CycleReport::Project busy_project() {
  auto busy = project("prod", true, 0);
  journal::StartRecord start;
  start.instance = InstanceId("8c53");
  busy.plan.actions.push_back(
      {planner::StartInstance{start}, "SHUTOFF, and rule keep-running wants it to run"});
  telemetry::Event missed;
  missed.msg = "missed";
  missed.report = ReportName("daily-sox");
  missed.instance_id = InstanceId("8c54");
  missed.scheduled_time = kSixOClock;
  missed.reason = "a newer one is served";
  busy.plan.events.push_back(missed);
  busy.plan.standing.push_back(
      {InstanceId("8c55"), "orders\n\x1b[2J", ReportName(), {}, "leave", "it is ACTIVE"});
  busy.plan.standing.push_back(
      {InstanceId("8c55"), "orders", ReportName("daily-sox"), kSixOClock, "next", "as planned"});
  return busy;
}

TEST(PrintCycle, AlignsDecisionsWithTheirReasons) {
  std::ostringstream out;
  print_text(CycleReport{{busy_project()}}, out);
  EXPECT_EQ(out.str(), R"(project prod: 1 call to make
  do      start instance 8c53                                SHUTOFF, and rule keep-running wants it to run
  record  missed: daily-sox on 8c54 at 2025-03-09T05:00:00Z  a newer one is served
  leave   orders??[2J                                        it is ACTIVE
  next    daily-sox on orders at 2025-03-09T05:00:00Z        as planned
)");
}

TEST(PrintCycle, SaysThatAClockIsHeld) {
  auto held = project("prod", true, 0);
  held.plan.clock_hold = "this host's clock is 2d ahead";
  std::ostringstream out;
  print_text(CycleReport{{held}}, out);
  EXPECT_THAT(out.str(), HasSubstr("  clock held: this host's clock is 2d ahead\n"));
  EXPECT_EQ(to_json(CycleReport{{held}})["projects"][0]["clock_held"], "this host's clock is 2d ahead");
}

TEST(PrintCycle, CallsTheInstanceOfAnActionByItsNameWhereThePlanKnowsIt) {
  auto busy = busy_project();
  busy.plan.actions.front().instance_name = "billing\t01";
  EXPECT_EQ(decisions_of(busy.plan).front().subject, "start instance 8c53 (billing?01)");
  const auto action = to_json(CycleReport{{busy}}).at("projects").at(0).at("actions").at(0);
  EXPECT_EQ(action.at("instance_id"), "8c53");
  EXPECT_EQ(action.at("instance_name"), "billing\t01");
}

TEST(PrintCycle, SaysWhereTheCloudDidNotAnswer) {
  std::ostringstream out;
  print_text(CycleReport{{project("prod", false, 1)}}, out);
  EXPECT_EQ(out.str(), "project prod: no calls to make; the cloud did not answer\n");
}

TEST(PrintCycle, SaysTheSameAsJson) {
  const auto document = to_json(CycleReport{{busy_project()}});
  const auto& prod = document.at("projects").at(0);
  EXPECT_EQ(prod.at("project"), "prod");
  EXPECT_EQ(prod.at("asked"), true);
  EXPECT_THAT(prod.at("actions").at(0).at("action").get<std::string>(), HasSubstr("start instance 8c53"));
  EXPECT_EQ(prod.at("actions").at(0).at("changes_the_cloud"), true);
  EXPECT_EQ(prod.at("records").at(0).at("scheduled_time"), "2025-03-09T05:00:00Z");
  EXPECT_EQ(prod.at("standing").at(0).at("instance_name"), "orders\n\x1b[2J") << "JSON escapes by itself";
  EXPECT_EQ(prod.at("standing").at(1).at("report"), "daily-sox");
}

TEST(ReportFailures, TellsFailedFromNotAsked) {
  struct Row {
    std::vector<CycleReport::Project> projects;
    int status;
  };
  for (const auto& [projects, status] : {
           Row{{}, kWell},
           Row{{project("a", true, 0), project("b", true, 0)}, kWell},
           Row{{project("a", true, 0), project("b", true, 2)}, kFailed},
           Row{{project("a", true, 0), project("b", false, 1)}, kFailed},
           Row{{project("a", false, 1), project("b", false, 1)}, kNotAsked},
       }) {
    std::ostringstream err;
    EXPECT_EQ(report_failures({projects}, err), status);
    EXPECT_EQ(err.str().empty(), status == kWell);
  }
}

TEST(ReportFailures, NamesTheProjectAndItsFirstFailure) {
  std::ostringstream err;
  EXPECT_EQ(report_failures({{project("prod", true, 2)}}, err), kFailed);
  EXPECT_EQ(err.str(), "dbssd: project prod: 2 failures, the first: it broke\n");
}

}  // namespace
}  // namespace dbssd::cli
