// Opening: who may, what is refused, and what the operator is told then.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "fakes/journal_samples.h"
#include "fakes/temp_directory.h"
#include "journal/sqlite.h"
#include "unit/journal/damaged_file.h"

namespace dbssd::journal {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

auto stands(Keeper::Stands how, const std::string& process) {
  return ::testing::AllOf(::testing::Field(&Keeper::stands, how), ::testing::Field(&Keeper::process, process),
                          ::testing::Field(&Keeper::since, ::testing::Optional(::testing::_)));
}

class Opening : public ::testing::Test {
 protected:
  std::string refusal(const std::string& path, Access access = Access::read_write) {
    const auto opened = open_sqlite(path, access);
    EXPECT_FALSE(opened);
    if (opened) return "";
    EXPECT_EQ(opened.error().kind, ErrorKind::internal);
    return opened.error().message;
  }
  static unsigned mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777U;
  }

  fakes::TempDirectory directory_;
  std::string path_ = directory_.file("state.db");
};

TEST_F(Opening, AMissingDirectoryIsNamedWithTheRemedy) {
  const std::string message = refusal(directory_.file("missing/state.db"));
  EXPECT_THAT(message, HasSubstr(directory_.file("missing") + ": no such directory"));
  EXPECT_THAT(message, HasSubstr("StateDirectory="));
}

TEST_F(Opening, AnythingButAFileIsRefused) {
  fs::create_directory(path_);
  EXPECT_THAT(refusal(path_), HasSubstr("is not a regular file"));
  put_bytes(directory_.file("file"), "x");
  EXPECT_THAT(refusal(directory_.file("file/state.db")), HasSubstr("directory"));
}

TEST_F(Opening, TheFilesAreForTheOwnerAndItsGroup) {
  const mode_t before = ::umask(0);
  const Opened opened = open_or_fail(path_);
  ::umask(before);
  for (const char* suffix : {"", "-wal", "-shm", ".lock"})
    EXPECT_EQ(mode_of(path_ + suffix), 0640U) << suffix;
}

TEST_F(Opening, AStricterUmaskIsObeyed) {
  const mode_t before = ::umask(0077);
  const Opened opened = open_or_fail(path_);
  ::umask(before);
  for (const char* suffix : {"", "-wal", "-shm", ".lock"})
    EXPECT_EQ(mode_of(path_ + suffix), 0600U) << suffix;
}

TEST_F(Opening, ASecondWriterIsToldWhoHoldsIt) {
  const Opened opened = open_or_fail(path_);
  const std::string message = refusal(path_);
  EXPECT_THAT(message, HasSubstr("held by process " + std::to_string(::getpid())));
  EXPECT_THAT(message, HasSubstr("state.path"));
}

TEST_F(Opening, WhoHoldsItIsToldToWhoAsks) {
  const std::string own = std::to_string(::getpid());
  EXPECT_EQ(keeper_of(path_).value(), Keeper{});
  EXPECT_THAT(siblings(path_, ""), IsEmpty()) << "who asks makes nothing";
  {
    const Opened opened = open_or_fail(path_);
    EXPECT_THAT(keeper_of(path_).value(), stands(Keeper::Stands::holds, own));
    const auto reader = open_sqlite(path_, Access::read_only);
    EXPECT_THAT(keeper_of(path_).value(), stands(Keeper::Stands::holds, own));
  }
  EXPECT_THAT(keeper_of(path_).value(), stands(Keeper::Stands::closed, own));
  const auto reader = open_sqlite(path_, Access::read_only);
  EXPECT_THAT(keeper_of(path_).value(), stands(Keeper::Stands::closed, own)) << "who reads does not hold it";
}

TEST_F(Opening, SinceWhenItIsKeptIsToldByTheClockOfItsFile) {
  { const Opened opened = open_or_fail(path_); }
  const timespec times[] = {{1'741'503'600, 0}, {1'741'503'600, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (path_ + ".lock").c_str(), times, 0), 0);
  EXPECT_EQ(keeper_of(path_).value().since, fakes::at(0));
}

TEST_F(Opening, APipeInPlaceOfTheLockKeepsNobodyWaiting) {
  ASSERT_EQ(::mkfifo((path_ + ".lock").c_str(), 0600), 0);
  const auto keeper = keeper_of(path_);
  ASSERT_FALSE(keeper);
  EXPECT_THAT(keeper.error().message, HasSubstr("is not a regular file"));
}

