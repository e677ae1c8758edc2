#include "engine/requests.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "fakes/memory_journal.h"
#include "fakes/recording_sink.h"
#include "fakes/temp_directory.h"

namespace dbssd::engine {
namespace {

using telemetry::EventId;
using testing::HasSubstr;
using testing::IsEmpty;

const ProjectName kProd("prod");

Request request_for(const std::string& instance, const std::string& scheduled = "2025-06-02T10:00:07Z") {
  return {kProd,
          {{ReportName("daily-sox"), InstanceId(instance), *parse_utc(scheduled)},
           {*parse_utc("2025-06-01T00:00:00Z"), *parse_utc("2025-06-02T00:00:00Z")}}};
}

class Requests : public testing::Test {
 protected:
  void serve(const std::string& refusal = {}) {
    serve_requests(directory, journal, events, [&](const Request& request) {
      taken.push_back(request);
      return refusal;
    });
  }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    if (std::filesystem::exists(directory))
      for (const auto& entry : std::filesystem::directory_iterator(directory))
        names.insert(entry.path().extension());
    return names;
  }
  [[nodiscard]] static std::set<std::string> names_in(const std::string& path) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path)) names.insert(entry.path().filename());
    return names;
  }
  [[nodiscard]] static std::string content(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::string refusal() const {
    const auto said = events.events(EventId::report_request_refused);
    return said.size() == 1 ? said.front().reason : std::to_string(said.size()) + " refusals";
  }

  fakes::TempDirectory parent;
  std::string directory = requests_directory(parent.file("state.db"));
  fakes::MemoryJournal journal;
  fakes::RecordingSink events;
  std::vector<Request> taken;
};

TEST_F(Requests, WithoutADirectoryThereAreNone) {
  serve();
  EXPECT_THAT(taken, IsEmpty());
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Requests, AreHandedOverAsTheyWereLeftTheOldestFirst) {
  ASSERT_TRUE(leave_request(directory, request_for("i-2", "2025-06-02T10:00:09Z")));
  ASSERT_TRUE(leave_request(directory, request_for("i-1")));
  serve();
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].project, kProd);
  EXPECT_EQ(taken[0].asked.key, request_for("i-1").asked.key);
  EXPECT_EQ(taken[0].asked.window, request_for("i-1").asked.window);
  EXPECT_EQ(taken[1].asked.key, request_for("i-2", "2025-06-02T10:00:09Z").asked.key);
}

TEST_F(Requests, StayUntilTheyAreOnRecord) {
  const Request request = request_for("i-1");
  ASSERT_TRUE(leave_request(directory, request));
  serve();
  serve();
  EXPECT_EQ(taken.size(), 2U);
  journal::Batch batch;
  batch.runs.emplace_back();
  batch.runs.back().key = request.asked.key;
  ASSERT_TRUE(journal.commit(kProd, batch));
  serve();
  EXPECT_EQ(taken.size(), 2U);
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Requests, StayWhereTheJournalCannotBeRead) {
  ASSERT_TRUE(leave_request(directory, request_for("i-1")));
  journal.fail_reads(1);
  serve();
  EXPECT_THAT(taken, IsEmpty());
  serve();
  EXPECT_EQ(taken.size(), 1U);
}

TEST_F(Requests, ThatAreRefusedAreSetAsideAndSaidOnce) {
  ASSERT_TRUE(leave_request(directory, request_for("i-1")));
  serve("no such project");
  serve("no such project");
  EXPECT_EQ(taken.size(), 1U);
  EXPECT_THAT(refusal(), HasSubstr("no such project; set aside as " + directory));
  EXPECT_EQ(files(), std::set<std::string>{".refused"});
}

