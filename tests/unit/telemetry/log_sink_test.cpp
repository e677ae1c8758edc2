#include "telemetry/log_sink.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "fakes/fake_clock.h"
#include "fakes/temp_directory.h"
#include "telemetry/log_outputs.h"

namespace dbssd::telemetry {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Format = LogConfig::Format;
using Lines = std::vector<std::string>;

constexpr Instant kNoon{std::chrono::sys_days{std::chrono::March / 9 / 2025} + 12h};

Event event_of(EventId id, std::string msg) {
  Event event;
  event.id = id;
  event.msg = std::move(msg);
  return event;
}

/// While this lives, one of the process's standard descriptors leads elsewhere.
class Redirected {
 public:
  Redirected(int descriptor, int to)
      : descriptor_(descriptor), saved_(fcntl(descriptor, F_DUPFD_CLOEXEC, 3)) {
    EXPECT_GE(dup2(to, descriptor_), 0);
  }
  ~Redirected() {
    dup2(saved_, descriptor_);
    close(saved_);
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

 private:
  int descriptor_;
  int saved_;
};

class LogSinkTest : public testing::Test {
 protected:
  LogSinkTest() {
    signal(SIGPIPE, SIG_IGN);  // as the daemon does
  }

  [[nodiscard]] std::string path(const std::string& name) const { return directory_.file(name); }
  [[nodiscard]] LogConfig to_file(const std::string& name, Level level = Level::info,
                                  Format format = Format::text) const {
    return {format, level, path(name)};
  }
  [[nodiscard]] std::unique_ptr<LogSink> open(const LogConfig& config) const {
    auto sink = LogSink::open(config, clock_);
    EXPECT_TRUE(sink) << sink.error().message;
    return std::move(*sink);
  }
  [[nodiscard]] Lines lines(const std::string& name) const {
    std::ifstream file(path(name));
    Lines found;
    for (std::string line; std::getline(file, line);) found.push_back(line);
    return found;
  }
  /// What `doing` says on standard error.
  template <class Doing>
  [[nodiscard]] Lines complaints(Doing doing) const {
    const int file = ::open(path("stderr").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    {
      const Redirected redirected(STDERR_FILENO, file);
      doing();
    }
    close(file);
    return lines("stderr");
  }

  fakes::FakeClock clock_{kNoon};
  fakes::TempDirectory directory_;
};

TEST_F(LogSinkTest, StampsALineWithTheClockItWasGiven) {
  const auto sink = open(to_file("log"));
  sink->emit(event_of(EventId::service_started, "begun"));
  clock_.advance(1500ms);
  sink->emit(event_of(EventId::clock_jumped, "forward"));
  EXPECT_THAT(lines("log"),
              ElementsAre("2025-03-09T12:00:00.000Z INFO    service.started           msg=begun",
                          "2025-03-09T12:00:01.500Z WARNING clock.jumped              msg=forward"));
}

TEST_F(LogSinkTest, WritesJsonWhereThatIsAskedFor) {
  const auto sink = open(to_file("log", Level::info, Format::json));
  sink->emit(event_of(EventId::service_started, "a \"b\"\n%s {}"));
  ASSERT_THAT(lines("log"), SizeIs(1));
  EXPECT_EQ(nlohmann::json::parse(lines("log")[0]).at("msg"), "a \"b\"\n%s {}");
}

TEST_F(LogSinkTest, WritesToStandardOutputWhereThereIsNoFile) {
  const int file = ::open(path("out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  {
    const Redirected redirected(STDOUT_FILENO, file);
    open({Format::text, Level::info, std::nullopt})->emit(event_of(EventId::service_started, "begun"));
    EXPECT_NE(fcntl(STDOUT_FILENO, F_GETFD), -1) << "is not the sink's to close";
  }
  close(file);
  EXPECT_THAT(lines("out"), ElementsAre(EndsWith("msg=begun")));
}

TEST_F(LogSinkTest, DropsWhatIsBelowItsLevel) {
  const std::map<Level, Lines> passing{
      {Level::debug, {"cycle.finished", "service.started", "clock.jumped", "state.failed"}},
      {Level::info, {"service.started", "clock.jumped", "state.failed"}},
      {Level::warning, {"clock.jumped", "state.failed"}},
      {Level::error, {"state.failed"}},
  };
  for (const auto& [level, names] : passing) {
    const std::string file(to_string(level));
    const auto sink = open(to_file(file, level));
    for (const EventId id :
         {EventId::cycle_finished, EventId::service_started, EventId::clock_jumped, EventId::state_failed})
      sink->emit(event_of(id, "x"));
    Lines written;
    for (const std::string& line : lines(file)) {
      std::istringstream words(line);
      std::string at, grade;
      words >> at >> grade >> written.emplace_back();
    }
    EXPECT_EQ(written, names) << file;
    EXPECT_EQ(sink->lost(), 0U) << "what is not wanted is not lost";
  }
}

TEST_F(LogSinkTest, AppendsToWhatIsThere) {
  std::ofstream(path("log")) << "before\n";
  open(to_file("log"))->emit(event_of(EventId::service_started, "one"));
  open(to_file("log"))->emit(event_of(EventId::service_started, "two"));
  EXPECT_THAT(lines("log"), ElementsAre("before", EndsWith("msg=one"), EndsWith("msg=two")));
}

TEST_F(LogSinkTest, GoesOnAtTheBeginningOfAFileThatWasTruncated) {
  const auto sink = open(to_file("log"));
  sink->emit(event_of(EventId::service_started, "one"));
  std::filesystem::resize_file(path("log"), 0);
  sink->emit(event_of(EventId::service_started, "two"));
  EXPECT_THAT(lines("log"),
              ElementsAre("2025-03-09T12:00:00.000Z INFO    service.started           msg=two"));
}

TEST_F(LogSinkTest, KeepsItsFileFromOthers) {
  const auto mask = umask(0);
  const auto sink = open(to_file("log"));
  umask(mask);
  EXPECT_EQ(std::filesystem::status(path("log")).permissions(), std::filesystem::perms{0640});
}

TEST_F(LogSinkTest, OpensTheFileAnewWhenItIsReconfiguredAsItWas) {
  const auto sink = open(to_file("log"));
  sink->emit(event_of(EventId::service_started, "one"));
  std::filesystem::rename(path("log"), path("log.1"));
  sink->emit(event_of(EventId::service_started, "two"));
  ASSERT_TRUE(sink->reconfigure(to_file("log")));
  sink->emit(event_of(EventId::service_started, "three"));
  EXPECT_THAT(lines("log.1"), ElementsAre(EndsWith("msg=one"), EndsWith("msg=two")));
  EXPECT_THAT(lines("log"), ElementsAre(EndsWith("msg=three")));
}

TEST_F(LogSinkTest, TakesUpAnotherFileFormatAndLevel) {
  const auto sink = open(to_file("one"));
  ASSERT_TRUE(sink->reconfigure(to_file("two", Level::warning, Format::json)));
  sink->emit(event_of(EventId::service_started, "dropped"));
  sink->emit(event_of(EventId::clock_jumped, "kept"));
  EXPECT_THAT(lines("one"), IsEmpty());
  EXPECT_THAT(lines("two"), ElementsAre(HasSubstr(R"("event":"clock.jumped")")));
}

TEST_F(LogSinkTest, StaysAsItWasWhereItCannotBeReconfigured) {
  const auto sink = open(to_file("log"));
  const auto done = sink->reconfigure(to_file("absent/log", Level::error, Format::json));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr(path("absent/log") + ": No such file or directory"));
  sink->emit(event_of(EventId::service_started, "goes on"));
  EXPECT_THAT(lines("log"), ElementsAre(EndsWith("INFO    service.started           msg=\"goes on\"")));
}

TEST_F(LogSinkTest, IsNotOpenedWhereItsFileCannotBe) {
  const auto sink = LogSink::open(to_file("absent/log"), clock_);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().kind, ErrorKind::internal);
}

TEST_F(LogSinkTest, RefusesAFileTogetherWithTheJournal) {
  const auto sink = LogSink::open(to_file("log", Level::info, Format::journald), clock_);
  ASSERT_FALSE(sink);
  EXPECT_THAT(sink.error().message, HasSubstr("exclude one another"));
  EXPECT_FALSE(std::filesystem::exists(path("log")));
}

TEST_F(LogSinkTest, CountsWhatAFullDiskLosesAndSaysSoOnce) {
  const auto sink = open({Format::text, Level::info, "/dev/full"});
  const Lines said = complaints([&] {
    for (int i = 0; i < 3; ++i) sink->emit(event_of(EventId::service_started, "lost"));
  });
  EXPECT_EQ(sink->lost(), 3U);
  EXPECT_THAT(said, ElementsAre("dbssd: the log cannot be written: No space left on device"));
}

TEST_F(LogSinkTest, SaysOfEachLogThatItIsFull) {
  const LogConfig full{Format::text, Level::info, "/dev/full"};
  const auto sink = open(full);
  const Lines said = complaints([&] {
    sink->emit(event_of(EventId::service_started, "lost"));
    EXPECT_TRUE(sink->reconfigure(full));
    sink->emit(event_of(EventId::service_started, "lost"));
  });
  EXPECT_THAT(said, SizeIs(2));
  ASSERT_TRUE(sink->reconfigure(to_file("log")));
  sink->emit(event_of(EventId::service_started, "kept"));
  EXPECT_EQ(sink->lost(), 2U);
  EXPECT_THAT(lines("log"), ElementsAre(EndsWith("msg=kept")));
}

TEST_F(LogSinkTest, OutlivesTheReaderOfItsPipe) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(pipe2(pipe.data(), O_CLOEXEC), 0);
  close(pipe[0]);
  std::uint64_t lost = 0;
  const Lines said = complaints([&] {
    const Redirected redirected(STDOUT_FILENO, pipe[1]);
    const auto sink = open({Format::json, Level::info, std::nullopt});
    for (int i = 0; i < 3; ++i) sink->emit(event_of(EventId::service_started, "lost"));
    lost = sink->lost();
  });
  close(pipe[1]);
  EXPECT_EQ(lost, 3U);
  EXPECT_THAT(said, ElementsAre("dbssd: the log cannot be written: Broken pipe"));
}

TEST_F(LogSinkTest, BeginsALineOfItsOwnAfterOneThatWasTorn) {
  signal(SIGXFSZ, SIG_IGN);
  rlimit unlimited{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  const rlimit limited{1000, unlimited.rlim_max};
  const auto sink = open(to_file("log"));
  const Lines said = complaints([&] {
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &limited), 0);
    sink->emit(event_of(EventId::service_started, std::string(2000, 'x')));
    sink->emit(event_of(EventId::service_started, "not even begun"));
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    sink->emit(event_of(EventId::service_started, "whole"));
    sink->emit(event_of(EventId::service_started, "next"));
  });
  EXPECT_EQ(sink->lost(), 2U);
  EXPECT_THAT(said, ElementsAre("dbssd: the log cannot be written: File too large"));
  EXPECT_THAT(
      lines("log"),
      ElementsAre(SizeIs(1000), "2025-03-09T12:00:00.000Z INFO    service.started           msg=whole",
                  "2025-03-09T12:00:00.000Z INFO    service.started           msg=next"));
}