TEST_F(Opening, WhoWasKilledHoldsItNoMoreAndAskingDoesNotKeepItFromTheNext) {
  const pid_t child = ::fork();
  if (child == 0) {
    const Opened opened = open_or_fail(path_);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(bytes_of(path_ + ".lock"), std::to_string(child) + " open\n");
  EXPECT_THAT(keeper_of(path_).value(), stands(Keeper::Stands::killed, std::to_string(child)));
  EXPECT_EQ(bytes_of(path_ + ".lock"), std::to_string(child) + " open\n") << "it is as it was";
  const Opened opened = open_or_fail(path_);
}

TEST_F(Opening, AFileThatCannotBeLookedAtIsNotTakenForAnEmptyOne) {
  fs::create_symlink("state.db", path_);  // to itself
  EXPECT_THAT(refusal(path_, Access::read_only), HasSubstr(path_));
}

TEST_F(Opening, TwoNamesOfOneFileAreOneJournal) {
  const Opened opened = open_or_fail(path_);
  fs::create_symlink(path_, directory_.file("alias.db"));
  EXPECT_THAT(refusal(directory_.file("alias.db")), HasSubstr("held by process"));
}

TEST_F(Opening, AWriterThatClosedIsInNobodysWay) {
  { const Opened opened = open_or_fail(path_); }
  const Opened again = open_or_fail(path_);
  EXPECT_THAT(again.recovered, IsEmpty());
}

TEST_F(Opening, AClosedJournalIsOneFileAndAnEmptyLog) {
  write_sample(path_);
  EXPECT_EQ(fs::file_size(path_ + "-wal"), 0U);
  EXPECT_THAT(bytes_of(path_ + ".lock"), HasSubstr(" closed\n"));
}

TEST_F(Opening, AReaderSeesWhatTheWriterHasCommitted) {
  const Opened writer = open_or_fail(path_);
  const auto reader = open_sqlite(path_, Access::read_only);
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_THAT(all_runs(*reader->journal), IsEmpty());
  ASSERT_TRUE(writer.journal->commit(kProject, batch_of(fakes::due_run("daily", "i-1", fakes::at(1)))));
  EXPECT_THAT(all_runs(*reader->journal), SizeIs(1));
}

TEST_F(Opening, AReaderDoesNotWrite) {
  write_sample(path_);
  const auto reader = open_sqlite(path_, Access::read_only);
  ASSERT_TRUE(reader);
  EXPECT_FALSE(reader->journal->commit(kProject, batch_of(fakes::due_run("daily", "i-1", fakes::at(1)))));
  EXPECT_FALSE(reader->journal->prune(fakes::at(1000000), {}));
  EXPECT_THAT(all_runs(*reader->journal), SizeIs(200));
}

TEST_F(Opening, AReaderOfNoFileSeesAnEmptyJournalAndMakesNone) {
  for (const std::string& path : {path_, directory_.file("missing/state.db")}) {
    const auto reader = open_sqlite(path, Access::read_only);
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_THAT(all_runs(*reader->journal), IsEmpty());
    EXPECT_FALSE(reader->journal->commit(kProject, Batch{}));
    EXPECT_FALSE(fs::exists(path));
  }
}

TEST_F(Opening, AReaderOfAnEmptyFileSeesAnEmptyJournal) {
  put_bytes(path_, "");
  const auto reader = open_sqlite(path_, Access::read_only);
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_THAT(all_runs(*reader->journal), IsEmpty());
  EXPECT_EQ(fs::file_size(path_), 0U);
}

TEST_F(Opening, WhoMayOnlyReadTheFileReadsIt) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become another user";
  const mode_t before = ::umask(0);
  write_sample(path_);
  ::umask(before);
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
  for (const char* suffix : {"", "-wal", "-shm"})
    ASSERT_EQ(::chown((path_ + suffix).c_str(), 0, 65534), 0);  // the group of nobody, who cannot write here
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(2);
    const auto reader = open_sqlite(path_, Access::read_only);
    ::_exit(reader && all_runs(*reader->journal).size() == 200 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

void alter(const std::string& path, const std::string& sql) {
  auto connection = sqlite::Connection::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE).value();
  ASSERT_TRUE(connection.execute(sql));
}

TEST_F(Opening, ANewerJournalIsLeftAlone) {
  write_sample(path_);
  alter(path_, "PRAGMA user_version = 99");
  EXPECT_THAT(refusal(path_), HasSubstr("newer dbssd (schema 99"));
  EXPECT_THAT(refusal(path_, Access::read_only), HasSubstr("newer dbssd (schema 99"));
  EXPECT_THAT(siblings(path_, ".corrupt-"), IsEmpty());
}

TEST_F(Opening, AnOlderJournalIsNotReadBeforeADaemonHasBroughtItUpToDate) {
  write_sample(path_);
  alter(path_, "PRAGMA user_version = 0");
  EXPECT_THAT(refusal(path_, Access::read_only), HasSubstr("older dbssd"));
}

TEST_F(Opening, AnotherProgramsDatabaseIsLeftAlone) {
  alter(path_, "CREATE TABLE theirs (x); PRAGMA application_id = 7");
  const std::string before = bytes_of(path_);
  EXPECT_THAT(refusal(path_), HasSubstr("another program's database"));
  EXPECT_THAT(refusal(path_, Access::read_only), HasSubstr("another program's database"));
  EXPECT_EQ(bytes_of(path_), before);
  EXPECT_THAT(refusal(path_), HasSubstr("another program's database")) << "also at the second attempt";
}

}  // namespace
}  // namespace dbssd::journal
