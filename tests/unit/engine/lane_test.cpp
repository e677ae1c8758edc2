#include "engine/lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/perform.h"
#include "fakes/temp_directory.h"
#include "unit/engine/engine_bench.h"

namespace dbssd::engine {
namespace {

using planner::CreateReport;
using planner::ListInstances;
using planner::StartInstance;
using telemetry::EventId;
using testing::IsEmpty;
using testing::SizeIs;

template <class C>
std::size_t count(const Lane::Turn& turn) {
  return static_cast<std::size_t>(std::ranges::count_if(
      turn.calls, [](const planner::Action& action) { return std::holds_alternative<C>(action.call); }));
}

class LaneTest : public testing::Test {
 protected:
  void begin(Mode mode = Mode::act) {
    lane = std::make_unique<Lane>(bench.ports(), bench.current_policy(), 0, mode);
    ASSERT_TRUE(lane->load());
  }
  Lane::Turn turn(std::size_t room = 100) { return lane->turn(room); }
  /// Makes the calls, one after the other.
  void answer(const Lane::Turn& turn) {
    for (const planner::Action& action : turn.calls)
      lane->take(perform(action.call, kProject, bench.cloud, bench.journal, bench.clock));
  }
  /// Turns and calls until there is nothing to do at this time.
  void settle() {
    for (Lane::Turn next = turn(); !next.calls.empty(); next = turn()) answer(next);
  }