Lines sent;  // by the last call of a JournaldSink

TEST(JournaldSink, SendsEachFieldApart) {
  JournaldSink sink([](const iovec* fields, int count) {
    sent.clear();
    for (int i = 0; i < count; ++i)
      sent.emplace_back(static_cast<const char*>(fields[i].iov_base), fields[i].iov_len);
    return 0;
  });
  sink.log({"dbssd", spdlog::level::info, "MESSAGE=begun\nPRIORITY=6\nDBSSD_EVENT=service.started"});
  EXPECT_THAT(sent, ElementsAre("MESSAGE=begun", "PRIORITY=6", "DBSSD_EVENT=service.started"));
}

TEST(JournaldSink, ThrowsWhatKeepsItFromSending) {
  JournaldSink sink([](const iovec*, int) { return -ENOBUFS; });
  EXPECT_THAT(
      [&] {
        sink.log({"dbssd", spdlog::level::info, "MESSAGE=x"});
      },
      testing::ThrowsMessage<spdlog::spdlog_ex>("No buffer space available"));
}

constexpr int kEmitters = 4;
constexpr int kEach = 500;

/// Emits from several threads at once, and calls `meanwhile` until they are done.
template <class Meanwhile>
void emit_from_all_sides(LogSink& sink, Meanwhile meanwhile) {
  std::atomic<int> under_way{kEmitters};
  std::vector<std::jthread> emitters;
  for (int emitter = 0; emitter < kEmitters; ++emitter) {
    emitters.emplace_back([&sink, &under_way, emitter] {
      for (int i = 0; i < kEach; ++i) {
        Event event = event_of(EventId::service_started, std::to_string(emitter) + '-' + std::to_string(i));
        event.reason = std::string(300, static_cast<char>('a' + emitter));
        sink.emit(event);
      }
      --under_way;
    });
  }
  while (under_way > 0) meanwhile();
}

