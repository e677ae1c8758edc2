// A log file that is rotated, removed or cannot be opened: where each line goes.
#include "telemetry/log_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "fakes/fake_clock.h"
#include "fakes/temp_directory.h"

namespace dbssd::telemetry {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Lines = std::vector<std::string>;

class LogFileTest : public testing::Test {
 protected:
  LogFileTest() {
    auto opened = LogFile::open(path("logs/log"), clock_, [this](const auto& why) { said_.push_back(why); });
    EXPECT_TRUE(opened) << opened.error().message;
    file_ = std::move(*opened);
  }

  [[nodiscard]] std::string path(const std::string& name) const { return directory_.file(name); }
  /// What kept it from being written, or "".
  std::string write(const std::string& line) {
    try {
      file_->log({"dbssd", spdlog::level::info, line});
    } catch (const spdlog::spdlog_ex& e) {
      return e.what();
    }
    return "";
  }
  [[nodiscard]] Lines lines(const std::string& name) const {
    std::ifstream file(path(name));
    Lines found;
    for (std::string line; std::getline(file, line);) found.push_back(line);
    return found;
  }

  fakes::FakeClock clock_{Instant{}};
  fakes::TempDirectory directory_;
  bool made_ = fs::create_directory(directory_.file("logs"));
  Lines said_;
  std::shared_ptr<LogFile> file_;
};

TEST_F(LogFileTest, IsBegunAnewWithinASecondAfterItWasMovedAway) {
  EXPECT_EQ(write("one"), "");
  fs::rename(path("logs/log"), path("logs/log.1"));
  clock_.advance(999ms);
  EXPECT_EQ(write("two"), "");
  clock_.advance(1ms);
  EXPECT_EQ(write("three"), "");
  EXPECT_THAT(lines("logs/log.1"), ElementsAre("one", "two")) << "is not looked at for each line";
  EXPECT_THAT(lines("logs/log"), ElementsAre("three"));
}

TEST_F(LogFileTest, GoesOnInTheFileThatWasPutInItsPlace) {
  fs::rename(path("logs/log"), path("logs/log.1"));
  directory_.write("logs/log", "a heading\n");
  clock_.advance(1s);
  EXPECT_EQ(write("one"), "");
  EXPECT_THAT(lines("logs/log.1"), IsEmpty());
  EXPECT_THAT(lines("logs/log"), ElementsAre("a heading", "one"));
}

TEST_F(LogFileTest, LosesNothingToAFileThatWasRemoved) {
  fs::remove(path("logs/log"));
  EXPECT_EQ(write("one"), "") << "within the same second";
  EXPECT_THAT(lines("logs/log"), ElementsAre("one"));
}

TEST_F(LogFileTest, KeepsTheFormerFileWhereItCannotBeOpenedAnewAndSaysSoOnce) {
  fs::rename(path("logs"), path("aside"));
  for (const char* const line : {"one", "two"}) {
    clock_.advance(1s);
    EXPECT_EQ(write(line), "");
  }
  EXPECT_THAT(lines("aside/log"), ElementsAre("one", "two"));
  EXPECT_THAT(said_, ElementsAre(path("logs/log") + " cannot be opened anew: No such file or directory"));

  fs::create_directory(path("logs"));
  clock_.advance(1s);
  EXPECT_EQ(write("three"), "");
  EXPECT_THAT(lines("logs/log"), ElementsAre("three")) << "it is tried again";

  fs::rename(path("logs"), path("aside again"));
  clock_.advance(1s);
  EXPECT_EQ(write("four"), "");
  EXPECT_THAT(said_, testing::SizeIs(2)) << "another failure is another matter";
}

TEST_F(LogFileTest, CallsALineLostThatOnlyAFileWithoutANameTakes) {
  fs::remove_all(path("logs"));
  EXPECT_EQ(write("one"), path("logs/log") + " is gone");
  fs::create_directory(path("logs"));
  EXPECT_EQ(write("two"), "");
  EXPECT_THAT(lines("logs/log"), ElementsAre("two"));
}

TEST_F(LogFileTest, TakesALineIntoTheNewFileThatTheFormerHasNoRoomFor) {
  signal(SIGXFSZ, SIG_IGN);
  rlimit unlimited{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  const rlimit limited{1000, unlimited.rlim_max};
  const std::string long_line(600, 'x');
  EXPECT_EQ(write(long_line), "");
  fs::rename(path("logs/log"), path("logs/log.1"));
  EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &limited), 0);
  EXPECT_EQ(write(long_line), "") << "within the same second";
  EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
  EXPECT_THAT(lines("logs/log"), ElementsAre(long_line));
}

struct Refused {
  std::string path, why;
};

TEST_F(LogFileTest, IsNoPipeAndNothingElseThatIsNoFile) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo(path("read").c_str(), 0600), 0);
  const int reader = ::open(path("read").c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  for (const auto& [name, why] :
       {Refused{path("pipe"), "is a pipe, and nobody reads it"},
        Refused{path("read"), "is a pipe: name a regular file"}, Refused{path("logs"), "Is a directory"}}) {
    const auto opened = LogFile::open(name, clock_, {});
    ASSERT_FALSE(opened) << name;
    EXPECT_THAT(opened.error().message, testing::HasSubstr("log file " + name + ": " + why));
  }
  ::close(reader);
}

TEST_F(LogFileTest, MayBeATerminalOrNowhere) {
  const auto opened = LogFile::open("/dev/null", clock_, {});
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_NO_THROW((*opened)->log({"dbssd", spdlog::level::info, "one"}));
}

TEST_F(LogFileTest, KeepsTheFormerFileWhereAPipeWasPutInItsPlace) {
  fs::rename(path("logs/log"), path("logs/log.1"));
  ASSERT_EQ(::mkfifo(path("logs/log").c_str(), 0600), 0);
  clock_.advance(1s);
  EXPECT_EQ(write("one"), "");
  EXPECT_THAT(lines("logs/log.1"), ElementsAre("one"));
  EXPECT_THAT(said_, ElementsAre(testing::HasSubstr("cannot be opened anew: is a pipe")));
}

}  // namespace
}  // namespace dbssd::telemetry