TEST_F(Requests, ThatCannotBeUnderstoodAreSetAsideAndSaid) {
  const std::map<std::string, std::string> bad{
      {"", "it is no JSON object"},
      {"[1]", "it is no JSON object"},
      {"{", "it is no JSON object"},
      {R"({"project":"prod"})", "it has no valid"},
      {R"({"project":"prod","report":"r","instance_id":"i","scheduled_time":"today",
          "window_begin":"2025-06-01T00:00:00Z","window_end":"2025-06-02T00:00:00Z"})",
       "it has no valid scheduled_time"},
      {R"({"project":"prod","report":"r","instance_id":"i","scheduled_time":"2025-06-02T10:00:07Z",
          "window_begin":"2025-06-02T00:00:00Z","window_end":"2025-06-02T00:00:00Z"})",
       "its window is empty"},
      {R"({"project":"prod","report":"r","instance_id":"i","scheduled_time":"2025-06-02T10:00:00Z",
          "window_begin":"2025-06-01T00:00:00Z","window_end":"2025-06-02T00:00:00Z"})",
       "its scheduled_time 2025-06-02T10:00:00Z is one that a schedule can name"},
      {std::string(20'000, ' '), "it is too large"}};
  for (const auto& [content, why] : bad) {
    SCOPED_TRACE(why);
    std::filesystem::create_directory(directory);
    const fakes::TempDirectory other;
    std::filesystem::rename(other.write("draft", content), directory + "/1.json");
    events.clear();
    serve();
    EXPECT_THAT(taken, IsEmpty());
    EXPECT_THAT(refusal(), HasSubstr(why));
    std::filesystem::remove_all(directory);
  }
}

TEST_F(Requests, AreNotReadThroughALink) {
  const fakes::TempDirectory other;
  ASSERT_TRUE(leave_request(directory, request_for("i-1")));
  const std::string there = std::filesystem::directory_iterator(directory)->path();
  std::filesystem::rename(there, other.file("secret"));
  std::filesystem::create_symlink(other.file("secret"), there);
  serve();
  EXPECT_THAT(taken, IsEmpty());
  EXPECT_THAT(refusal(), HasSubstr("cannot read"));
}

TEST_F(Requests, AreNoPipesNoDirectoriesAndNothingOfAnotherName) {
  std::filesystem::create_directory(directory);
  const std::string path = directory + "/1.json";
  const fakes::TempDirectory other;
  const auto plants = std::map<std::string, std::function<void()>>{
      {"it is no regular file; set", [&] { ASSERT_EQ(::mkfifo(path.c_str(), 0666), 0); }},
      {"it is no regular file", [&] { std::filesystem::create_directory(path); }},
      {"it has another name", [&] { std::filesystem::create_hard_link(other.write("secret", "{}"), path); }}};
  for (const auto& [why, plant] : plants) {
    SCOPED_TRACE(why);
    plant();
    events.clear();
    serve();
    EXPECT_THAT(refusal(), HasSubstr(why));
    EXPECT_FALSE(std::filesystem::exists(path));
    std::filesystem::remove_all(path + ".refused");
  }
  EXPECT_THAT(taken, IsEmpty());
}

TEST_F(Requests, AreNeitherLeftNorReadThroughALinkInPlaceOfTheirDirectory) {
  const fakes::TempDirectory other;
  ASSERT_TRUE(leave_request(requests_directory(other.file("state.db")), request_for("i-1")));
  std::filesystem::create_directory_symlink(requests_directory(other.file("state.db")), directory);
  serve();
  EXPECT_THAT(taken, IsEmpty());
  const auto left = leave_request(directory, request_for("i-2"));
  ASSERT_FALSE(left);
  EXPECT_THAT(left.error().message, HasSubstr(directory));
  EXPECT_EQ(names_in(requests_directory(other.file("state.db"))).size(), 1U);
}

TEST_F(Requests, AreNotLeftThroughALinkOnTheWay) {
  const fakes::TempDirectory other;
  std::filesystem::create_directory_symlink(other.path(), parent.file("way"));
  const auto left = leave_request(requests_directory(parent.file("way/state.db")), request_for("i-1"));
  ASSERT_FALSE(left);
  EXPECT_THAT(left.error().message, HasSubstr(parent.file("way") + ": is a link"));
  EXPECT_THAT(names_in(other.path()), IsEmpty());
}

// Whoever owns the directory knows the name of what is to be written there.
TEST_F(Requests, AreWrittenIntoAFileOfTheirOwnWhateverLiesInItsPlace) {
  ASSERT_TRUE(leave_request(directory, request_for("i-1")));
  const std::string path = directory + "/" + *names_in(directory).begin();
  const fakes::TempDirectory other;
  const std::string victim = other.write("victim", "precious");
  const auto plants = std::vector<std::function<void(const std::string&)>>{
      [&](const std::string& at) { std::filesystem::create_symlink(victim, at); },
      [&](const std::string& at) { std::filesystem::create_hard_link(victim, at); },
      [&](const std::string& at) { ASSERT_EQ(::mkfifo(at.c_str(), 0666), 0); }};
  for (const char* const suffix : {".part", ""}) {
    for (const auto& plant : plants) {
      std::filesystem::remove(path);
      plant(path + suffix);
      ASSERT_TRUE(leave_request(directory, request_for("i-1")));
      EXPECT_EQ(content(victim), "precious");
      EXPECT_THAT(content(path), HasSubstr("daily-sox"));
      EXPECT_EQ(names_in(directory).size(), 1U);
    }
  }
}

// What lies there is a directory at one moment and a link to another at the next.
TEST_F(Requests, AreNeverLeftInADirectoryThatWasSwappedMeanwhile) {
  const fakes::TempDirectory other;
  std::filesystem::create_directory(directory);
  const std::string link = parent.file("link");
  std::filesystem::create_directory_symlink(other.path(), link);
  const std::jthread swapping([&](const std::stop_token& stop) {
    while (!stop.stop_requested())
      ::renameat2(AT_FDCWD, directory.c_str(), AT_FDCWD, link.c_str(), RENAME_EXCHANGE);
  });
  for (int i = 0; i < 300; ++i) (void)leave_request(directory, request_for("i-" + std::to_string(i)));
  EXPECT_THAT(names_in(other.path()), IsEmpty());
}

TEST_F(Requests, ThatRootLeavesBelongToTheOwnerOfTheState) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  constexpr uid_t kOwner = 4711;
  ASSERT_EQ(::chown(parent.path().c_str(), kOwner, kOwner), 0);
  const auto owner_of = [](const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0);
    return status.st_uid;
  };
  ASSERT_TRUE(leave_request(directory, request_for("i-1")));
  EXPECT_EQ(owner_of(directory), kOwner);
  EXPECT_EQ(owner_of(directory + "/" + *names_in(directory).begin()), kOwner);

  ASSERT_EQ(::chown(directory.c_str(), 0, 0), 0);  // as a killed command has left it
  ASSERT_TRUE(leave_request(directory, request_for("i-2")));
  EXPECT_EQ(owner_of(directory), kOwner);

  ASSERT_EQ(::chown(directory.c_str(), 815, 815), 0);
  const auto left = leave_request(directory, request_for("i-3"));
  ASSERT_FALSE(left);
  EXPECT_THAT(left.error().message, HasSubstr("belongs neither to root nor to"));
}

TEST_F(Requests, AreNotReadBeforeTheyAreWhole) {
  std::filesystem::create_directory(directory);
  const fakes::TempDirectory other;
  std::filesystem::rename(other.write("draft", "{"), directory + "/1.json.part");
  serve();
  EXPECT_EQ(events.events(EventId::report_request_refused).size(), 0U);
}

TEST_F(Requests, CannotBeLeftWhereThereIsNoState) {
  const auto left = leave_request(requests_directory(parent.file("nowhere/state.db")), request_for("i-1"));
  ASSERT_FALSE(left);
  EXPECT_THAT(left.error().message, HasSubstr("nowhere"));
}

}  // namespace
}  // namespace dbssd::engine
