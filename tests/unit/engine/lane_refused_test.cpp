// What a lane does when the journal refuses what it wrote, which it would refuse again and again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/lane.h"
#include "engine/perform.h"
#include "engine/refusals.h"
#include "fakes/journal_samples.h"
#include "unit/engine/engine_bench.h"

namespace dbssd::engine {
namespace {

using planner::CreateReport;
using telemetry::EventId;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Error kRefusal{
    ErrorKind::rejected, "run 2025 daily i-1 of project prod: an outcome is recorded once", {}, {}, 0};

class LaneRefused : public testing::Test {
 protected:
  LaneRefused() {
    bench.cloud.add("i-1", cloud::InstanceStatus::active);
    bench.report_each_minute();
    lane = std::make_unique<Lane>(bench.ports(), bench.current_policy(), 0, Mode::act);
    EXPECT_TRUE(lane->load());
    settle();
    bench.clock.advance(Seconds{60});
  }
  void answer(const Lane::Turn& turn) {
    for (const planner::Action& action : turn.calls)
      lane->take(perform(action.call, kProject, bench.cloud, bench.journal, bench.clock));
  }
  void settle() {
    for (Lane::Turn next = lane->turn(100); !next.calls.empty(); next = lane->turn(100)) answer(next);
  }
  [[nodiscard]] std::size_t refusals() const { return bench.events.count(EventId::state_refused); }

  EngineBench bench;
  std::unique_ptr<Lane> lane;
};

TEST_F(LaneRefused, ReadsAgainWhatIsOnRecordAndGoesOnAtOnce) {
  bench.journal.fail_commits(1, kRefusal);
  settle();
  const auto said = bench.events.events(EventId::state_refused);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].project, kProject);
  EXPECT_EQ(said[0].reason, kRefusal.message);
  EXPECT_EQ(bench.events.count(EventId::state_failed), 0U);
  EXPECT_THAT(bench.cloud.reports, SizeIs(1));
}

TEST_F(LaneRefused, WhatContradictsTheJournalIsDropped) {
  // Somebody else has decided the time, which the lane cannot know.
  const Instant minute = std::chrono::floor<std::chrono::minutes>(bench.clock.now().second());
  journal::Batch other;
  other.runs.push_back(fakes::settled(fakes::due_run("every-minute", "i-1", minute), journal::Outcome::missed,
                                      bench.clock.now().second()));
  other.schedules = bench.journal.load(kProject, Instant::min())->schedules;
  other.schedules.at(0).cursor = minute;
  ASSERT_TRUE(bench.journal.commit(kProject, other));
  settle();
  EXPECT_EQ(refusals(), 1U);
  EXPECT_THAT(bench.journal.all_runs(kProject), SizeIs(1));
  EXPECT_THAT(bench.cloud.reports, IsEmpty());
  bench.clock.advance(Seconds{60});
  settle();
  EXPECT_EQ(refusals(), 1U);
  EXPECT_THAT(bench.cloud.reports, SizeIs(1));
}

TEST_F(LaneRefused, AScheduleThatIsBehindWhatIsOnRecordCatchesUp) {
  const Instant minute = std::chrono::floor<std::chrono::minutes>(bench.clock.now().second());
  journal::Batch other;
  other.runs.push_back(fakes::settled(fakes::due_run("every-minute", "i-1", minute), journal::Outcome::missed,
                                      bench.clock.now().second()));
  ASSERT_TRUE(bench.journal.commit(kProject, other));
  settle();
  EXPECT_EQ(refusals(), 1U);
  bench.clock.advance(Seconds{60});
  settle();
  EXPECT_EQ(refusals(), 1U);
  EXPECT_THAT(bench.cloud.reports, SizeIs(1));
  EXPECT_THAT(bench.journal.all_runs(kProject), SizeIs(2));
}

TEST_F(LaneRefused, RestsLongerAndLongerWhereItIsRefusedAgainAndAgain) {
  bench.journal.fail_commits(1'000'000, kRefusal);
  const Lane::Turn turn = lane->turn(100);
  EXPECT_THAT(turn.calls, IsEmpty());
  EXPECT_EQ(refusals(), 4U);
  ASSERT_TRUE(turn.next_mono);
  EXPECT_EQ(*turn.next_mono - bench.clock.now().mono, std::chrono::minutes{1});
  for (int i = 0; i < 10; ++i) EXPECT_THAT(lane->turn(100).calls, IsEmpty());
  EXPECT_EQ(refusals(), 4U) << "while it rests nothing is written";
  for (int hour = 0; hour < 24 * 60; ++hour) {
    bench.clock.advance(std::chrono::minutes{1});
    (void)lane->turn(100);
  }
  EXPECT_LE(refusals(), 36U);
  EXPECT_THAT(bench.events.events(EventId::state_refused).back().msg, HasSubstr("rests"));
}

