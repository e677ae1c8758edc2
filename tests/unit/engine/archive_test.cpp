#include "engine/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

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
  const std::string stem = directory.file("prod/i-1/daily/20250309T070000Z");
};

TEST_F(Archive, HasNothingOfADownloadThatWasKilled) {
  fs::create_directories(fs::path(stem).parent_path());
  std::ofstream(stem + ".part") << "%PDF-1.7 much longer than the one that comes after it";
  ArchiveFile file = open();
  EXPECT_TRUE(file.write(std::string("%PDF-1.7 short")));
  const auto archived = file.commit();
  ASSERT_TRUE(archived) << archived.error().message;
  EXPECT_EQ(content(archived->path), "%PDF-1.7 short");
}

// A thread that waited for a pipe's reader would wait for ever.
TEST_F(Archive, IsAFileOfItsOwnWhateverLiesInItsPlace) {
  fs::create_directories(fs::path(stem).parent_path());
  const std::string victim = directory.write("victim", "precious");
  const auto plants =
      std::vector<std::function<void()>>{[&] { ASSERT_EQ(::mkfifo((stem + ".part").c_str(), 0666), 0); },
                                         [&] { fs::create_symlink(victim, stem + ".part"); },
                                         [&] { fs::create_hard_link(victim, stem + ".part"); }};
  for (const auto& plant : plants) {
    plant();
    ArchiveFile file = open();
    EXPECT_TRUE(file.write(std::string("%PDF-1.7")));
    const auto archived = file.commit();
    ASSERT_TRUE(archived) << archived.error().message;
    EXPECT_EQ(content(archived->path), "%PDF-1.7");
    EXPECT_EQ(content(victim), "precious");
  }
}

TEST_F(Archive, IsNamedByItsFirstBytes) {
  struct Row {
    std::string bytes, extension;
  };
  for (const Row& row : {Row{"%PDF-1.7 and more", ".pdf"}, Row{"PK\x03\x04", ".zip"}, Row{"PK", ".zip"},
                         Row{"<html>", ".bin"}, Row{"%PD", ".bin"}, Row{"x", ".bin"}}) {
    ArchiveFile file = open();
    EXPECT_TRUE(file.write(row.bytes));
    const auto archived = file.commit();
    ASSERT_TRUE(archived) << archived.error().message;
    EXPECT_EQ(archived->path, stem + row.extension);
    EXPECT_EQ(content(archived->path), row.bytes);
  }
}

TEST_F(Archive, IsTheSameHoweverTheBytesCome) {
  ArchiveFile file = open();
  const std::string bytes = "%PDF-1.7 byte by byte";
  for (const char& byte : bytes) ASSERT_TRUE(file.write({&byte, 1}));
  EXPECT_TRUE(file.write({}));
  EXPECT_EQ(content(file.commit().value().path), bytes);
}

TEST_F(Archive, SaysTheSizeAndTheDigestOfWhatIsInTheFile) {
  ArchiveFile file = open();
  std::string bytes = "%PDF";
  ASSERT_TRUE(file.write(bytes));
  for (std::size_t size = 0; size < 2000; size += 13) {
    const std::string piece(size, static_cast<char>(size));
    bytes += piece;
    ASSERT_TRUE(file.write(piece));
  }
  const Archived archived = file.commit().value();
  EXPECT_EQ(content(archived.path), bytes);
  EXPECT_EQ(archived.bytes, static_cast<std::int64_t>(bytes.size()));
  Sha256 of_the_file;
  of_the_file.add(content(archived.path));
  EXPECT_EQ(archived.sha256, of_the_file.hex().value());
}

TEST_F(Archive, HasItsFinalNameOnlyWhenItIsWhole) {
  ArchiveFile file = open();
  EXPECT_TRUE(file.write(std::string("%PDF")));
  EXPECT_EQ(files(), std::vector<std::string>{"20250309T070000Z.part"});
  ASSERT_TRUE(file.commit());
  EXPECT_EQ(files(), std::vector<std::string>{"20250309T070000Z.pdf"});
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
    EXPECT_EQ(content(file.commit().value().path), bytes);
  }
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(Archive, IsRefusedWhereItIsEmpty) {
  ArchiveFile file = open();
  const auto archived = file.commit();
  ASSERT_FALSE(archived);
  EXPECT_EQ(archived.error().kind, ErrorKind::malformed);
}