  EngineBench bench;
  std::unique_ptr<Lane> lane;
};

TEST_F(LaneTest, TheIntentIsDurableBeforeItsCallIsHandedOver) {
  bench.cloud.add("i-1", cloud::InstanceStatus::shutoff);
  bench.keep_running();
  begin();
  answer(turn());
  const Lane::Turn next = turn();
  ASSERT_EQ(count<StartInstance>(next), 1U);
  const auto batches = bench.journal.batches();
  ASSERT_THAT(batches, testing::Not(IsEmpty()));
  ASSERT_THAT(batches.back().second.starts, SizeIs(1));
  EXPECT_EQ(batches.back().second.starts[0].state, journal::StartState::requested);
  EXPECT_EQ(bench.cloud.starts("i-1"), 0);
}

TEST_F(LaneTest, NothingIsHandedOverWhileTheJournalFails) {
  bench.cloud.add("i-1", cloud::InstanceStatus::shutoff);
  bench.keep_running();
  begin();
  answer(turn());
  bench.journal.fail_commits(3);
  for (int i = 0; i < 3; ++i) {
    const Lane::Turn failed = turn();
    EXPECT_THAT(failed.calls, IsEmpty());
    ASSERT_TRUE(failed.next_mono);
    EXPECT_GT(*failed.next_mono, bench.clock.now().mono);
  }
  EXPECT_EQ(bench.events.count(EventId::state_failed), 1U);
  EXPECT_EQ(count<StartInstance>(turn()), 1U);
  // What was decided in vain is not written beside what was decided again.
  EXPECT_THAT(bench.journal.batches().back().second.starts, SizeIs(1));
}

TEST_F(LaneTest, TheJournalIsTriedAgainLessAndLessOften) {
  bench.cloud.add("i-1", cloud::InstanceStatus::active);
  begin();
  answer(turn());
  bench.journal.fail_commits(20);
  std::vector<Millis> waits;
  for (int i = 0; i < 10; ++i)
    waits.push_back(std::chrono::ceil<Millis>(*turn().next_mono - bench.clock.now().mono));
  EXPECT_TRUE(std::ranges::is_sorted(waits));
  EXPECT_LE(waits.front(), Seconds{2});
  EXPECT_EQ(waits.back(), Seconds{30});
}

TEST_F(LaneTest, AFactThatCouldNotBeWrittenDownIsWrittenLater) {
  bench.cloud.add("i-1", cloud::InstanceStatus::active);
  begin();
  answer(turn());
  bench.journal.fail_commits(1);
  (void)turn();
  EXPECT_THAT(bench.journal.load(kProject, Instant{})->instances, IsEmpty());
  (void)turn();
  EXPECT_THAT(bench.journal.load(kProject, Instant{})->instances, SizeIs(1));
  EXPECT_EQ(bench.events.count(EventId::instance_seen), 1U);
}

TEST_F(LaneTest, ADecisionThatCouldNotBeWrittenDownIsNotTold) {
  bench.cloud.add("i-1", cloud::InstanceStatus::active);
  bench.report_each_minute();
  begin();
  settle();
  bench.clock.advance(Seconds{60});
  bench.journal.fail_commits(1);
  (void)turn();
  EXPECT_EQ(bench.events.count(EventId::report_due), 0U);
  EXPECT_THAT(bench.journal.all_runs(kProject), IsEmpty());
  (void)turn();
  EXPECT_EQ(bench.events.count(EventId::report_due), 1U);
  EXPECT_THAT(bench.journal.all_runs(kProject), SizeIs(1));
}

TEST_F(LaneTest, ARunIsOpenedAndItsReportAskedForInOneTurn) {
  bench.cloud.add("i-1", cloud::InstanceStatus::active);
  bench.report_each_minute();
  begin();
  settle();
  bench.clock.advance(Seconds{60});
  answer(turn());  // a look at the templates may come first
  settle();
  EXPECT_THAT(bench.cloud.reports, SizeIs(1));
  EXPECT_EQ(bench.events.count(EventId::report_accepted), 1U);
}

TEST_F(LaneTest, SaysHowManyInstancesAreListedAndHowManyRunsAreOpen) {
  bench.cloud.add("i-1", cloud::InstanceStatus::active);
  bench.cloud.add("i-2", cloud::InstanceStatus::active);
  bench.report_each_minute();
  begin();
  EXPECT_EQ(lane->standing(), ProjectStanding{});
  settle();
  bench.clock.advance(std::chrono::minutes{1});
  answer(turn());
  EXPECT_EQ(lane->standing(), (ProjectStanding{.listed = true, .instances = 2, .open_runs = 2}));
  bench.cloud.machine("i-2").listed = false;
  bench.clock.advance(std::chrono::minutes{10});
  settle();
  EXPECT_EQ(lane->standing().instances, 1U);
}

TEST_F(LaneTest, NoMoreIsHandedOverThanThereIsRoomFor) {
  for (int i = 0; i < 10; ++i) bench.cloud.add("i-" + std::to_string(i), cloud::InstanceStatus::shutoff);
  bench.keep_running();
  begin();
  answer(turn());
  EXPECT_THAT(turn(0).calls, IsEmpty());
  EXPECT_EQ(count<StartInstance>(turn(3)), 3U);
  EXPECT_EQ(count<StartInstance>(turn(100)), 7U);
}

TEST_F(LaneTest, CallsUnderWayAreCountedUntilTheirAnswer) {
  begin();
  const Lane::Turn first = turn();
  EXPECT_EQ(lane->calls_under_way(), first.calls.size());
  EXPECT_THAT(turn().calls, IsEmpty());
  answer(first);
  EXPECT_EQ(lane->calls_under_way(), 0U);
}

TEST_F(LaneTest, ADryLaneWritesNothingAndHandsOverLooksAlone) {
  bench.cloud.add("i-1", cloud::InstanceStatus::shutoff);
  bench.keep_running();
  begin(Mode::dry);
  for (Lane::Turn next = turn(); !next.calls.empty(); next = turn()) {
    for (const planner::Action& action : next.calls) EXPECT_FALSE(planner::changes_the_cloud(action.call));
    answer(next);
  }
  EXPECT_THAT(bench.journal.batches(), IsEmpty());
  const planner::Plan plan = lane->explain();
  ASSERT_THAT(plan.actions, SizeIs(1));
  EXPECT_TRUE(std::holds_alternative<StartInstance>(plan.actions[0].call));
}

TEST_F(LaneTest, ADryLaneKeepsWhatItDecidesForItsPlanAndTellsNobody) {
  bench.cloud.add("i-1", cloud::InstanceStatus::shutoff);
  bench.cloud.add("i-2", cloud::InstanceStatus::shutoff);
  bench.keep_running(1);
  begin(Mode::dry);
  for (Lane::Turn next = turn(); !next.calls.empty(); next = turn()) answer(next);
  EXPECT_EQ(bench.events.count(EventId::instance_start_capped), 0U);
  const planner::Plan plan = lane->explain();
  ASSERT_THAT(plan.events, SizeIs(1));
  EXPECT_EQ(plan.events[0].id, EventId::instance_start_capped);
}

TEST_F(LaneTest, NothingIsStartedAfterAJumpUntilTheListHasBeenReadAgain) {
  bench.cloud.add("i-1", cloud::InstanceStatus::shutoff);
  bench.keep_running();
  begin();
  answer(turn());
  bench.clock.step(std::chrono::hours{1});
  lane->look_at_clock();
  const Lane::Turn next = turn();
  EXPECT_EQ(count<StartInstance>(next), 0U);
  EXPECT_EQ(count<ListInstances>(next), 1U);
  answer(next);
  EXPECT_EQ(count<StartInstance>(turn()), 1U);
}

TEST_F(LaneTest, AReportThatIsAskedForByHandIsAskedForOnce) {
  bench.cloud.add("i-1", cloud::InstanceStatus::active);
  bench.report_each_minute();
  begin();
  settle();
  const Instant now = bench.clock.now().second();
  const Request request{kProject,
                        {{bench.policy.reports[0].name, InstanceId("i-1"), now + Seconds{7}},
                         {now - std::chrono::hours{2}, now - std::chrono::hours{1}}}};
  for (int i = 0; i < 3; ++i) {
    lane->ask(request);
    settle();
  }
  EXPECT_EQ(bench.cloud.reports.size(), 1U);
  begin();
  lane->ask(request);
  settle();
  EXPECT_EQ(bench.cloud.reports.size(), 1U);
}

TEST_F(LaneTest, AClockThatIsSetBackBehindWhatIsDecidedIsSaidThenAndAtEachStart) {
  bench.cloud.add("i-1", cloud::InstanceStatus::active);
  bench.report_each_minute();
  begin();
  settle();
  bench.clock.step(std::chrono::hours{24});
  settle();
  lane->look_at_clock();
  EXPECT_EQ(bench.events.count(EventId::clock_behind), 0U);
  bench.clock.step(-std::chrono::hours{24});
  lane->look_at_clock();
  EXPECT_EQ(bench.events.count(EventId::clock_behind), 1U);
  begin();
  EXPECT_EQ(bench.events.count(EventId::clock_behind), 2U);
}

TEST_F(LaneTest, ANewPolicyAppliesFromTheNextTurn) {
  bench.cloud.add("i-1", cloud::InstanceStatus::shutoff);
  begin();
  settle();
  EXPECT_EQ(bench.cloud.starts("i-1"), 0);
  bench.keep_running();
  lane->swap_policy(bench.current_policy(), 0);
  settle();
  EXPECT_EQ(bench.cloud.starts("i-1"), 1);
}

TEST_F(LaneTest, AZoneThatCannotBeReadStopsItsScheduleAlone) {
  const fakes::TempDirectory empty;
  schedule::ZoneDatabase no_zones(empty.path());
  bench.cloud.add("i-1", cloud::InstanceStatus::active);
  bench.report_each_minute();
  bench.policy.reports[0].time_zone = "Europe/Berlin";
  bench.policy.reports.push_back(bench.policy.reports[0]);
  bench.policy.reports[1].name = ReportName("in-utc");
  bench.policy.reports[1].time_zone = "UTC";
  const Ports ports{bench.clock, bench.journal, bench.events, no_zones, {}};
  lane = std::make_unique<Lane>(ports, bench.current_policy(), 0, Mode::act);
  ASSERT_TRUE(lane->load());
  settle();
  EXPECT_GE(bench.events.count(EventId::state_failed), 1U);
  bench.clock.advance(Seconds{60});
  settle();
  const auto due = bench.events.events(EventId::report_due);
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].report, ReportName("in-utc"));
}

