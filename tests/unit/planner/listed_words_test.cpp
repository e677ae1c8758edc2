// What else the lists leave open: the words of a window, templates that are not shown, and pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "unit/planner/recognition.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::Fate;
using fakes::World;
using journal::Outcome;
using journal::RunRecord;
using journal::RunState;
using planner::CreateReport;
using planner::ListReports;
using std::chrono::hours;
using std::chrono::minutes;
using test::lost_answer;
using test::Outcomes;

class PlannerListedWords : public test::PlannerRecognition {};

TEST_F(PlannerListedWords, TheWindowIsOnRecordAsItIsSent) {
  daily("a");
  world.policy.projects.front().api_time_zone = "Asia/Shanghai";
  world.cloud.zone = *world.zones.find("Asia/Shanghai");
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(run_of("a").sent_begin, "2025-06-01 08:00:00");
  EXPECT_EQ(run_of("a").sent_end, "2025-06-02 08:00:00");
  EXPECT_EQ(world.cloud.reports.front().report.start, run_of("a").window.begin);
}

TEST_F(PlannerListedWords, EachWindowOfARepeatedHourHasItsReportOnce) {
  for (const bool is_lost : {false, true}) {
    World other("2025-11-02T03:00:00Z");
    other.policy.projects.front().api_time_zone = "America/New_York";
    other.cloud.zone = *other.zones.find("America/New_York");
    other.cloud.dialect = {.names_template = false, .page_size = 2};
    other.cloud.add("i-1", InstanceStatus::active);
    other.report("half-hourly", "*/30 * * * *").window.kind = schedule::WindowRule::Kind::since_previous;
    other.report("hourly", "0 * * * *").window.kind = schedule::WindowRule::Kind::since_previous;
    other.fate = [&](const planner::Call& call) {
      return is_lost && std::holds_alternative<CreateReport>(call) ? lost_answer() : Fate{};
    };
    other.run_until("2025-11-02T09:15:00Z");
    EXPECT_EQ(other.cloud.reports.size(), 18U);
    EXPECT_EQ(other.outcomes(), Outcomes(18, Outcome::finished));
  }
}

TEST_F(PlannerListedWords, AnotherZoneOfTheWireHarmsNoRunThatIsOpen) {
  daily("a");
  daily("b");
  daily("c");
  fates["b"] = lost_answer();
  world.policy.reports.back().deadline = hours{20};
  fates["c"] = fakes::failing(ErrorKind::not_sent);
  is_list_down = true;
  world.run_until("2025-06-02T06:00:00Z");
  world.policy.projects.front().api_time_zone = "Asia/Shanghai";
  world.reload();
  for (auto& made : world.cloud.reports) {  // the new client takes the same words for other instants
    *made.report.start -= hours{8};
    *made.report.end -= hours{8};
  }
  world.run_for(minutes{2});
  world.restart();
  is_list_down = false;
  world.run_until("2025-06-02T07:00:00Z");
  EXPECT_EQ(world.outcomes(), Outcomes(3, Outcome::finished));
  EXPECT_EQ(world.count<CreateReport>(), 4U);
  EXPECT_EQ(run_of("a").sent_begin, "2025-06-01 00:00:00");
  EXPECT_EQ(run_of("c").sent_begin, "2025-06-01 08:00:00");
}

TEST_F(PlannerListedWords, AListThatNamesInstantsShowsOurs) {
  world.cloud.dialect.says_zone = true;
  daily("a");
  fates["a"] = lost_answer();
  world.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world.cloud.reports.size(), 1U);
  EXPECT_EQ(world.outcomes(), (Outcomes{Outcome::finished}));
}

// Templates that the list does not show.

TEST_F(PlannerListedWords, AfterARestartWhatHasATemplateOfAnUnlistedIdIsSentOnceTheListWasRead) {
  daily("a");
  world.cloud.machine("i-1").unlisted = {TemplateId("t-sox")};
  world.run_until("2025-06-02T05:59:00Z");
  world.end();
  world.clock.suspend(minutes{30});
  world.run_for(minutes{10});
  EXPECT_EQ(world.count<CreateReport>(), 1U);
  EXPECT_EQ(world.outcomes(), (Outcomes{Outcome::finished}));
}

TEST_F(PlannerListedWords, AfterARestartWhatHasATemplateOfAnUnlistedIdIsAdoptedWhereItIsThere) {
  daily("a");
  world.cloud.machine("i-1").unlisted = {TemplateId("t-sox")};
  world.run_until("2025-06-02T05:59:00Z");
  world.end();
  make_report("rep-ours");
  world.clock.suspend(minutes{30});
  world.run_for(minutes{10});
  EXPECT_EQ(world.count<CreateReport>(), 0U);
  EXPECT_EQ(run_of("a").report_id, ReportId("rep-ours"));
}

TEST_F(PlannerListedWords, ATemplateThatACutListDoesNotShowIsNotSaidToBeAbsent) {
  daily("a").report_template = {policy::TemplateRef::By::name, "Quarterly"};
  world.cloud.templates_doubt = "2 of 130 templates were listed";
  world.run_until("2025-06-02T06:10:00Z");
  EXPECT_EQ(run_of("a").reason,
            "the template of name Quarterly is not listed, and may be there: 2 of 130 templates were listed");
}

// Lists of many pages.

TEST_F(PlannerListedWords, TheProgressOfWhatIsKnownIsReadNoFurtherThanItStands) {
  world.cloud.dialect.page_size = 2;
  world.cloud.report_takes = minutes{10};
  daily("a").finish_within = hours{2};
  for (int i = 0; i < 40; ++i) {
    auto& made = make_report("old-" + std::to_string(i));
    made.report.begin_words = made.report.end_words = "2025-05-01 00:00:00";
    made.report.start = made.report.end = *parse_utc("2025-05-01T00:00:00Z");
  }
  world.cloud.newest_first = true;
  world.run_until("2025-06-02T06:01:00Z");
  ASSERT_FALSE(run_of("a").report_id.empty());
  const int pages = world.cloud.pages;
  const auto looks = world.count<ListReports>();
  world.run_until("2025-06-02T06:09:00Z");
  EXPECT_GT(world.count<ListReports>(), looks);
  EXPECT_EQ(static_cast<std::size_t>(world.cloud.pages - pages), world.count<ListReports>() - looks);
}

TEST_F(PlannerListedWords, APartOfAListProvesNothingOfOthers) {
  world.cloud.dialect.page_size = 1;
  world.cloud.newest_first = true;
  make_report("rep-0");
  daily("a");
  world.cloud.report_takes = hours{5};
  world.policy.reports.back().finish_within = hours{9};
  world.run_until("2025-06-02T06:10:00Z");
  ASSERT_FALSE(run_of("a").report_id.empty());
  planner::ReportsSeen seen;
  seen.listing.ends_early = true;
  world.policy.reports.push_back(world.policy.reports.front());
  world.policy.reports.back().name = ReportName("b");
  world.reload();
  ask_by_hand("b", "2025-06-02T06:10:00Z");
  fates["b"] = lost_answer();
  is_list_down = true;
  world.run_for(Seconds{1});
  world.clock.advance(minutes{5});
  world.answer(ListReports{InstanceId("i-1"), {}}, seen);
  world.run();
  EXPECT_EQ(run_of("b").state, RunState::unknown);
}

}  // namespace
}  // namespace dbssd
