#include "base/id.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

namespace dbssd {
namespace {

TEST(Id, OfOneThingIsNoIdOfAnother) {
  EXPECT_FALSE((std::is_convertible_v<ResourceId, InstanceId>));
  EXPECT_FALSE((std::is_constructible_v<InstanceId, ResourceId>));
  EXPECT_FALSE((std::is_assignable_v<InstanceId&, ResourceId>));
  EXPECT_FALSE((std::is_convertible_v<std::string, InstanceId>))
      << "text becomes an id only where that is said";
}

TEST(Id, ComparesHashesAndReadsAsItsText) {
  const InstanceId a("8c53"), b("8c54");
  EXPECT_LT(a, b);
  EXPECT_EQ(a, InstanceId("8c53"));
  EXPECT_EQ(a.str(), "8c53");
  const std::unordered_set<InstanceId> set{a, b, InstanceId("8c53")};
  EXPECT_EQ(set.size(), 2U);
}

TEST(Id, IsEmptyUntilItIsGivenText) {
  EXPECT_TRUE(InstanceId().empty());
  EXPECT_FALSE(InstanceId("x").empty());
}

}  // namespace
}  // namespace dbssd