TEST_F(LaneTest, DoesNotBeginOnAJournalThatCannotBeRead) {
  bench.journal.fail_reads(1);
  Lane blind(bench.ports(), bench.current_policy(), 0, Mode::act);
  EXPECT_FALSE(blind.load());
}

TEST_F(LaneTest, ACallThatWasUnderWayWhenTheProcessEndedIsLookedUpAndNotRepeated) {
  bench.cloud.add("i-1", cloud::InstanceStatus::active);
  bench.report_each_minute();
  begin();
  settle();
  bench.clock.advance(Seconds{60});
  // The call leaves, has its effect, and the process dies before its answer.
  bool created = false;
  while (!created) {
    const Lane::Turn next = turn();
    ASSERT_THAT(next.calls, testing::Not(IsEmpty()));
    for (const planner::Action& action : next.calls) {
      const planner::Answer answer = perform(action.call, kProject, bench.cloud, bench.journal, bench.clock);
      created = std::holds_alternative<CreateReport>(action.call);
      if (created) break;
      lane->take(answer);
    }
  }
  begin();
  EXPECT_EQ(bench.events.count(EventId::report_outcome_unknown), 1U);
  for (int i = 0; i < 25; ++i) {  // not to the next minute
    settle();
    bench.clock.advance(Seconds{1});
  }
  EXPECT_EQ(bench.events.count(EventId::report_adopted), 1U);
  EXPECT_THAT(bench.cloud.reports, SizeIs(1));
}

TEST_F(LaneTest, WhatNoTurnHasWrittenIsWrittenAtTheEnd) {
  bench.cloud.add("i-1", cloud::InstanceStatus::active);
  begin();
  answer(turn());
  EXPECT_THAT(bench.journal.batches(), IsEmpty());
  ASSERT_TRUE(lane->save());
  EXPECT_THAT(bench.journal.load(kProject, Instant{})->instances, SizeIs(1));
  const std::size_t written = bench.journal.batches().size();
  ASSERT_TRUE(lane->save());
  EXPECT_EQ(bench.journal.batches().size(), written);
}

}  // namespace
}  // namespace dbssd::engine
