// A service that fails is asked gently, and said to be failing once.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::Fate;
using fakes::World;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

/// Enough to ask for that several calls would leave at once, every one of which fails while `is_down`.
class Outage {
 public:
  explicit Outage(ErrorKind kind, int jobs = 5) {
    for (int i = 1; i <= jobs; ++i)
      world.policy.creation_jobs.resource_ids.push_back(ResourceId("r-" + std::to_string(i)));
    world.cloud.add("i-1", InstanceStatus::active);
    world.fate = [this, kind](const planner::Call&) {
      if (world.count(EventId::cloud_unreachable) + world.count(EventId::cloud_throttled) > 0)
        most_at_once = std::max(most_at_once, world.lane->memory.in_flight);
      Fate fate = is_down ? fakes::failing(kind) : Fate{};
      fate.answer_after = Seconds{1};
      return fate;
    };
  }

  World world;
  bool is_down = true;
  int most_at_once = 0;  ///< under way while it is known to fail
};

TEST(PlannerHealth, AnOutageIsSaidOnce) {
  Outage outage(ErrorKind::not_sent);
  outage.world.run_for(hours{1});
  EXPECT_EQ(outage.world.count(EventId::cloud_unreachable), 1U);
  EXPECT_EQ(outage.world.count(EventId::cloud_recovered), 0U);
}

TEST(PlannerHealth, WhileTheCloudFailsOneCallAtATimeIsLetThrough) {
  Outage outage(ErrorKind::not_sent);
  outage.world.run_for(hours{1});
  EXPECT_EQ(outage.most_at_once, 1);
  EXPECT_LT(outage.world.calls.size(), 100U) << "held back ever longer, to two minutes";
}

TEST(PlannerHealth, TheRecoveryIsSaidOnceWithHowLongItTook) {
  Outage outage(ErrorKind::not_sent);
  outage.world.run_for(minutes{30});
  outage.is_down = false;
  outage.world.run_for(minutes{30});
  const auto said = outage.world.said(EventId::cloud_recovered);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_GE(said.front().duration, minutes{29});
  EXPECT_LE(said.front().duration, minutes{33});
}

TEST(PlannerHealth, AThrottlingServiceIsSaidToThrottle) {
  Outage outage(ErrorKind::throttled);
  outage.world.run_for(hours{1});
  EXPECT_EQ(outage.world.count(EventId::cloud_throttled), 1U);
  EXPECT_EQ(outage.world.count(EventId::cloud_unreachable), 0U);
  EXPECT_EQ(outage.most_at_once, 1);
}

TEST(PlannerHealth, NothingLeavesBeforeTheWaitThatTheServiceAskedFor) {
  World world;
  std::vector<Millis> sent_at;
  world.fate = [&](const planner::Call&) {
    sent_at.push_back(world.clock.elapsed());
    Fate fate = fakes::failing(ErrorKind::throttled);
    fate.answer->retry_after = minutes{7};
    return sent_at.size() == 1 ? fate : Fate{};
  };
  world.run_for(minutes{20});
  ASSERT_GE(sent_at.size(), 2U);
  EXPECT_GE(sent_at[1], minutes{7});
}

TEST(PlannerHealth, AThrottledKindOfCallHoldsBackNoOther) {
  World world;
  world.policy.instances.reconcile_interval = minutes{1};
  for (int i = 1; i <= 5; ++i)
    world.policy.creation_jobs.resource_ids.push_back(ResourceId("r-" + std::to_string(i)));
  int listings = 0, jobs = 0, most_jobs = 0;
  world.fate = [&](const planner::Call& call) {
    if (std::holds_alternative<planner::ListInstances>(call)) {
      ++listings;
      return Fate{};
    }
    ++jobs;
    if (world.count(EventId::cloud_throttled) > 0)
      most_jobs = std::max(most_jobs, world.lane->memory.in_flight_of.at(call.index()));
    Fate fate = fakes::failing(ErrorKind::throttled);
    fate.answer_after = Seconds{1};
    return fate;
  };
  world.run_for(hours{1});
  EXPECT_GE(listings, 59) << "each minute";
  EXPECT_LT(jobs, 100) << "held back ever longer, to two minutes";
  EXPECT_EQ(most_jobs, 1);
  EXPECT_EQ(world.count(EventId::cloud_throttled), 1U);
  EXPECT_EQ(world.count(EventId::cloud_recovered), 0U) << "a listing that goes well says nothing of jobs";
}

