// Reports that wait for the summary task.
#include <gtest/gtest.h>

#include "fakes/world.h"

namespace dbssd::planner {
namespace {

using cloud::TaskStatus;
using fakes::World;
using journal::Outcome;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

class SummaryTask : public testing::Test {
 protected:
  SummaryTask() : rule_(world_.report("daily", "0 6 * * *")) {
    rule_.window.kind = schedule::WindowRule::Kind::previous_day;
    rule_.after_summary = cloud::BusiType::audit;
    rule_.deadline = hours{6};
    world_.policy.summary.busi_types = {cloud::BusiType::audit};
    world_.cloud.add("i-1", cloud::InstanceStatus::active);
    task().id = "task-1";
    task().task_switch = "on";
  }
  cloud::SummaryTask& task() { return world_.cloud.summaries[cloud::BusiType::audit]; }
  void succeed(const char* begin, const char* end) {
    task().status = TaskStatus::success;
    task().query_begin = begin == nullptr ? std::nullopt : std::optional<WallTime>(*parse_utc(begin));
    task().query_end = *parse_utc(end);
  }
  [[nodiscard]] std::string reason() const { return world_.runs().front().reason; }

  World world_;
  policy::ReportRule& rule_;
};

TEST_F(SummaryTask, AWindowThatItCoversWholeIsReported) {
  succeed("2025-06-01T00:00:00Z", "2025-06-02T00:00:00Z");
  world_.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world_.outcomes().front(), Outcome::finished);
}

TEST_F(SummaryTask, AWindowThatBeginsBeforeItWaits) {
  succeed("2025-06-01T12:00:00Z", "2025-06-02T04:00:00Z");
  world_.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world_.cloud.reports.size(), 0U);
  EXPECT_EQ(reason(),
            "the audit summary task has succeeded from 2025-06-01T12:00:00Z on only, and the window begins "
            "before that");
}

TEST_F(SummaryTask, TasksThatFollowOnEachOtherCoverTogether) {
  succeed("2025-06-01T00:00:00Z", "2025-06-01T12:00:00Z");
  world_.run_until("2025-06-02T01:00:00Z");
  succeed("2025-06-01T12:00:00Z", "2025-06-02T00:00:00Z");
  world_.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world_.outcomes().front(), Outcome::finished);
}

TEST_F(SummaryTask, TasksWithAGapBetweenThemDoNot) {
  succeed("2025-06-01T00:00:00Z", "2025-06-01T12:00:00Z");
  world_.run_until("2025-06-02T01:00:00Z");
  succeed("2025-06-01T13:00:00Z", "2025-06-02T00:00:00Z");
  world_.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world_.cloud.reports.size(), 0U);
}

TEST_F(SummaryTask, ARecordThatDoesNotSayWhereItBeganProvesNothing) {
  journal::Batch batch;
  journal::SummaryRecord& old = batch.summaries.emplace_back();
  old.id = "task-1";
  old.status = TaskStatus::success;
  old.query_end = old.succeeded_until = *parse_utc("2025-06-03T00:00:00Z");
  ASSERT_TRUE(world_.journal->commit(world_.policy.projects.front().name, batch));
  task().status = TaskStatus::running;
  world_.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world_.cloud.reports.size(), 0U);
  EXPECT_EQ(
      reason(),
      "the audit summary task has succeeded, but from when on is not known: the next success will tell");
  succeed("2025-05-01T00:00:00Z", "2025-06-02T05:00:00Z");
  world_.run_for(minutes{20});
  EXPECT_EQ(world_.outcomes().front(), Outcome::finished);
}

TEST_F(SummaryTask, ThatIsSwitchedOffIsSaidAtOnceAndTheDeadlineDecides) {
  task().task_switch = "off";
  world_.run_until("2025-06-02T00:01:00Z");
  const auto said = world_.said(EventId::summary_switched_off);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].report, ReportName("daily"));
  EXPECT_EQ(said[0].reason,
            "after_summary: audit; it has never succeeded, as far as is known; a report that waits ends with "
            "its deadline of 6h");
  world_.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(reason(), "the audit summary task is switched off, and has not succeeded for the window");
  world_.run_until("2025-06-02T12:10:00Z");
  EXPECT_EQ(world_.outcomes().front(), Outcome::expired);
  EXPECT_EQ(world_.count(EventId::summary_switched_off), 1U);
}

TEST_F(SummaryTask, WhatItHasCoveredBeforeItWasSwitchedOffIsReported) {
  succeed("2025-06-01T00:00:00Z", "2025-06-02T00:00:00Z");
  task().task_switch = "off";
  world_.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world_.outcomes().front(), Outcome::finished);
}

TEST_F(SummaryTask, ASwitchThatNoReportWaitsForIsNobodysConcern) {
  rule_.after_summary.reset();
  task().task_switch = "off";
  world_.run_until("2025-06-02T06:30:00Z");
  EXPECT_EQ(world_.count(EventId::summary_switched_off), 0U);
}

TEST_F(SummaryTask, ASwitchThatIsTurnedIsAChangeAndIsSaidAnew) {
  task().task_switch = "off";
  world_.run_for(minutes{5});
  task().task_switch = "on";
  world_.run_for(minutes{15});
  EXPECT_EQ(world_.said(EventId::summary_changed).back().reason,
            "task task-1: unknown -> unknown, switch on");
  task().task_switch = "off";
  world_.run_for(minutes{15});
  EXPECT_EQ(world_.count(EventId::summary_switched_off), 2U);
}

}  // namespace
}  // namespace dbssd::planner