void expect_all_whole(const Lines& lines) {
  EXPECT_THAT(lines, SizeIs(kEmitters * kEach));
  std::map<std::string, int> seen;
  for (const std::string& line : lines) {
    const auto read = nlohmann::json::parse(line, nullptr, false);
    ASSERT_FALSE(read.is_discarded()) << line;
    const std::string msg = read.at("msg");
    EXPECT_EQ(read.at("reason"), std::string(300, static_cast<char>('a' + (msg.at(0) - '0'))));
    EXPECT_EQ(++seen[msg], 1) << msg;
  }
}

TEST_F(LogSinkTest, WritesWholeLinesFromSeveralThreads) {
  const auto sink = open(to_file("log", Level::info, Format::json));
  emit_from_all_sides(*sink, [] { std::this_thread::yield(); });
  expect_all_whole(lines("log"));
}

TEST_F(LogSinkTest, LosesNothingWhereItIsReplacedWhileInUse) {
  const auto sink = open(to_file("even", Level::info, Format::json));
  bool odd = false;
  emit_from_all_sides(*sink, [&] {
    odd = !odd;
    EXPECT_TRUE(sink->reconfigure(to_file(odd ? "odd" : "even", Level::info, Format::json)));
  });
  Lines all = lines("even");
  for (std::string& line : lines("odd")) all.push_back(std::move(line));
  expect_all_whole(all);
  EXPECT_EQ(sink->lost(), 0U);
}

}  // namespace
}  // namespace dbssd::telemetry
