#include "base/on_demand.h"

#include <gtest/gtest.h>

#include <string>

namespace dbssd {
namespace {

struct Looks {
  int failures = 3;
  std::string error;
};

TEST(OnDemand, IsWhatItsTypeBeginsAsUntilItIsChanged) {
  OnDemand<Looks> looks;
  EXPECT_EQ(looks->failures, 3);
  looks.change().error = "late";
  looks.change().failures = 4;
  EXPECT_EQ(looks->error, "late");
  EXPECT_EQ((*looks).failures, 4);
  EXPECT_EQ(OnDemand<Looks>()->failures, 3);
}

TEST(OnDemand, TakesAPointersRoom) { EXPECT_EQ(sizeof(OnDemand<Looks>), sizeof(void*)); }

TEST(OnDemand, CopiesLikeAValue) {
  OnDemand<Looks> one;
  one.change().failures = 1;
  OnDemand<Looks> other = one;
  other.change().failures = 2;
  EXPECT_EQ(one->failures, 1);
  one = other;
  EXPECT_EQ(one->failures, 2);
  one = OnDemand<Looks>();
  EXPECT_EQ(one->failures, 3);
}

}  // namespace
}  // namespace dbssd
