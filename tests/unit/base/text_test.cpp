#include "base/text.h"

#include <gtest/gtest.h>

namespace dbssd {
namespace {

TEST(Counted, SpeaksOfNoneOneAndMany) {
  EXPECT_EQ(counted(0, "report"), "no reports");
  EXPECT_EQ(counted(1, "report"), "1 report");
  EXPECT_EQ(counted(2, "report"), "2 reports");
}

}  // namespace
}  // namespace dbssd
