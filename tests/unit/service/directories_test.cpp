#include "service/directories.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fakes/temp_directory.h"

namespace dbssd::service {
namespace {

class Directories : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(chmod(path_.c_str(), 0777), 0); }
  const fakes::TempDirectory directory_;
  const std::string path_ = directory_.path();
};

TEST_F(Directories, ThatAreThereOrWillBeMadeAreNoFault) {
  EXPECT_EQ(unwritable(path_), std::nullopt);
  EXPECT_EQ(unwritable(directory_.file("to/be/made")), std::nullopt);
  EXPECT_EQ(unwritable("/var/lib/dbssd/reports"), std::nullopt) << "the unit makes it";
}

TEST_F(Directories, ThatAreFilesAreNone) {
  directory_.write("file", "");
  EXPECT_EQ(unwritable(directory_.file("file")), "is no directory");
  EXPECT_EQ(unwritable(directory_.file("file/below")), "is no directory");
}

TEST_F(Directories, ThatAreClosedAreSaidToBe) {
  if (geteuid() == 0) GTEST_SKIP() << "nothing is closed to root";
  ASSERT_EQ(chmod(path_.c_str(), 0555), 0);
  EXPECT_EQ(unwritable(path_), "is closed to the user that dbssd runs as: chown or chmod it");
  EXPECT_EQ(unwritable(directory_.file("below")),
            "does not exist: create it for the user that dbssd runs as");
  ASSERT_EQ(chmod(path_.c_str(), 0755), 0);
}

}  // namespace
}  // namespace dbssd::service
