// Creation jobs are followed by resource_id until they end.
#include <gtest/gtest.h>

#include <string>

#include "fakes/world.h"

namespace dbssd {
namespace {

using cloud::InstanceStatus;
using cloud::JobStatus;
using fakes::World;
using planner::ListJobs;
using std::chrono::hours;
using std::chrono::minutes;
using telemetry::EventId;

cloud::Job& add_job(World& world, const std::string& resource, JobStatus status) {
  cloud::Job job;
  job.id = JobId("job-1");
  job.resource_id = ResourceId(resource);
  job.status = status;
  auto& jobs = world.cloud.jobs[job.resource_id];
  jobs = {job};
  return jobs.front();
}

TEST(PlannerJobs, AnInstanceBeingCreatedIsFollowedByItsResource) {
  World world;
  world.cloud.add("i-1", InstanceStatus::build);
  world.cloud.add("i-2", InstanceStatus::active);
  add_job(world, "r-i-1", JobStatus::init);
  world.run();
  ASSERT_EQ(world.count<ListJobs>(), 1U);
  EXPECT_EQ(std::get<ListJobs>(world.calls.back().call).resource_id, ResourceId("r-i-1"));
  EXPECT_EQ(world.count(EventId::job_seen), 1U);
}

TEST(PlannerJobs, AResourceThatThePolicyNamesIsFollowed) {
  World world;
  world.policy.creation_jobs.resource_ids = {ResourceId("r-named")};
  add_job(world, "r-named", JobStatus::running);
  world.run();
  ASSERT_EQ(world.count(EventId::job_seen), 1U);
  EXPECT_EQ(world.said(EventId::job_seen).front().resource_id, ResourceId("r-named"));
}

TEST(PlannerJobs, AJobIsFollowedThroughItsStatusesToSuccessAndNoFurther) {
  World world;
  world.cloud.add("i-1", InstanceStatus::build);
  cloud::Job& job = add_job(world, "r-i-1", JobStatus::init);
  world.run_for(minutes{1});
  job.status = JobStatus::running;
  world.run_for(minutes{1});
  EXPECT_EQ(world.count(EventId::job_seen), 1U);
  EXPECT_EQ(world.count(EventId::job_changed), 1U) << "a transition is said once, not at each poll";
  job.status = JobStatus::success;
  world.run_for(minutes{1});
  EXPECT_EQ(world.count(EventId::job_succeeded), 1U);
  const std::size_t asked = world.count<ListJobs>();
  world.run_for(hours{2});
  EXPECT_EQ(world.count<ListJobs>(), asked);
  EXPECT_EQ(world.count(EventId::job_overdue), 0U);
}

TEST(PlannerJobs, AFailureIsSaidWithItsReason) {
  World world;
  world.cloud.add("i-1", InstanceStatus::build);
  cloud::Job& job = add_job(world, "r-i-1", JobStatus::running);
  world.run();
  job.status = JobStatus::fail;
  job.error_code = "DBSS.11000000";
  job.fail_reason = "no host";
  world.run_for(hours{2});
  const auto said = world.said(EventId::job_failed);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().reason, "job job-1: DBSS.11000000: no host");
}

TEST(PlannerJobs, ACreationBeyondItsDeadlineIsSaidOnceAndWatchedOn) {
  World world;
  world.cloud.add("i-1", InstanceStatus::build);
  cloud::Job& job = add_job(world, "r-i-1", JobStatus::running);
  world.run_for(minutes{59});
  EXPECT_EQ(world.count(EventId::job_overdue), 0U);
  world.run_for(hours{3});
  EXPECT_EQ(world.count(EventId::job_overdue), 1U);
  job.status = JobStatus::success;
  world.run_for(minutes{5});
  EXPECT_EQ(world.count(EventId::job_succeeded), 1U);
}

TEST(PlannerJobs, AJobVanishesOnlyAfterThreeAnswersWithoutIt) {
  World world;
  world.cloud.add("i-1", InstanceStatus::build);
  add_job(world, "r-i-1", JobStatus::running);
  world.run();
  world.cloud.jobs.clear();  // answers 404 from now on
  world.run_for(Seconds{31});
  EXPECT_EQ(world.count(EventId::job_vanished), 0U);
  world.run_for(minutes{30});
  EXPECT_EQ(world.count(EventId::job_vanished), 1U);
}

TEST(PlannerJobs, AJobThatIsMissingForAMomentIsFollowedOn) {
  World world;
  world.cloud.add("i-1", InstanceStatus::build);
  add_job(world, "r-i-1", JobStatus::running);
  world.run();
  for (int i = 0; i < 3; ++i) {
    const auto hidden = std::exchange(world.cloud.jobs, {});
    world.run_for(Seconds{31});
    world.cloud.jobs = hidden;
    world.run_for(Seconds{31});
  }
  EXPECT_EQ(world.count(EventId::job_vanished), 0U);
  EXPECT_EQ(world.count(EventId::job_seen), 1U);
}

TEST(PlannerJobs, ARestartRepeatsNoAnnouncement) {
  World world;
  world.cloud.add("i-1", InstanceStatus::build);
  cloud::Job& job = add_job(world, "r-i-1", JobStatus::running);
  world.run_for(minutes{70});
  world.restart();
  world.run_for(minutes{70});
  EXPECT_EQ(world.count(EventId::job_seen), 1U);
  EXPECT_EQ(world.count(EventId::job_overdue), 1U);
  job.status = JobStatus::success;
  world.run_for(minutes{5});
  EXPECT_EQ(world.count(EventId::job_succeeded), 1U);
}

}  // namespace
}  // namespace dbssd