TEST_F(LaneRefused, WaitsForWhatIsUnderWayAndNeverAsksTwice) {
  Lane::Turn turn;
  for (turn = lane->turn(100); !turn.calls.empty(); turn = lane->turn(100)) {
    if (std::holds_alternative<CreateReport>(turn.calls.front().call)) break;
    answer(turn);
  }
  ASSERT_THAT(turn.calls, SizeIs(1));
  const planner::Answer created =
      perform(turn.calls.front().call, kProject, bench.cloud, bench.journal, bench.clock);
  bench.clock.advance(Seconds{60});  // another time comes due meanwhile
  bench.journal.fail_commits(1, kRefusal);
  EXPECT_THAT(lane->turn(100).calls, IsEmpty());
  EXPECT_EQ(lane->calls_under_way(), 1U);
  EXPECT_EQ(bench.events.count(EventId::report_outcome_unknown), 0U);
  lane->take(created);
  for (int i = 0; i < 30; ++i) {
    settle();
    bench.clock.advance(Seconds{1});
  }
  EXPECT_EQ(bench.events.count(EventId::report_outcome_unknown), 1U) << "what was learnt is looked up";
  EXPECT_THAT(bench.cloud.reports, SizeIs(2));
}

TEST_F(LaneRefused, AJournalThatCannotBeReadThenIsReadLater) {
  bench.journal.fail_commits(1, kRefusal);
  bench.journal.fail_reads(2);
  const Lane::Turn turn = lane->turn(100);
  EXPECT_THAT(turn.calls, IsEmpty());
  ASSERT_TRUE(turn.next_mono);
  EXPECT_GT(*turn.next_mono, bench.clock.now().mono);
  EXPECT_EQ(bench.events.count(EventId::state_failed), 1U);
  (void)lane->turn(100);
  settle();
  EXPECT_THAT(bench.cloud.reports, SizeIs(1));
}

TEST(Refusals, AFewAreBorneThenEachCostsMoreAndADayForgives) {
  Refusals refusals;
  MonoTime now{};
  for (int i = 0; i < Refusals::kBorne; ++i) EXPECT_EQ(refusals.refused(now), Millis::zero());
  EXPECT_EQ(refusals.refused(now), std::chrono::minutes{1});
  EXPECT_EQ(refusals.refused(now), std::chrono::minutes{2});
  for (int i = 0; i < 100; ++i) (void)refusals.refused(now);
  EXPECT_EQ(refusals.refused(now), std::chrono::hours{1});
  now += std::chrono::hours{24};
  EXPECT_EQ(refusals.refused(now), Millis::zero());
}

TEST(LaneOutage, ATurnIsHandedBackWhereItsPlanWasCut) {
  EngineBench bench;
  bench.cloud.add("i-1", cloud::InstanceStatus::active);
  bench.report_each_minute();
  const auto begin = [&bench] {
    auto lane = std::make_unique<Lane>(bench.ports(), bench.current_policy(), 0, Mode::act);
    EXPECT_TRUE(lane->load());
    return lane;
  };
  auto lane = begin();
  for (Lane::Turn turn = lane->turn(100); !turn.calls.empty(); turn = lane->turn(100))
    for (const planner::Action& action : turn.calls)
      lane->take(perform(action.call, kProject, bench.cloud, bench.journal, bench.clock));
  bench.clock.advance(std::chrono::days{14});
  lane = begin();
  // What the service dates its answer says that it is so late.
  for (const planner::Action& action : lane->turn(1).calls)
    lane->take(perform(action.call, kProject, bench.cloud, bench.journal, bench.clock));
  Lane::Turn turn = lane->turn(0);
  ASSERT_TRUE(turn.is_cut);
  EXPECT_LE(*turn.next_wall, bench.clock.now().second());
  EXPECT_THAT(bench.journal.all_runs(kProject), SizeIs(10'000));
  turn = lane->turn(0);
  EXPECT_TRUE(turn.is_cut);
  turn = lane->turn(0);
  EXPECT_FALSE(turn.is_cut);
  EXPECT_THAT(bench.journal.all_runs(kProject), SizeIs(14 * 24 * 60));
}

}  // namespace
}  // namespace dbssd::engine
