#include "service/allocation.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace dbssd::service {
namespace {

/// KiB that this process has mapped of files and that are in memory.
long resident_of_files() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssFile:")) return std::stol(line.substr(line.find(':') + 1));
  return -1;
}

TEST(Allocation, GivesTextBackAndGoesOn) {
  const long before = resident_of_files();
  ASSERT_GT(before, 0);
  give_back();
  const long after = resident_of_files();
  EXPECT_LT(after, before * 3 / 4) << "in KiB";
  give_back();
  EXPECT_EQ(std::to_string(42), "42");
}

}  // namespace
}  // namespace dbssd::service
