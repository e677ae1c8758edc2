// States that could last for ever have an end: downloads, orders, instances that are gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fakes/journal_samples.h"
#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::World;
using journal::Outcome;
using journal::RunRecord;
using planner::DownloadReport;
using planner::ListJobs;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A finished report, whose download fails as the test says.
class Download : public testing::Test {
 protected:
  Download() {
    world.report("daily", "0 6 1 * *").archive = policy::Archive{"/archive", "en-us", {}};
    world.cloud.add("i-1", InstanceStatus::active);
    world.run_until("2025-07-01T05:00:00Z");
  }
  void fail(ErrorKind kind) {
    world.fate = [kind](const planner::Call& call) {
      return std::holds_alternative<DownloadReport>(call) ? fakes::failing(kind, "no such report")
                                                          : fakes::Fate{};
    };
  }
  [[nodiscard]] RunRecord run() const { return world.runs().back(); }
  World world;
};

TEST_F(Download, ThatIsRefusedForADayEnds) {
  for (const ErrorKind kind : {ErrorKind::not_found, ErrorKind::rejected}) {
    World fresh;
    fresh.report("daily", "0 6 * * *").archive = policy::Archive{"/archive", "en-us", {}};
    fresh.cloud.add("i-1", InstanceStatus::active);
    fresh.fate = [kind](const planner::Call& call) {
      return std::holds_alternative<DownloadReport>(call) ? fakes::failing(kind, "no such report")
                                                          : fakes::Fate{};
    };
    fresh.run_until("2025-06-03T05:50:00Z");
    EXPECT_TRUE(fresh.runs().front().archive_pending);
    EXPECT_EQ(fresh.count(EventId::report_archive_failed), 1U);
    fresh.run_until("2025-06-03T06:59:00Z");
    EXPECT_FALSE(fresh.runs().front().archive_pending);
    EXPECT_EQ(fresh.runs().front().archive_error, "no such report");
    EXPECT_EQ(fresh.runs().front().outcome, Outcome::finished);
    const auto said = fresh.said(EventId::report_archive_failed);
    ASSERT_GE(said.size(), 2U);
    EXPECT_THAT(said[1].msg + said.back().msg, HasSubstr("given up"));
  }
}

TEST_F(Download, ThatThisHostCannotWriteIsTriedForTwoWeeks) {
  fail(ErrorKind::internal);
  world.run_until("2025-07-15T05:00:00Z");
  EXPECT_TRUE(run().archive_pending);
  world.run_until("2025-07-15T08:00:00Z");
  EXPECT_FALSE(run().archive_pending);
  EXPECT_EQ(run().archive_error, "no such report");
  const std::size_t tried = world.count<DownloadReport>();
  world.run_for(days{1});
  EXPECT_EQ(world.count<DownloadReport>(), tried);
}

TEST_F(Download, OfAProjectThatFailsAsAWholeIsNotGivenUp) {
  fail(ErrorKind::unauthorized);
  world.run_until("2025-07-20T00:00:00Z");
  EXPECT_TRUE(run().archive_pending);
  world.fate = [](const planner::Call&) { return fakes::Fate{}; };
  world.run_for(hours{2});
  EXPECT_THAT(run().archived, HasSubstr("/archive/"));
}

TEST_F(Download, IsNotGivenUpForAStepOfTheClock) {
  fail(ErrorKind::not_found);
  world.run_until("2025-07-01T06:10:00Z");
  ASSERT_TRUE(run().archive_pending);
  world.clock.step(days{365});
  world.run_for(hours{12});
  EXPECT_TRUE(run().archive_pending);
}

TEST_F(Download, IsNotGivenUpByAProcessThatHasHardlyTried) {
  fail(ErrorKind::not_found);
  world.run_until("2025-07-01T07:00:00Z");
  world.end();
  world.clock.advance(days{5});
  world.run_for(hours{22});  // how long it was not there it cannot know for sure: that does not count
  EXPECT_TRUE(run().archive_pending);
  world.run_for(hours{3});
  EXPECT_FALSE(run().archive_pending);
}

