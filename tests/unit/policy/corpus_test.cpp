// Every input that the fuzzer found worth keeping, in every build.
#include <gtest/gtest.h>

#include <filesystem>

#include "fuzz/policy_properties.h"
#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

TEST(FuzzCorpus, OfPoliciesHoldsWhatTheFuzzerHolds) {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(DBSSD_SOURCE_DIR "/tests/fuzz/corpus/policy")) {
    EXPECT_EQ(fuzz::broken_policy_promise(text_of_file(entry.path())), "") << entry.path();
    ++count;
  }
  EXPECT_GT(count, 10U);
}

}  // namespace
}  // namespace dbssd::policy
