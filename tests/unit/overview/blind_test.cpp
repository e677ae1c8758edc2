#include "overview/blind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/journal_samples.h"

namespace dbssd::overview {
namespace {

using cloud::InstanceStatus;
using fakes::at;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const ProjectName kProd("prod");

journal::InstanceRecord instance(const std::string& id, InstanceStatus status, Instant since = at(0)) {
  journal::InstanceRecord record = fakes::instance(id);
  record.status = status;
  record.task = cloud::InstanceTask::none;
  record.vanished = false;
  record.held_until.reset();
  record.changed_at = since;
  return record;
}

TEST(Blind, AreInstancesThatAreThereAndNotActive) {
  journal::Remembered all;
  all.instances = {instance("a", InstanceStatus::active), instance("b", InstanceStatus::shutoff),
                   instance("c", InstanceStatus::error), instance("d", InstanceStatus::shutoff)};
  all.instances[3].vanished = true;
  Blind blind;
  EXPECT_EQ(add_blind(blind, kProd, all, at(100)), 2U);
  EXPECT_EQ(blind.count, 2U);
  EXPECT_THAT(blind.longest, SizeIs(2));
}

TEST(Blind, AreTheLongestFirstOfAllProjectsAndCountedBeyond) {
  Blind blind;
  for (int project = 0; project < 2; ++project) {
    journal::Remembered all;
    for (int i = 0; i < 150; ++i)
      all.instances.push_back(
          instance("i-" + std::to_string(i), InstanceStatus::shutoff, at(1000 - 2 * i - project)));
    add_blind(blind, ProjectName("p" + std::to_string(project)), all, at(2000));
  }
  EXPECT_EQ(blind.count, 300U);
  ASSERT_THAT(blind.longest, SizeIs(kMostBlind));
  EXPECT_EQ(blind.longest.front().since, at(1000 - 2 * 149 - 1));
  EXPECT_TRUE(std::ranges::is_sorted(blind.longest, {}, &BlindInstance::since));
}

TEST(Blind, SayWhatIsKnownOfWhy) {
  journal::Remembered all;
  all.instances = {instance("a", InstanceStatus::shutoff)};
  const auto reason = [&] {
    Blind blind;
    add_blind(blind, kProd, all, at(100));
    return blind.longest.at(0).reason;
  };
  EXPECT_THAT(reason(), IsEmpty());
  all.instances[0].task = cloud::InstanceTask::powering_on;
  EXPECT_EQ(reason(), to_string(cloud::InstanceTask::powering_on));
  all.starts = {fakes::start("a", at(10)), fakes::start("a", at(20))};
  EXPECT_EQ(reason(), "started in vain at " + format_utc(at(20)));
  all.starts[1].state = journal::StartState::accepted;
  EXPECT_EQ(reason(), "start asked for at " + format_utc(at(20)));
  all.instances[0].held_until = at(500);
  EXPECT_THAT(reason(), HasSubstr("something keeps stopping it"));
}

}  // namespace
}  // namespace dbssd::overview
