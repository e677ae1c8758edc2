#include "engine/perform.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <new>
#include <stdexcept>

#include "fakes/temp_directory.h"
#include "unit/engine/engine_bench.h"

namespace dbssd::engine {
namespace {

class Perform : public testing::Test {
 protected:
  planner::Answer perform(const planner::Call& call, cloud::CloudApi& api) {
    return engine::perform(call, kProject, api, bench.journal, bench.clock);
  }
  planner::DownloadReport download() const {
    return {{ReportName("daily"), InstanceId("i-1"), Instant{}},
            ReportId("r-1"),
            directory.file("archive"),
            "en-us"};
  }

  EngineBench bench;
  fakes::TempDirectory directory;
};

TEST_F(Perform, TakesAnExceptionForAnUnknownOutcomeOfWhatChangesTheCloudAndForAFailureOfALook) {
  HollowCloud throwing;
  throwing.answer = []() -> Expected<void> { throw std::runtime_error("boom"); };
  throwing.download = [](const HollowCloud::Sink&) -> Expected<void> { throw std::bad_alloc(); };
  journal::RunRecord run;
  run.key = {ReportName("daily"), InstanceId("i-1"), Instant{}};
  journal::StartRecord start;
  start.instance = InstanceId("i-1");
  const std::vector<planner::Call> calls = {planner::ListInstances{},
                                            planner::ListJobs{ResourceId("r")},
                                            planner::AskSummary{cloud::BusiType::audit},
                                            planner::ListTemplates{InstanceId("i-1")},
                                            planner::ListReports{InstanceId("i-1"), {}},
                                            download(),
                                            planner::StartInstance{start},
                                            planner::CreateReport{run}};
  for (const planner::Call& call : calls) {
    SCOPED_TRACE(planner::describe(call));
    const planner::Answer answer = perform(call, throwing);
    ASSERT_FALSE(answer.reply);
    EXPECT_EQ(answer.reply.error().kind,
              planner::changes_the_cloud(call) ? ErrorKind::outcome_unknown : ErrorKind::internal);
  }
}

TEST_F(Perform, HandsBackTheCallWithItsReply) {
  bench.cloud.add("i-1", cloud::InstanceStatus::active);
  const planner::Answer answer = perform(planner::ListInstances{}, bench.cloud);
  ASSERT_TRUE(answer.reply);
  EXPECT_EQ(std::get<cloud::InstanceListing>(*answer.reply).instances.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<planner::ListInstances>(answer.call));
  EXPECT_EQ(answer.sent_at, bench.clock.now().mono);
}

TEST_F(Perform, HandsBackTheLifeOfWhatLetTheCallIn) {
  bench.cloud.token = cloud::TokenLife{Instant(Seconds{7}), Instant(Seconds{9})};
  EXPECT_EQ(perform(planner::ListInstances{}, bench.cloud).token, bench.cloud.token);
}

TEST_F(Perform, ALookAtReportsBringsTheClaimsAndFailsWithoutThem) {
  bench.cloud.add("i-1", cloud::InstanceStatus::active);
  const planner::ListReports look{InstanceId("i-1"), Instant{}};
  EXPECT_TRUE(perform(look, bench.cloud).reply);
  bench.journal.fail_reads(1);
  const planner::Answer answer = perform(look, bench.cloud);
  ASSERT_FALSE(answer.reply);
  EXPECT_EQ(answer.reply.error().kind, ErrorKind::internal);
}

TEST_F(Perform, ADownloadThatEndsEarlyLeavesNoFile) {
  HollowCloud cloud;
  cloud.download = [](const HollowCloud::Sink& sink) -> Expected<void> {
    EXPECT_TRUE(sink(std::string("%PDF half of it")));
    return fail(ErrorKind::not_sent, "the connection ended");
  };
  const planner::Answer answer = perform(download(), cloud);
  ASSERT_FALSE(answer.reply);
  EXPECT_EQ(answer.reply.error().message, "the connection ended");
  EXPECT_TRUE(std::filesystem::is_empty(directory.file("archive/prod/i-1/daily")));
}

TEST_F(Perform, ADownloadThatIsWholeIsAFile) {
  HollowCloud cloud;
  cloud.download = [](const HollowCloud::Sink& sink) -> Expected<void> {
    EXPECT_TRUE(sink(std::string("%PDF whole")));
    return {};
  };
  const planner::Answer answer = perform(download(), cloud);
  ASSERT_TRUE(answer.reply) << answer.reply.error().message;
  const auto& file = std::get<planner::Downloaded>(*answer.reply);
  EXPECT_EQ(file.path, directory.file("archive/prod/i-1/daily/19700101T000000Z.pdf"));
  EXPECT_EQ(file.bytes, 10);
  EXPECT_EQ(file.sha256, "abba39ee8d37281ab47d0b0b8686224c9a25d55280f19e38e456c35b888b9a2e");
}

TEST_F(Perform, FindsWhatIsOldInTheArchiveByEachRuleUpToTheLimit) {
  journal::Batch batch;
  for (const char* report : {"a", "a", "b", "b", "c"}) {
    journal::RunRecord run;
    run.key = {ReportName(report), InstanceId("i-" + std::to_string(batch.runs.size())), Instant{}};
    run.archived = directory.file("archive/") + report;
    batch.runs.push_back(run);
  }
  ASSERT_TRUE(bench.journal.commit(kProject, batch));
  const auto rule = [this](const char* report, Instant before) {
    return planner::FindExpiredArchives::Rule{ReportName(report), before, directory.file("archive/")};
  };
  const Instant later{Seconds{1}};
  const auto found = [&](std::size_t limit) {
    const planner::FindExpiredArchives look{{rule("a", later), rule("b", later), rule("c", Instant{})},
                                            limit};
    return std::get<planner::ExpiredArchives>(*perform(look, bench.cloud).reply).runs;
  };
  EXPECT_EQ(found(9), std::vector(batch.runs.begin(), batch.runs.begin() + 4));
  EXPECT_EQ(found(1), (std::vector{batch.runs[0], batch.runs[2]}));
  bench.journal.fail_reads(1);
  EXPECT_FALSE(perform(planner::FindExpiredArchives{{rule("a", later)}, 9}, bench.cloud).reply);
}

TEST_F(Perform, RemovesAnArchivedFileOnceAndSaysWhetherItWasThere) {
  HollowCloud cloud;
  cloud.download = [](const HollowCloud::Sink& sink) -> Expected<void> {
    EXPECT_TRUE(sink(std::string("%PDF whole")));
    return {};
  };
  const auto reply = perform(download(), cloud).reply;
  const std::string path = std::get<planner::Downloaded>(*reply).path;
  const planner::RemoveArchived removal{download().run, path, download().directory};
  EXPECT_TRUE(std::get<planner::Removed>(*perform(removal, cloud).reply).was_there);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::get<planner::Removed>(*perform(removal, cloud).reply).was_there);
  EXPECT_FALSE(
      perform(planner::RemoveArchived{download().run, "/etc/hostname", download().directory}, cloud).reply);
}

}  // namespace
}  // namespace dbssd::engine
