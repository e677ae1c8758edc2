#include "engine/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
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