TEST(Order, ThatIsOverdueIsAskedAboutLessAndLessAndEnds) {
  World world;
  world.policy.creation_jobs.resource_ids = {ResourceId("r-typo")};
  world.run_for(hours{2});
  const std::size_t closely = world.count<ListJobs>();
  world.run_for(days{1});
  const std::size_t first_day = world.count<ListJobs>() - closely;
  world.run_for(days{20});
  const std::size_t later = world.count<ListJobs>() - closely - first_day;
  EXPECT_LT(first_day, 60U);
  EXPECT_LT(later, first_day + 20U);
  EXPECT_EQ(world.count(EventId::job_vanished), 0U);
  world.run_for(days{11});
  const auto said = world.said(EventId::job_vanished);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_THAT(said[0].reason, HasSubstr("no job was ever listed"));
  const std::size_t asked = world.count<ListJobs>();
  world.run_for(days{3});
  EXPECT_EQ(world.count<ListJobs>(), asked);
  world.restart();
  world.run_for(days{3});
  EXPECT_EQ(world.count<ListJobs>(), asked);
}

TEST(Order, ThatTheServiceRefusesToTellOfEndsAsWell) {
  World world;
  world.policy.creation_jobs.resource_ids = {ResourceId("r-typo")};
  world.fate = [](const planner::Call& call) {
    return std::holds_alternative<ListJobs>(call) ? fakes::failing(ErrorKind::rejected) : fakes::Fate{};
  };
  world.run_for(days{32});
  EXPECT_EQ(world.count(EventId::job_vanished), 1U);
}

TEST(Order, ThatIsOverdueEndsOnceTheListHasItsInstance) {
  World world;
  world.cloud.add("i-1", InstanceStatus::build);
  world.run_for(hours{3});
  EXPECT_EQ(world.count(EventId::job_overdue), 1U);
  world.cloud.machine("i-1").seen.status = InstanceStatus::active;
  world.run_for(hours{2});
  const std::size_t asked = world.count<ListJobs>();
  world.run_for(days{2});
  EXPECT_EQ(world.count<ListJobs>(), asked);
  EXPECT_EQ(world.count(EventId::job_vanished), 0U);
}

/// Vanishes on the first day, with a schedule.
class Gone : public testing::Test {
 protected:
  Gone() {
    world.policy.state.keep = days{30};
    world.policy.instances.reconcile_interval = hours{1};
    world.report("daily", "0 6 * * *").missed = schedule::MissedPolicy::all;
    world.cloud.add("i-1", InstanceStatus::active);
    world.cloud.add("i-2", InstanceStatus::active);
    world.run_until("2025-06-03T12:00:00Z");
    world.cloud.machine("i-1").listed = false;
    world.run_until("2025-06-03T16:00:00Z");
  }
  [[nodiscard]] journal::Remembered on_record() {
    return world.memory_journal.load(ProjectName("prod"), Instant::min()).value();
  }
  World world;
};

TEST_F(Gone, InstancesLeaveMemoryAndTheJournalAfterStateKeep) {
  ASSERT_EQ(world.count(EventId::instance_vanished), 1U);
  EXPECT_TRUE(on_record().instances.front().vanished_at);
  world.run_until("2025-07-03T10:00:00Z");
  EXPECT_THAT(on_record().instances, SizeIs(2));
  world.run_until("2025-07-03T20:00:00Z");
  EXPECT_THAT(on_record().instances, SizeIs(1));
  EXPECT_THAT(on_record().schedules, SizeIs(1));
  EXPECT_THAT(world.lane->memory.instances, SizeIs(1));
  EXPECT_THAT(world.lane->memory.schedules, SizeIs(1));
  EXPECT_THAT(world.lane->memory.bindings, SizeIs(1));
  EXPECT_EQ(world.count(EventId::instance_forgotten), 1U);
  const auto gaps = world.said(EventId::report_gap);
  ASSERT_THAT(gaps, SizeIs(1));
  EXPECT_EQ(gaps[0].window->begin, *parse_utc("2025-06-03T00:00:00Z"));
  world.restart();
  world.run_for(days{1});
  EXPECT_EQ(world.count(EventId::instance_forgotten), 1U);
}

TEST_F(Gone, InstancesOfAnOlderJournalAreForgottenLater) {
  world.end();
  journal::Batch batch;
  batch.instances = on_record().instances;
  batch.instances.front().vanished_at.reset();
  ASSERT_TRUE(world.memory_journal.commit(ProjectName("prod"), batch));
  world.clock.advance(days{60});
  world.run_for(days{29});
  EXPECT_THAT(on_record().instances, SizeIs(2));
  world.run_for(days{2});
  EXPECT_THAT(on_record().instances, SizeIs(1));
}

