// Whether the cloud answers a project, and what of it is written.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "fakes/world.h"

namespace dbssd {
namespace {

using fakes::Fate;
using fakes::World;
using std::chrono::hours;
using std::chrono::minutes;

/// A project whose calls end as `fate` says, with an instance that nothing is to be done for.
class Reachability : public ::testing::Test {
 protected:
  Reachability() { world_.cloud.add("i-1", cloud::InstanceStatus::active); }

  void all_fail(ErrorKind kind, const std::string& message = "as it happens") {
    world_.fate = [=](const planner::Call&) { return fakes::failing(kind, message); };
  }
  void all_answer() {
    world_.fate = [](const planner::Call&) { return Fate{}; };
  }
  [[nodiscard]] Instant now() const { return world_.clock.now().second(); }
  /// As a reader of the journal finds it.
  [[nodiscard]] journal::ProjectRecord on_record() {
    return world_.memory_journal.load(world_.policy.projects.front().name, now())->project.value();
  }
  [[nodiscard]] std::size_t times_written() const {
    const auto batches = world_.memory_journal.batches();
    return static_cast<std::size_t>(
        std::ranges::count_if(batches, [](const auto& batch) { return batch.second.project.has_value(); }));
  }

  World world_;
};

TEST_F(Reachability, TheFirstAnswerIsWritten) {
  world_.run();
  EXPECT_EQ(on_record().answered_at, now());
  EXPECT_FALSE(on_record().failing_since);
}

TEST_F(Reachability, WhenItsInstancesWereListedIsWrittenOnceInAnInterval) {
  world_.run();
  EXPECT_EQ(on_record().listed_at, now());
  world_.run_for(hours{1});
  EXPECT_GE(on_record().listed_at, now() - minutes{10});
}

TEST_F(Reachability, OtherAnswersAreNoList) {
  world_.report("often", "* * * * *");
  world_.run();
  const auto listed = on_record().listed_at;
  ASSERT_TRUE(listed);
  world_.fate = [](const planner::Call& call) {
    return std::holds_alternative<planner::ListInstances>(call) ? fakes::failing(ErrorKind::rejected)
                                                                : Fate{};
  };
  world_.run_for(hours{1});
  EXPECT_EQ(on_record().listed_at, listed);
  EXPECT_GT(on_record().answered_at, listed);
}

// Whatever answered first, the journal says soon that the fleet is known again.
TEST_F(Reachability, TheFirstListAfterALongTimeIsWrittenAtOnce) {
  world_.run();
  world_.restart();
  world_.clock.advance(hours{3});
  world_.fate = [](const planner::Call& call) {
    return std::holds_alternative<planner::ListInstances>(call) ? Fate{.answer_after = Seconds{20}} : Fate{};
  };
  world_.run_for(Seconds{25});
  EXPECT_GE(on_record().listed_at, now() - Seconds{10});
}

TEST_F(Reachability, AnOutageIsWrittenWithItsBeginningAndReason) {
  world_.run_for(minutes{20});
  const auto answered = world_.lane->memory.project.answered_at;
  all_fail(ErrorKind::not_sent, "Connection refused");
  world_.run_for(minutes{10});
  const Instant begun = on_record().failing_since.value();
  EXPECT_GE(begun, *answered);
  EXPECT_LE(begun, now() - minutes{4});
  EXPECT_EQ(on_record().failure, "Connection refused");
  EXPECT_EQ(on_record().answered_at, answered);
  world_.run_for(hours{1});
  EXPECT_EQ(on_record().failing_since, begun);
}

TEST_F(Reachability, TheEndOfAnOutageIsWritten) {
  all_fail(ErrorKind::not_sent);
  world_.run_for(minutes{10});
  all_answer();
  world_.run_for(minutes{5});
  EXPECT_FALSE(on_record().failing_since);
  EXPECT_EQ(on_record().failure, "");
  EXPECT_GE(on_record().answered_at, now() - minutes{5});
}

TEST_F(Reachability, AnOutageThatARestartMeetsGoesOn) {
  all_fail(ErrorKind::not_sent);
  world_.run_for(minutes{10});
  const auto begun = on_record().failing_since;
  world_.restart();
  world_.run_for(minutes{10});
  EXPECT_EQ(on_record().failing_since, begun);
  world_.restart();
  all_answer();
  world_.run_for(minutes{1});
  EXPECT_FALSE(on_record().failing_since);
}

TEST_F(Reachability, AListThatIsRefusedIsAFailingProject) {
  world_.fate = [](const planner::Call& call) {
    return std::holds_alternative<planner::ListInstances>(call)
               ? fakes::failing(ErrorKind::rejected, "no permission")
               : Fate{};
  };
  world_.run_for(minutes{30});
  EXPECT_TRUE(on_record().failing_since);
  EXPECT_EQ(on_record().failure, "no permission");
}

TEST_F(Reachability, WhatIsRefusedForItselfIsNoFailingProject) {
  world_.policy.creation_jobs.resource_ids.push_back(ResourceId("r-1"));
  world_.fate = [](const planner::Call& call) {
    return std::holds_alternative<planner::ListJobs>(call) ? fakes::failing(ErrorKind::rejected) : Fate{};
  };
  world_.run_for(minutes{30});
  EXPECT_FALSE(on_record().failing_since);
}

TEST_F(Reachability, APaceThatFindsItsLimitIsNoFailingProject) {
  int calls = 0;
  world_.fate = [&calls](const planner::Call&) {
    return ++calls % 3 == 1 ? fakes::failing(ErrorKind::throttled) : Fate{};
  };
  world_.run_for(hours{1});
  EXPECT_FALSE(on_record().failing_since);
  all_fail(ErrorKind::throttled, "too many requests");
  world_.run_for(hours{1});
  EXPECT_EQ(on_record().failure, "too many requests");
}

TEST_F(Reachability, WhatWeCancelledSaysNothingOfTheCloud) {
  world_.fate = [](const planner::Call&) { return Fate{.answer_after = hours{1}}; };
  world_.run();
  planner::Answer answer{world_.take_call<planner::ListInstances>(), fail(ErrorKind::not_sent, "cancelled"),
                         world_.clock.now().mono, Millis::zero()};
  answer.cancelled = true;
  world_.lane->take(answer);
  EXPECT_FALSE(world_.lane->memory.project.failing_since);
  EXPECT_EQ(world_.count(telemetry::EventId::cloud_unreachable), 0U);
}

TEST_F(Reachability, AnIdleProjectIsWrittenOnceInAReconcileInterval) {
  world_.run_for(hours{10});
  EXPECT_GE(times_written(), 110U);
  EXPECT_LE(times_written(), 121U);
}

TEST_F(Reachability, ABusyProjectIsWrittenOnceAMinuteAtTheMost) {
  world_.keep_running();
  world_.report("often", "* * * * *");
  world_.run_for(hours{2});
  EXPECT_LE(times_written(), 121U);
  EXPECT_GE(on_record().answered_at, now() - minutes{2});
}

TEST_F(Reachability, AFailingProjectIsWrittenSoThatItIsNotTakenForARemovedOne) {
  all_fail(ErrorKind::not_sent);
  world_.run_for(hours{10});
  EXPECT_GE(on_record().noted_at, now() - minutes{10});
  EXPECT_LE(times_written(), 140U);
}

TEST_F(Reachability, ANewTokenIsWrittenAtOnce) {
  world_.run();
  EXPECT_FALSE(on_record().token_issued);
  world_.cloud.token = cloud::TokenLife{now(), now() + hours{24}};
  world_.run_for(minutes{6});
  EXPECT_EQ(on_record().token_issued, world_.cloud.token->issued);
  EXPECT_EQ(on_record().token_expires, world_.cloud.token->expires);
}

TEST_F(Reachability, ATokenOfAClientThatWasReplacedIsNotTakenForANewOne) {
  const auto old_token = cloud::TokenLife{now() - hours{1}, now() + hours{23}};
  const auto fresh = cloud::TokenLife{now(), now() + hours{24}};
  world_.cloud.token = fresh;
  world_.run();
  world_.cloud.token = old_token;
  world_.run_for(minutes{6});
  EXPECT_EQ(on_record().token_issued, fresh.issued);
}

TEST_F(Reachability, KeysThatDoNotEndLeaveNoTokenOnRecord) {
  world_.cloud.token = cloud::TokenLife{now(), now() + hours{24}};
  world_.run();
  world_.cloud.token.reset();
  world_.run_for(minutes{6});
  EXPECT_FALSE(on_record().token_issued);
  EXPECT_FALSE(on_record().token_expires);
}

}  // namespace
}  // namespace dbssd
