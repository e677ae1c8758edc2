// A service that fails sees fewer calls than one that is well, however much there is to ask of it.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using fakes::Fate;
using fakes::World;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

constexpr int kInstances = 150;
constexpr std::size_t kRoom = 80;  ///< what a lane hands to sixteen workers

/// Hundreds of instances, on each of which a report is due and then followed.
class FailingService : public testing::TestWithParam<ErrorKind> {
 protected:
  FailingService() {
    for (int i = 0; i < kInstances; ++i)
      world.cloud.add("i-" + std::to_string(1000 + i), InstanceStatus::active);
    world.report("daily", "0 6 * * *");
    world.room = kRoom;
    world.cloud.report_takes = hours{24};
    meets([](const planner::Call&) { return Fate{}; });
  }

  void meets(const std::function<Fate(const planner::Call&)>& fate) {
    world.fate = [fate](const planner::Call& call) {
      Fate met = planner::asks_the_cloud(call) ? fate(call) : Fate{};
      met.answer_after = Millis{200};
      return met;
    };
  }
  std::size_t calls_within(Millis span) {
    const std::size_t before = world.calls.size();
    world.run_for(span);
    return world.calls.size() - before;
  }

  World world;
};

TEST_P(FailingService, SeesACallEveryNowAndThenInsteadOfHundredsAMinute) {
  world.run_until("2025-06-02T06:04:00Z");
  ASSERT_GT(calls_within(minutes{2}), 250U) << "it is to be well at first";
  meets([](const planner::Call&) { return fakes::failing(GetParam()); });
  EXPECT_LE(calls_within(minutes{5}), kRoom + 50);
  EXPECT_LE(calls_within(minutes{10}), 60U);
  EXPECT_LE(world.count(EventId::cloud_unreachable) + world.count(EventId::cloud_throttled), 1U);
}

TEST_P(FailingService, SeesNoMoreWhereAllIsDueAtOnce) {
  world.run_until("2025-06-02T05:58:00Z");
  meets([](const planner::Call&) { return fakes::failing(GetParam()); });
  EXPECT_LE(calls_within(minutes{12}), kRoom + 50);
  meets([](const planner::Call&) { return Fate{}; });
  world.run_for(minutes{20});
  for (const journal::RunRecord& run : world.runs()) EXPECT_EQ(run.state, journal::RunState::accepted);
  EXPECT_EQ(world.cloud.reports.size(), static_cast<std::size_t>(kInstances))
      << "each is made in the end, and once";
}

INSTANTIATE_TEST_SUITE_P(Ways, FailingService,
                         testing::Values(ErrorKind::not_sent, ErrorKind::throttled, ErrorKind::unauthorized,
                                         ErrorKind::outcome_unknown, ErrorKind::malformed),
                         [](const auto& way) { return std::string(to_string(way.param)); });

/// The service fails over every other instance, and serves the rest.
class FailingInstances : public FailingService {
 protected:
  static bool is_well(const InstanceId& id) { return id.str().back() % 2 == 0; }
  static Fate fate(const planner::Call& call) {
    const InstanceId* const id = planner::instance_of(call);
    return id == nullptr || is_well(*id) ? Fate{} : fakes::failing(GetParam());
  }
};

TEST_P(FailingInstances, AreTriedAgainAsOftenAsTheProjectCanAfford) {
  meets(fate);
  world.run_until("2025-06-02T06:15:00Z");
  std::size_t further = 0;
  const std::size_t before = world.calls.size();
  world.run_for(minutes{10});
  for (std::size_t i = before; i < world.calls.size(); ++i) {
    const InstanceId* const id = planner::instance_of(world.calls[i].call);
    further += id != nullptr && !is_well(*id) ? 1U : 0U;
  }
  const std::size_t well = world.calls.size() - before - further;
  EXPECT_LE(further, 20 + 10 * 10 + well / 10);
  EXPECT_GE(further, 50U) << "they are not forgotten either";
}

TEST_P(FailingInstances, DelayNoOther) {
  meets(fate);
  world.run_until("2025-06-02T06:10:00Z");
  std::size_t accepted = 0;
  for (const journal::RunRecord& run : world.runs())
    accepted += is_well(run.key.instance) && run.state == journal::RunState::accepted ? 1U : 0U;
  EXPECT_EQ(accepted, static_cast<std::size_t>(kInstances) / 2);
}

INSTANTIATE_TEST_SUITE_P(Ways, FailingInstances,
                         testing::Values(ErrorKind::outcome_unknown, ErrorKind::malformed,
                                         ErrorKind::rejected),
                         [](const auto& way) { return std::string(to_string(way.param)); });

}  // namespace
}  // namespace dbssd