TEST_F(Gone, InstancesAreKeptWhileARunOfTheirsIsOpen) {
  world.end();
  journal::Batch batch;
  batch.runs.push_back(fakes::due_run("daily", "i-1", *parse_utc("2025-06-03T06:00:01Z")));
  batch.runs.back().expires_at = *parse_utc("2025-07-20T00:00:00Z");
  ASSERT_TRUE(world.memory_journal.commit(ProjectName("prod"), batch));
  world.run_until("2025-07-19T00:00:00Z");
  EXPECT_THAT(on_record().instances, SizeIs(2));
  world.run_until("2025-07-21T00:00:00Z");
  EXPECT_THAT(on_record().instances, SizeIs(1));
}

TEST_F(Gone, AnInstanceThatComesBackWithinAWeekHasItsMissedTimesDecided) {
  world.run_until("2025-06-09T12:00:00Z");
  world.cloud.machine("i-1").listed = true;
  world.run_until("2025-06-09T14:00:00Z");
  EXPECT_THAT(world.runs(), SizeIs(16));
  EXPECT_EQ(world.count(EventId::report_gap), 0U);
}

TEST_F(Gone, AnInstanceThatComesBackAfterMonthsBeginsAnewAndTheGapIsNamed) {
  world.policy.state.keep = days{400};
  world.reload();
  world.run_until("2025-09-03T12:00:00Z");
  const std::size_t before = world.runs().size();
  world.cloud.machine("i-1").listed = true;
  world.run_until("2025-09-03T14:00:00Z");
  EXPECT_EQ(world.runs().size(), before);
  EXPECT_THAT(world.said(EventId::instance_seen).back().reason, HasSubstr("begin anew"));
  world.run_until("2025-09-04T07:00:00Z");
  EXPECT_EQ(world.runs().size(), before + 2);
  const auto gaps = world.said(EventId::report_gap);
  ASSERT_THAT(gaps, SizeIs(1));
  EXPECT_EQ(gaps[0].window, (Window{*parse_utc("2025-06-03T00:00:00Z"), *parse_utc("2025-09-03T00:00:00Z")}));
  EXPECT_FALSE(on_record().instances.front().vanished_at);
}

TEST(Cap, HoldsOverARestart) {
  World world;
  world.keep_running(3);
  world.policy.instances.reconcile_interval = minutes{10};
  for (int i = 0; i < 12; ++i) world.cloud.add("i-" + std::to_string(i), InstanceStatus::shutoff);
  world.run_for(minutes{1});
  EXPECT_EQ(world.count<planner::StartInstance>(), 3U);
  world.restart();
  world.run_for(minutes{1});
  world.restart();
  world.run_for(minutes{5});
  EXPECT_EQ(world.count<planner::StartInstance>(), 3U);
  world.run_for(minutes{8});
  EXPECT_EQ(world.count<planner::StartInstance>(), 6U);
}

TEST(ArchiveRemoval, OfOneRuleDoesNotWaitForThatOfAnother) {
  World world;
  journal::Batch batch;
  for (const char* name : {"a-stuck", "b-free"}) {
    world.report(name, "0 6 1 1 *").archive =
        policy::Archive{std::string("/archive/") + name, "en-us", days{30}};
    for (int i = 0; i < 300; ++i) {
      const Instant at = *parse_utc("2025-04-01T00:00:00Z") + Seconds{i};
      RunRecord run = fakes::settled(fakes::due_run(name, "i-1", at), Outcome::finished, at);
      run.archived = std::string("/archive/") + name + "/" + std::to_string(i) + ".pdf";
      batch.runs.push_back(std::move(run));
    }
  }
  ASSERT_TRUE(world.memory_journal.commit(ProjectName("prod"), batch));
  world.cloud.add("i-1", InstanceStatus::active);
  world.fate = [](const planner::Call& call) {
    const auto* removal = std::get_if<planner::RemoveArchived>(&call);
    return removal != nullptr && removal->run.report == ReportName("a-stuck")
               ? fakes::failing(ErrorKind::internal)
               : fakes::Fate{};
  };
  world.run_for(hours{4});
  std::size_t left = 0;
  for (const RunRecord& run : world.runs())
    if (run.key.report == ReportName("b-free") && !run.archive_removed_at) ++left;
  EXPECT_EQ(left, 0U);
}

}  // namespace
}  // namespace dbssd
