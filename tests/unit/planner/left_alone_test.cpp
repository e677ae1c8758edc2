#include "planner/left_alone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/journal_samples.h"

namespace dbssd::planner {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Standing standing(const std::string& id, const std::string& verdict, const std::string& reason) {
  return {InstanceId(id), "name-" + id, {}, {}, verdict, reason};
}

TEST(LeftAlone, IsGroupedByItsReasonTheLargestFirst) {
  Plan plan;
  plan.standing = {standing("a", "leave", "it is ERROR"), standing("b", "wait", "a cap"),
                   standing("c", "wait", "a cap")};
  const auto list = left_alone(plan);
  ASSERT_THAT(list.groups, SizeIs(2));
  EXPECT_EQ(list.groups[0].subject, "start name-b");
  EXPECT_EQ(list.groups[0].reason, "a cap");
  EXPECT_EQ(list.groups[0].count, 2U);
  EXPECT_EQ(list.groups[1].subject, "start name-a");
  EXPECT_EQ(list.more, 0U);
}

TEST(LeftAlone, NamesTheReportAndItsTime) {
  Plan plan;
  plan.standing = {standing("a", "wait", "not ACTIVE")};
  plan.standing[0].report = ReportName("daily");
  plan.standing[0].scheduled = fakes::at(0);
  EXPECT_EQ(left_alone(plan).groups.at(0).subject, "daily on name-a at 2025-03-09T07:00:00Z");
}

TEST(LeftAlone, IsNotWhatIsMerelyScheduledOrRunsAsItShould) {
  Plan plan;
  plan.standing = {standing("a", "next", "scheduled by 0 6 * * *"), standing("b", "well", "it is ACTIVE")};
  EXPECT_THAT(left_alone(plan).groups, IsEmpty());
}

TEST(LeftAlone, IsBounded) {
  Plan plan;
  for (std::size_t i = 0; i < kMostLeftAlone + 7; ++i)
    plan.standing.push_back(standing("a", "leave", "reason " + std::to_string(i)));
  EXPECT_THAT(left_alone(plan).groups, SizeIs(kMostLeftAlone));
  EXPECT_EQ(left_alone(plan).more, 7U);
}

}  // namespace
}  // namespace dbssd::planner