TEST(PlannerHealth, WhatIsRefusedForItselfHoldsNobodyBack) {
  Outage outage(ErrorKind::rejected);
  outage.world.run();
  EXPECT_EQ(outage.world.calls.size(), 6U);
  outage.world.run_for(minutes{1});
  EXPECT_EQ(outage.world.lane->memory.health.failures, 0);
}

/// Calls that are under way together, each of which a test answers when it likes.
class Together {
 public:
  Together() {
    for (int i = 1; i <= 5; ++i)
      world.policy.creation_jobs.resource_ids.push_back(ResourceId("r-" + std::to_string(i)));
    world.fate = [](const planner::Call&) {
      Fate fate;
      fate.answer_after = hours{1000};
      return fate;
    };
    world.run();
    sent_at = world.clock.now().mono;
  }
  void fails(MonoTime left) {
    world.lane->take({world.take_call<planner::ListJobs>(), fail(ErrorKind::not_sent, "reset"), left, {}});
  }
  void succeeds(MonoTime left) {
    world.lane->take(
        {world.take_call<planner::ListJobs>(), planner::Reply(std::vector<cloud::Job>{}), left, {}});
  }

  World world;
  MonoTime sent_at;
};

TEST(PlannerHealth, CallsThatFailTogetherAreOneOutage) {
  Together calls;
  for (int i = 0; i < 5; ++i) {
    calls.world.clock.advance(Seconds{1});
    calls.fails(calls.sent_at);
  }
  EXPECT_EQ(calls.world.count(EventId::cloud_unreachable), 1U);
}

TEST(PlannerHealth, CallsThatFailTogetherAreLeftAloneForAsLongAsOne) {
  Outage outage(ErrorKind::throttled, 40);
  outage.world.run_for(Seconds{2});
  EXPECT_EQ(outage.world.lane->memory.health.failures, 1);
  outage.is_down = false;
  outage.world.run_for(Seconds{5});
  EXPECT_EQ(outage.world.lane->memory.health.failures, 0);
}

TEST(PlannerHealth, AnAnswerBetweenThoseThatFailTogetherIsNoRecovery) {
  Together calls;
  calls.world.clock.advance(Seconds{1});
  calls.fails(calls.sent_at);
  calls.world.clock.advance(Seconds{1});
  calls.succeeds(calls.sent_at);                               // it left before the outage
  calls.succeeds(calls.world.clock.now().mono - Millis{500});  // it waited for its turn, and left in it
  calls.world.clock.advance(Seconds{30});
  calls.fails(calls.sent_at);  // a time-out of a call that left before
  calls.fails(calls.sent_at);
  EXPECT_EQ(calls.world.count(EventId::cloud_unreachable), 1U);
  EXPECT_EQ(calls.world.count(EventId::cloud_recovered), 0U);
}

TEST(PlannerHealth, TwentyThingsThatTheServiceFailsOverInARowAreAnOutage) {
  for (const ErrorKind kind : {ErrorKind::outcome_unknown, ErrorKind::malformed}) {
    Outage outage(kind, 30);
    outage.world.run_for(hours{1});
    EXPECT_EQ(outage.world.count(EventId::cloud_unreachable), 1U);
    EXPECT_EQ(outage.most_at_once, 1);
    EXPECT_LT(outage.world.calls.size(), 60U * 5);
    outage.is_down = false;
    outage.world.run_for(minutes{10});
    EXPECT_EQ(outage.world.count(EventId::cloud_recovered), 1U);
  }
}