TEST_F(Archive, IsForTheServiceAndItsGroup) {
  const mode_t before = ::umask(0);
  ArchiveFile file = open();
  EXPECT_TRUE(file.write(std::string("%PDF")));
  const std::string path = file.commit().value().path;
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
  ArchiveFile file = open();
  EXPECT_TRUE(file.write(std::string("%PDF-1.7")));
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

std::string path_of(const std::string& project, const std::string& instance, const std::string& report) {
  return archive_path("/a", ProjectName(project), {ReportName(report), InstanceId(instance), Instant{}});
}

TEST(ArchivePath, SortsByTimeBelowTheProjectTheInstanceAndTheReport) {
  EXPECT_EQ(
      archive_path("/var/lib/dbssd/reports", ProjectName("prod"),
                   {ReportName("daily-sox"), InstanceId("8c53ed03"), *parse_utc("2025-03-09T07:00:00Z")}),
      "/var/lib/dbssd/reports/prod/8c53ed03/daily-sox/20250309T070000Z");
}

TEST(ArchivePath, TakesAPlainNameAsItIs) {
  for (const std::string& plain : {std::string("a"), std::string("-rf"), std::string("A.b_c-9"),
                                   std::string("a.."), std::string(200, 'a')})
    EXPECT_EQ(path_of(plain, plain, plain), "/a/" + plain + "/" + plain + "/" + plain + "/19700101T000000Z");
}

/// What a cloud or a policy could call something.
const std::vector<std::pair<std::string, std::string>> kHostile = {
    {"..", "_."},
    {".", "_"},
    {"", "_"},
    {"../../etc/passwd", "_._.._etc_passwd"},
    {"/etc/passwd", "_etc_passwd"},
    {"/", "_"},
    {".hidden", "_hidden"},
    {"a\nb", "a_b"},
    {std::string("a\0b", 3), "a_b"},
    {"$(reboot)", "__reboot_"},
    {"a~b", "a_b"},
    {"\xc3\xa4", "__"},
    {"\xff\xfe\x80", "___"},
    {std::string(201, 'a'), std::string(200, 'a')},
    {std::string(100'000, '/'), std::string(200, '_')}};

TEST(ArchivePath, LeavesItsDirectoryUnderNoName) {
  for (const auto& [hostile, harmless] : kHostile) {
    for (const std::string& path :
         {path_of(hostile, "i", "r"), path_of("p", hostile, "r"), path_of("p", "i", hostile)}) {
      EXPECT_THAT(path, testing::MatchesRegex("/a/[^/]+/[^/]+/[^/]+/19700101T000000Z")) << hostile;
      EXPECT_EQ(path, fs::path(path).lexically_normal()) << hostile;
      for (const fs::path& step : fs::path(path)) EXPECT_LT(step.native().size(), 240U) << hostile;
    }
    EXPECT_THAT(path_of("p", "i", hostile), testing::StartsWith("/a/p/i/" + harmless + "~"));
  }
}

TEST(ArchivePath, IsAnotherOneForEveryName) {
  std::set<std::string> paths;
  std::vector<std::string> names{
      "_", "__", "_.", "a_b", "a b", "a/b", "_hidden", std::string(200, 'a'), std::string(202, 'a')};
  for (const auto& [hostile, harmless] : kHostile) names.push_back(hostile);
  for (const std::string& name : names) paths.insert(path_of("p", name, "r"));
  EXPECT_EQ(paths.size(), names.size());
  // Nor can a name be chosen so that it becomes what another was made into.
  const std::string made = fs::path(path_of("p", "a/b", "r")).parent_path().parent_path().filename();
  EXPECT_NE(path_of("p", made, "r"), path_of("p", "a/b", "r"));
}

TEST(ArchivePath, IsTheSameInEveryVersion) {
  EXPECT_EQ(path_of("p", "a/b", "r"), "/a/p/a_b~f2a5b2f60b006aec/r/19700101T000000Z");
}

TEST_F(Archive, KeepsReportsApartWhoseNamesAreMadeSafe) {
  const auto put = [this](const std::string& instance) {
    auto file = ArchiveFile::create(
        archive_path(directory.path(), ProjectName("p"), {ReportName("r"), InstanceId(instance), Instant{}}));
    EXPECT_TRUE(file) << file.error().message;
    EXPECT_TRUE(file->write("%PDF " + instance));
    return file->commit().value().path;
  };
  const std::string slash = put("a/b"), blank = put("a b"), plain = put("a_b");
  EXPECT_EQ(content(slash), "%PDF a/b");
  EXPECT_EQ(content(blank), "%PDF a b");
  EXPECT_EQ(content(plain), "%PDF a_b");
}

}  // namespace
}  // namespace dbssd::engine
