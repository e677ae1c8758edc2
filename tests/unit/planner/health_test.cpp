// A service that fails is asked gently, and said to be failing once.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
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
  explicit Outage(ErrorKind kind) {
    for (int i = 1; i <= 5; ++i)
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

TEST(PlannerHealth, WhatIsRefusedForItselfHoldsNobodyBack) {
  Outage outage(ErrorKind::rejected);
  outage.world.run();
  EXPECT_EQ(outage.world.calls.size(), 6U);
  outage.world.run_for(minutes{1});
  EXPECT_EQ(outage.world.lane->memory.health.failures, 0);
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
