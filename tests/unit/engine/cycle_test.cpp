#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>

#include "unit/engine/engine_bench.h"

namespace dbssd::engine {
namespace {

using telemetry::EventId;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const auto kNeverStop = [] { return false; };

class CycleTest : public testing::Test {
 protected:
  CycleTest() {
    bench.policy.projects[0].limits.in_flight = 1;  // the cloud in memory belongs to one thread
    bench.keep_running();
  }
  Expected<std::unique_ptr<cloud::CloudApi>> cloud_of_two() const {
    auto cloud = std::make_unique<fakes::FakeCloud>(bench.clock);
    cloud->add("i-1", cloud::InstanceStatus::shutoff);
    cloud->add("i-2", cloud::InstanceStatus::active);
    return cloud;
  }
  Ports with_the_cloud() {
    return bench.ports([this](const policy::Project&, const cloud::NoticeSink&) { return cloud_of_two(); });
  }
  [[nodiscard]] std::size_t starts() const { return bench.events.count(EventId::instance_start_accepted); }
  /// Clients that answer every call like this.
  Ports with(
      std::function<Expected<void>()> answer, std::function<void()> on_cancel = [] {}) {
    return bench.ports([=](const policy::Project&, const cloud::NoticeSink&) {
      auto client = std::make_unique<HollowCloud>();
      client->answer = answer;
      client->on_cancel = on_cancel;
      return Expected<std::unique_ptr<cloud::CloudApi>>(std::move(client));
    });
  }

  EngineBench bench;
};

TEST_F(CycleTest, DoesWhatIsDueAndNothingIsLeft) {
  const auto report = run_cycle(with_the_cloud(), bench.current_policy(), Mode::act, kNeverStop);
  ASSERT_TRUE(report);
  ASSERT_THAT(report->projects, SizeIs(1));
  EXPECT_TRUE(report->projects[0].asked);
  EXPECT_EQ(report->projects[0].failures, 0U);
  EXPECT_THAT(report->projects[0].plan.actions, IsEmpty());
  EXPECT_EQ(starts(), 1U);
}

TEST_F(CycleTest, DryItSaysWhatIsDueAndChangesNothing) {
  const auto report = run_cycle(with_the_cloud(), bench.current_policy(), Mode::dry, kNeverStop);
  ASSERT_TRUE(report);
  ASSERT_THAT(report->projects[0].plan.actions, SizeIs(1));
  EXPECT_FALSE(report->projects[0].plan.actions[0].reason.empty());
  EXPECT_THAT(report->projects[0].plan.standing, testing::Not(IsEmpty()));
  EXPECT_EQ(bench.events.count(EventId::instance_start_requested), 0U);
  EXPECT_THAT(bench.journal.batches(), IsEmpty());
}

TEST_F(CycleTest, CountsWhatFailedAndNamesTheFirst) {
  const auto refuse = [] { return Expected<void>(fail(ErrorKind::rejected, "not today")); };
  const auto report = run_cycle(with(refuse), bench.current_policy(), Mode::act, kNeverStop);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->projects[0].asked);
  EXPECT_EQ(report->projects[0].failures, 1U);
  EXPECT_THAT(report->projects[0].first_failure, HasSubstr("not today"));
}

TEST_F(CycleTest, FailsWhereItsStateCannotBeWritten) {
  bench.journal.fail_commits(100);
  const auto report = run_cycle(with_the_cloud(), bench.current_policy(), Mode::act, kNeverStop);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->projects[0].asked);
  EXPECT_EQ(report->projects[0].failures, 1U);
  EXPECT_EQ(bench.events.count(EventId::instance_start_requested), 0U);
}

TEST_F(CycleTest, DoesNotBeginWithoutAClientOrAState) {
  const Ports no_client = bench.ports([](const policy::Project&, const cloud::NoticeSink&) {
    return Expected<std::unique_ptr<cloud::CloudApi>>(fail(ErrorKind::internal, "no secret"));
  });
  EXPECT_FALSE(run_cycle(no_client, bench.current_policy(), Mode::act, kNeverStop));
  bench.journal.fail_reads(1);
  EXPECT_FALSE(run_cycle(with_the_cloud(), bench.current_policy(), Mode::act, kNeverStop));
}

TEST_F(CycleTest, ToldToStopItCancelsAndEnds) {
  std::binary_semaphore cancelled(0);
  std::atomic<bool> asked = false;
  const auto hang = [&] {
    asked = true;
    cancelled.acquire();
    return Expected<void>(fail(ErrorKind::not_sent, "cancelled"));
  };
  const auto report = run_cycle(with(hang, [&] { cancelled.release(); }), bench.current_policy(), Mode::act,
                                [&] { return asked.load(); });
  ASSERT_TRUE(report);
  EXPECT_EQ(report->projects[0].failures, 1U);
}

TEST_F(CycleTest, AProjectThatFailsTakesNothingFromTheOthers) {
  bench.policy.projects.push_back(bench.policy.projects[0]);
  bench.policy.projects[1].name = ProjectName("broken");
  const Ports ports =
      bench.ports([this](const policy::Project& project,
                         const cloud::NoticeSink&) -> Expected<std::unique_ptr<cloud::CloudApi>> {
        if (project.name == kProject) return cloud_of_two();
        auto broken = std::make_unique<HollowCloud>();
        broken->answer = [] { return Expected<void>(fail(ErrorKind::not_sent, "no route")); };
        return broken;
      });
  const auto report = run_cycle(ports, bench.current_policy(), Mode::act, kNeverStop);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->projects[0].failures, 0U);
  EXPECT_EQ(report->projects[1].failures, 1U);
  EXPECT_EQ(starts(), 1U);
}

}  // namespace
}  // namespace dbssd::engine
