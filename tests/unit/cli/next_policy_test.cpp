#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/command.h"
#include "planner/runs.h"
#include "schedule/cron.h"
#include "unit/cli/policy_text.h"

namespace dbssd::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kReports = R"(
time_zone: Europe/Berlin
reports:
  - {name: daily-sox, template: {type: SOX}, schedule: "0 6 * * *"}
  - {name: weekly, template: {name: Weekly}, schedule: "H 3 * * MON", time_zone: UTC, window: previous_week}
)";

class NextOfAPolicy : public testing::Test {
 protected:
  NextOfAPolicy() {
    arguments_.policy = directory_.write("policy.yaml", policy_text(directory_, kReports));
    arguments_.from = parse_utc("2025-03-08T12:00:00Z");
    arguments_.count = 1;
  }
  int print() { return next(arguments_, {out_, err_}); }

  const fakes::TempDirectory directory_;
  NextArguments arguments_;
  std::ostringstream out_, err_;
};

TEST_F(NextOfAPolicy, ShowsEachReportInItsZoneWithItsWindow) {
  EXPECT_EQ(print(), kWell);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("daily-sox: 0 6 * * * Europe/Berlin: "),
                                HasSubstr("2025-03-09T05:00:00Z  Sun 2025-03-09 06:00:00 +01:00  exact"
                                          "  window 2025-03-07T23:00:00Z to 2025-03-08T23:00:00Z\n"),
                                HasSubstr("weekly: "),
                                HasSubstr("window 2025-03-03T00:00:00Z to 2025-03-10T00:00:00Z\n")));
}

TEST_F(NextOfAPolicy, ShowsOneReportWhereItIsNamed) {
  arguments_.report = "daily-sox";
  arguments_.output = Output::utc;
  EXPECT_EQ(print(), kWell);
  EXPECT_EQ(out_.str(), "2025-03-09T05:00:00Z\n");
  EXPECT_EQ(err_.str(), "");
}

TEST_F(NextOfAPolicy, RefusesAReportThatThePolicyDoesNotHave) {
  arguments_.report = "dayly-sox";
  EXPECT_EQ(print(), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("the policy has no report 'dayly-sox'"));
}

TEST_F(NextOfAPolicy, DrawsHAsTheEngineDoesForThisReportAndInstance) {
  arguments_.report = "weekly";
  arguments_.instance = "8c53a1f0";
  arguments_.output = Output::json;
  EXPECT_EQ(print(), kWell);
  const auto schedule = nlohmann::json::parse(out_.str()).at("schedules").at(0);
  EXPECT_EQ(schedule.at("schedule"), "H(0-59) 3 * * 1");
  const auto rule = schedule::Cron::parse("H 3 * * 1");
  EXPECT_EQ(schedule.at("drawn"),
            rule->resolved(planner::schedule_hash(ReportName("weekly"), InstanceId("8c53a1f0"))).text());
}

TEST_F(NextOfAPolicy, NeedsNoSecret) {
  unsetenv("DBSSD_TEST_TOKEN");
  EXPECT_EQ(print(), kWell);
}

TEST_F(NextOfAPolicy, ThatIsInvalidIsAnsweredWithItsFindings) {
  arguments_.policy =
      directory_.write("bad.yaml", policy_text(directory_, "reports: [{name: x}]\nsumary: {}\n"));
  EXPECT_EQ(print(), kWrongUsage);
  EXPECT_EQ(out_.str(), "");
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("bad.yaml:"), HasSubstr(": error: "), HasSubstr("sumary")));
}

TEST_F(NextOfAPolicy, ThatIsNotThereIsNamed) {
  arguments_.policy = directory_.file("absent.yaml");
  EXPECT_EQ(print(), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("absent.yaml"));
}

TEST_F(NextOfAPolicy, WithoutReportsHasNothingToShow) {
  arguments_.policy = directory_.write("quiet.yaml", policy_text(directory_));
  EXPECT_EQ(print(), kWell);
  EXPECT_EQ(out_.str(), "");
  EXPECT_THAT(err_.str(), HasSubstr("the policy has no reports"));
}

}  // namespace
}  // namespace dbssd::cli
