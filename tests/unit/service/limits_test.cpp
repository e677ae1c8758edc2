#include "service/limits.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "fakes/temp_directory.h"

namespace dbssd::service {
namespace {

class LimitsTest : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) const {
    const std::filesystem::path file = root_.file(path);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  fakes::TempDirectory root_;
};

TEST_F(LimitsTest, AreTheUnitsWhereItIsInstalled) {
  write("lib/systemd/system/dbssd.service", "[Service]\nTasksMax=4096\nLimitNOFILE=8192:16384\n");
  const Limits limits = limits_of_service(root_.path());
  ASSERT_TRUE(limits.threads);
  EXPECT_EQ(limits.threads->most, 4096U);
  EXPECT_EQ(limits.threads->set_by, "TasksMax=4096 of dbssd.service");
  ASSERT_TRUE(limits.descriptors);
  EXPECT_EQ(limits.descriptors->most, 8192U);
}

TEST_F(LimitsTest, AreWhatTheNewestWordOfTheDropInsSays) {
  write("lib/systemd/system/dbssd.service", "TasksMax=4096\nLimitNOFILE=8192\n");
  write("etc/systemd/system/dbssd.service.d/50-more.conf", "[Service]\nTasksMax=2K\n");
  write("run/systemd/system/dbssd.service.d/10-less.conf", "[Service]\nTasksMax=7\nLimitNOFILE=infinity\n");
  const Limits limits = limits_of_service(root_.path());
  ASSERT_TRUE(limits.threads);
  EXPECT_EQ(limits.threads->most, 2048U);
  EXPECT_FALSE(limits.descriptors);
}

TEST_F(LimitsTest, AreOtherwiseThoseOfTheControlGroupsAndOfTheProcess) {
  write("proc/self/cgroup", "0::/user.slice/session\n");
  write("sys/fs/cgroup/user.slice/session/pids.max", "max\n");
  write("sys/fs/cgroup/user.slice/pids.max", "12\n");
  const Limits limits = limits_of_service(root_.path());
  ASSERT_TRUE(limits.threads);
  EXPECT_EQ(limits.threads->most, 12U);
  EXPECT_EQ(limits.threads->set_by, "pids.max=12 of the control group /user.slice");
  ASSERT_TRUE(limits.descriptors);
  EXPECT_GT(limits.descriptors->most, 0U);
}

}  // namespace
}  // namespace dbssd::service