TEST(PlannerHealth, OneThingThatTheServiceFailsOverIsNone) {
  Outage outage(ErrorKind::outcome_unknown);
  outage.world.fate = [](const planner::Call& call) {
    const auto* const jobs = std::get_if<planner::ListJobs>(&call);
    const bool is_bad = jobs != nullptr && jobs->resource_id.str() == "r-3";
    return is_bad ? fakes::failing(ErrorKind::outcome_unknown) : Fate{};
  };
  outage.world.run_for(hours{1});
  EXPECT_EQ(outage.world.count(EventId::cloud_unreachable), 0U);
  EXPECT_EQ(outage.world.count(EventId::cloud_refused), 1U);
}

TEST(PlannerHealth, APaceThatFindsItsLimitAgainAndAgainIsSaidOnce) {
  World world;
  int refused = 0;
  world.fate = [&](const planner::Call&) {
    return std::exchange(refused, 0) > 0 ? fakes::failing(ErrorKind::throttled) : Fate{};
  };
  for (int i = 0; i < 10; ++i) {
    refused = 1;
    world.run_for(minutes{8});
  }
  EXPECT_EQ(world.count(EventId::cloud_throttled), 1U);
  EXPECT_EQ(world.count(EventId::cloud_recovered), 1U);
}

TEST(PlannerHealth, AThrottleThatLastsIsSaidAlsoAfterAShortOne) {
  Outage outage(ErrorKind::throttled);
  outage.world.run_for(Seconds{2});
  outage.is_down = false;
  outage.world.run_for(minutes{8});
  outage.is_down = true;
  outage.world.run_for(hours{1});
  EXPECT_EQ(outage.world.count(EventId::cloud_throttled), 2U);
}

TEST(PlannerHealth, AListThatIsRefusedIsAskedForAFewTimesAnHourAndSaidOnce) {
  World world;
  world.policy.instances.reconcile_interval = Seconds{5};
  bool is_refused = true;
  world.fate = [&](const planner::Call&) {
    return is_refused ? fakes::failing(ErrorKind::rejected, "HTTP 403") : Fate{};
  };
  world.run_for(hours{1});
  world.calls.clear();
  world.run_for(hours{10});
  EXPECT_LE(world.calls.size(), 10U * 40);
  is_refused = false;
  world.run_for(hours{1});
  EXPECT_EQ(world.count(EventId::cloud_refused), 1U);
  EXPECT_EQ(world.count(EventId::cloud_recovered), 1U);
}

TEST(PlannerHealth, ARefusedCredentialIsTriedAFewTimesAnHour) {
  Outage outage(ErrorKind::unauthorized);
  outage.world.run_for(hours{1});
  outage.world.calls.clear();
  outage.world.run_for(hours{10});
  EXPECT_LE(outage.world.calls.size(), 10U * 20);
  EXPECT_EQ(outage.world.count(EventId::cloud_unreachable), 0U);
  EXPECT_EQ(outage.world.count(EventId::auth_held), 1U);
  outage.is_down = false;
  outage.world.run_for(minutes{30});
  EXPECT_EQ(outage.world.count(EventId::cloud_recovered), 1U);
}

TEST(PlannerHealth, WhatFellDueInAnOutageIsServedAfterIt) {
  Outage outage(ErrorKind::not_sent);
  outage.is_down = false;
  outage.world.report("daily", "0 6 * * *");
  outage.world.run_until("2025-06-02T05:59:00Z");
  outage.is_down = true;
  outage.world.run_until("2025-06-02T08:00:00Z");
  outage.is_down = false;
  outage.world.run_for(minutes{30});
  EXPECT_EQ(outage.world.outcomes(),
            (std::vector<std::optional<journal::Outcome>>{journal::Outcome::finished}));
  EXPECT_EQ(outage.world.cloud.reports.size(), 1U);
}

}  // namespace
}  // namespace dbssd
