#include "engine/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fakes/temp_directory.h"

namespace dbssd::engine {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Archive : public testing::Test {
 protected:
  ArchiveFile open() {
    auto file = ArchiveFile::create(stem);
    EXPECT_TRUE(file) << file.error().message;
    return std::move(*file);
  }
  // Everything in the directory.
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(directory.path()))
      if (!entry.is_directory()) names.push_back(entry.path().filename().string());
    return names;
  }

  fakes::TempDirectory directory;
  const std::string stem = directory.file("prod/daily/20250309T070000Z_i-1");
};

TEST_F(Archive, IsNamedByItsFirstBytes) {
  struct Row {
    std::string bytes, extension;
  };
  for (const Row& row : {Row{"%PDF-1.7 and more", ".pdf"}, Row{"PK\x03\x04", ".zip"}, Row{"PK", ".zip"},
                         Row{"<html>", ".bin"}, Row{"%PD", ".bin"}, Row{"x", ".bin"}}) {
    ArchiveFile file = open();
    EXPECT_TRUE(file.write(row.bytes));
    const auto path = file.commit();
    ASSERT_TRUE(path) << path.error().message;
    EXPECT_EQ(*path, stem + row.extension);
    EXPECT_EQ(content(*path), row.bytes);
  }
}

TEST_F(Archive, IsTheSameHoweverTheBytesCome) {
  ArchiveFile file = open();
  const std::string bytes = "%PDF-1.7 byte by byte";
  for (const char& byte : bytes) ASSERT_TRUE(file.write({&byte, 1}));
  EXPECT_TRUE(file.write({}));
  EXPECT_EQ(content(file.commit().value()), bytes);
}

TEST_F(Archive, HasItsFinalNameOnlyWhenItIsWhole) {
  ArchiveFile file = open();
  EXPECT_TRUE(file.write(std::string("%PDF")));
  EXPECT_EQ(files(), std::vector<std::string>{"20250309T070000Z_i-1.part"});
  ASSERT_TRUE(file.commit());
  EXPECT_EQ(files(), std::vector<std::string>{"20250309T070000Z_i-1.pdf"});
}

TEST_F(Archive, LeavesNothingWithoutCommit) {
  {
    ArchiveFile file = open();
    EXPECT_TRUE(file.write(std::string("%PDF")));
    const ArchiveFile moved = std::move(file);
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(Archive, ReplacesWhatHadTheName) {
  for (const char* bytes : {"%PDF first", "%PDF second"}) {
    ArchiveFile file = open();
    EXPECT_TRUE(file.write(std::string(bytes)));
    EXPECT_EQ(content(file.commit().value()), bytes);
  }
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(Archive, IsRefusedWhereItIsEmpty) {
  ArchiveFile file = open();
  const auto path = file.commit();
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().kind, ErrorKind::malformed);
}

TEST_F(Archive, IsForTheServiceAndItsGroup) {
  const mode_t before = ::umask(0);
  ArchiveFile file = open();
  EXPECT_TRUE(file.write(std::string("%PDF")));
  const std::string path = file.commit().value();
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640U);
  ASSERT_EQ(::stat(fs::path(path).parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0750U);
}

TEST_F(Archive, FollowsNoLinkThatWaitsUnderItsTemporaryName) {
  fs::create_directories(fs::path(stem).parent_path());
  fs::create_symlink(directory.file("elsewhere"), stem + ".part");
  EXPECT_FALSE(ArchiveFile::create(stem));
  EXPECT_FALSE(fs::exists(directory.file("elsewhere")));
}

TEST_F(Archive, NamesTheDirectoryThatCannotBeMade) {
  std::ofstream(directory.file("prod")) << "a file where a directory is to be";
  const auto file = ArchiveFile::create(stem);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::internal);
  EXPECT_THAT(file.error().message, HasSubstr(directory.file("prod")));
}

TEST_F(Archive, OnAFullDiskSaysSoAndLeavesNothing) {
  std::signal(SIGXFSZ, SIG_IGN);
  constexpr rlim_t kFits = 10'000;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit full{kFits, before.rlim_max};
  {
    ArchiveFile file = open();
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
    // The first write that does not fit is a short one; the rest of it is what fails.
    EXPECT_FALSE(file.write(std::string(2 * kFits, 'x')));
    EXPECT_FALSE(file.write(std::string("more")));
    ASSERT_TRUE(file.error());
    EXPECT_THAT(file.error()->message, HasSubstr("cannot write"));
    EXPECT_FALSE(file.commit());
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  }
  EXPECT_TRUE(files().empty());
}

TEST(ArchivePath, SortsByTimeBelowTheProjectAndTheReport) {
  EXPECT_EQ(
      archive_path("/var/lib/dbssd/reports", ProjectName("prod"),
                   {ReportName("daily-sox"), InstanceId("8c53ed03"), *parse_utc("2025-03-09T07:00:00Z")}),
      "/var/lib/dbssd/reports/prod/daily-sox/20250309T070000Z_8c53ed03");
}

TEST(ArchivePath, LeavesItsDirectoryUnderNoName) {
  struct Row {
    std::string hostile, harmless;
  };
  for (const Row& row :
       {Row{"..", "_."}, Row{".", "_"}, Row{"", "_"}, Row{"../../etc/passwd", "_._.._etc_passwd"},
        Row{"/etc/passwd", "_etc_passwd"}, Row{".hidden", "_hidden"}, Row{"a\nb", "a_b"},
        Row{std::string("a\0b", 3), "a_b"}, Row{"$(reboot)", "__reboot_"}, Row{"-rf", "-rf"},
        Row{"\xc3\xa4", "__"}, Row{std::string(300, 'a'), std::string(200, 'a')}}) {
    const std::string path =
        archive_path("/a", ProjectName("p"), {ReportName(row.hostile), InstanceId("i"), Instant{}});
    EXPECT_EQ(path, "/a/p/" + row.harmless + "/19700101T000000Z_i");
  }
}

}  // namespace
}  // namespace dbssd::engine
