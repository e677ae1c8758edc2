#include "engine/archive_removal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "fakes/temp_directory.h"

namespace dbssd::engine {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ArchiveRemoval : public testing::Test {
 protected:
  ArchiveRemoval() {
    fs::create_directories(directory.file("archive/prod/i-1/daily"));
    fs::create_directories(directory.file("elsewhere/i-1"));
    for (const char* file : {"archive/prod/i-1/daily/one.pdf", "archive/prod/i-1/daily/two.pdf",
                             "archive/note.txt", "elsewhere/one.pdf", "elsewhere/i-1/one.pdf"})
      directory.write(file, "%PDF");
  }
  /// Expects that nothing was removed, and returns why.
  std::string refusal(const std::string& path, const std::string& archive = "archive") {
    const std::vector<std::string> before = files();
    const auto removed = remove_archived(directory.file(archive), path);
    EXPECT_EQ(files(), before) << path;
    EXPECT_FALSE(removed) << path;
    if (removed) return "";
    EXPECT_EQ(removed.error().kind, ErrorKind::internal);
    return removed.error().message;
  }
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(directory.path()))
      names.push_back(entry.path().string());
    std::ranges::sort(names);
    return names;
  }

  const fakes::TempDirectory directory;
  const std::string one = directory.file("archive/prod/i-1/daily/one.pdf");
};

TEST_F(ArchiveRemoval, TakesThatFileAndNothingElse) {
  std::vector<std::string> left = files();
  std::erase(left, one);
  EXPECT_TRUE(remove_archived(directory.file("archive"), one).value());
  EXPECT_EQ(files(), left);
}

TEST_F(ArchiveRemoval, TakesADirectoryThatIsWrittenWithASlash) {
  EXPECT_TRUE(remove_archived(directory.file("archive") + "/", one).value());
  EXPECT_FALSE(fs::exists(one));
}

TEST_F(ArchiveRemoval, KnowsAFileThatIsGoneAlready) {
  EXPECT_FALSE(
      remove_archived(directory.file("archive"), directory.file("archive/prod/i-1/daily/x")).value());
  EXPECT_FALSE(
      remove_archived(directory.file("archive"), directory.file("archive/prod/i-2/daily/x")).value());
}

TEST_F(ArchiveRemoval, TakesAnArchiveWithNothingInItForOneThatIsNotMounted) {
  fs::create_directory(directory.file("mount-point"));
  EXPECT_THAT(refusal(directory.file("mount-point/prod/i-1/daily/one.pdf"), "mount-point"),
              HasSubstr("No such file"));
  EXPECT_THAT(refusal(directory.file("missing/prod/i-1/daily/one.pdf"), "missing"),
              HasSubstr("No such file"));
}

TEST_F(ArchiveRemoval, LeavesAloneWhatIsNotBelowTheDirectory) {
  const std::string archive = directory.file("archive");
  for (const std::string& path :
       {directory.file("elsewhere/one.pdf"), archive + "/../elsewhere/one.pdf",
        archive + "/prod/../../elsewhere/one.pdf", archive + "/prod/./i-1/daily/one.pdf",
        archive + "/" + directory.file("elsewhere/one.pdf"), std::string("/etc/hostname"), std::string(),
        archive, archive + "/", archive + "-2/one.pdf", std::string("prod/i-1/daily/one.pdf"),
        one + std::string("\0.part", 6)}) {
    EXPECT_THAT(refusal(path), HasSubstr("not below the archive directory")) << path;
  }
}

TEST_F(ArchiveRemoval, FollowsNoLinkOnTheWay) {
  fs::create_directory_symlink(directory.file("elsewhere"), directory.file("archive/linked"));
  EXPECT_THAT(refusal(directory.file("archive/linked/one.pdf")), HasSubstr("linked on the way to it"));
  fs::create_directory_symlink(directory.file("elsewhere/i-1"), directory.file("archive/prod/i-2"));
  EXPECT_THAT(refusal(directory.file("archive/prod/i-2/one.pdf")), HasSubstr("i-2 on the way to it"));
}

TEST_F(ArchiveRemoval, TakesNothingButAPlainFile) {
  fs::create_symlink(directory.file("elsewhere/one.pdf"), directory.file("archive/prod/link.pdf"));
  EXPECT_THAT(refusal(directory.file("archive/prod/link.pdf")), HasSubstr("not a plain file"));
  EXPECT_THAT(refusal(directory.file("archive/prod/i-1")), HasSubstr("not a plain file"));
}

TEST_F(ArchiveRemoval, WorksThroughADirectoryThatIsALinkItself) {
  fs::create_directory_symlink(directory.file("archive"), directory.file("reports"));
  EXPECT_TRUE(
      remove_archived(directory.file("reports"), directory.file("reports/prod/i-1/daily/one.pdf")).value());
  EXPECT_FALSE(fs::exists(one));
}

}  // namespace
}  // namespace dbssd::engine
