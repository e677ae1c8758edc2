#include "cli/creation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace dbssd::cli {
namespace {

using cloud::InstanceStatus;
using cloud::Job;
using cloud::JobStatus;
using testing::HasSubstr;
using Standing = Creation::Standing;

Job job(const char* id, JobStatus status) {
  Job job;
  job.id = JobId(id);
  job.status = status;
  return job;
}

cloud::Instance instance(InstanceStatus status) {
  cloud::Instance instance;
  instance.id = InstanceId("i-1");
  instance.name = "prod-orders";
  instance.status = status;
  return instance;
}

struct Case {
  std::vector<Job> jobs;
  std::optional<InstanceStatus> listed;
  Standing standing;
};

TEST(Creation, StandsAsItsJobsAndItsInstanceSayTogether) {
  const Job ready = job("j-1", JobStatus::ready);
  const Job running = job("j-1", JobStatus::running);
  const Job strange = job("j-1", JobStatus::unknown);
  const Job done = job("j-1", JobStatus::success);
  const Job failed = job("j-2", JobStatus::fail);
  const std::vector<Case> cases{
      {{}, {}, Standing::not_known},
      {{}, InstanceStatus::build, Standing::under_way},
      {{}, InstanceStatus::active, Standing::succeeded},
      {{}, InstanceStatus::shutoff, Standing::succeeded},
      {{}, InstanceStatus::error, Standing::failed},
      {{}, InstanceStatus::deleted, Standing::failed},
      {{}, InstanceStatus::unknown, Standing::under_way},
      {{ready}, {}, Standing::under_way},
      {{running}, InstanceStatus::build, Standing::under_way},
      {{strange}, {}, Standing::under_way},
      {{done}, {}, Standing::under_way},                      // the list is behind
      {{done}, InstanceStatus::hawait, Standing::under_way},  // a standby's job is yet to come
      {{done}, InstanceStatus::active, Standing::succeeded},
      {{done, done}, InstanceStatus::active, Standing::succeeded},
      {{done, running}, {}, Standing::under_way},
      {{running, failed}, {}, Standing::failed},
      {{done, failed}, InstanceStatus::active, Standing::failed},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& [jobs, listed, standing] = cases[i];
    const cloud::Instance of = instance(listed.value_or(InstanceStatus::active));
    EXPECT_EQ(creation_of(jobs, listed ? &of : nullptr).standing, standing) << "case " << i;
  }
}

TEST(Creation, AsksForTheInstanceWhereJobsLeaveItOpen) {
  const Job done = job("j-1", JobStatus::success);
  EXPECT_TRUE(needs_instance({}));
  EXPECT_TRUE(needs_instance({done}));
  EXPECT_FALSE(needs_instance({done, job("j-2", JobStatus::running)}));
  EXPECT_FALSE(needs_instance({job("j-2", JobStatus::fail)}));
}

TEST(Creation, SaysWhyItFailed) {
  Job failed = job("j-2", JobStatus::fail);
  failed.error_code = "DBSS.10020110";
  failed.fail_reason = "no such flavor";
  EXPECT_EQ(creation_of({failed}, nullptr).reason, "job j-2 FAIL: DBSS.10020110: no such flavor");
}

TEST(Creation, NamesTheInstance) {
  const cloud::Instance active = instance(InstanceStatus::active);
  EXPECT_EQ(creation_of({}, &active).reason, "instance prod-orders is ACTIVE");
}

}  // namespace
}  // namespace dbssd::cli
