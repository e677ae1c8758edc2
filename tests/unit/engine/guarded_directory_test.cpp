#include "engine/guarded_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "fakes/temp_directory.h"

namespace dbssd::engine {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

bool is_same(const GuardedDirectory& opened, const std::string& path) {
  struct stat one {};
  struct stat other {};
  return ::fstat(opened.file.descriptor(), &one) == 0 && ::stat(path.c_str(), &other) == 0 &&
         one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

std::string refusal_of(const std::string& path) {
  const auto opened = open_guarded(path);
  return opened ? "it was opened" : opened.error().message;
}

class GuardedDirectoryTest : public testing::Test {
 protected:
  GuardedDirectoryTest() { fs::create_directories(directory.file("a/b")); }
  fakes::TempDirectory directory;  // in a directory where everybody may plant links
};

TEST_F(GuardedDirectoryTest, IsTheOneOfThePath) {
  for (const char* const path : {"a/b", "a/./b/", "a/b/../../a/b", "a//b"}) {
    const auto opened = open_guarded(directory.file(path));
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_TRUE(is_same(*opened, directory.file("a/b"))) << path;
    EXPECT_EQ(opened->owner, ::geteuid());
    EXPECT_EQ(::fsync(opened->file.descriptor()), 0);
  }
  EXPECT_TRUE(is_same(open_guarded("/").value(), "/"));
  EXPECT_TRUE(is_same(open_guarded(".").value(), "."));
}

TEST_F(GuardedDirectoryTest, IsFoundThroughALinkThatOnlyRootCanHaveMade) {
  const auto opened = open_guarded("/proc/self/task");
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(is_same(*opened, "/proc/self/task"));
}

TEST_F(GuardedDirectoryTest, IsNotFoundThroughALinkThatOthersCanHaveMade) {
  fs::create_directory_symlink("b", directory.file("a/near"));
  fs::create_directory_symlink("/", directory.file("far"));
  for (const std::string& link : {directory.file("a/near"), directory.file("far")}) {
    EXPECT_THAT(refusal_of(link), AllOf(HasSubstr(link + ": is a link"), HasSubstr("state.path")));
    EXPECT_THAT(refusal_of(link + "/.."), HasSubstr(link + ": is a link"));
  }
}

TEST_F(GuardedDirectoryTest, NamesTheStepThatIsMissingOrNoDirectory) {
  directory.write("file", "");
  EXPECT_THAT(refusal_of(directory.file("no/where")), HasSubstr(directory.file("no") + ": No such file"));
  EXPECT_THAT(refusal_of(directory.file("file")), HasSubstr(directory.file("file") + ": is not a directory"));
  EXPECT_THAT(refusal_of(directory.file("file/below")),
              HasSubstr(directory.file("file") + ": is not a directory"));
}

}  // namespace
}  // namespace dbssd::engine
