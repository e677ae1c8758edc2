// Every call's request, word by word.
#include "cloud/calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/bodies.h"
#include "unit/cloud/fake_transport.h"

namespace dbssd::cloud {
namespace {

using test::line_of;

const Calls kCalls("https://dbss.example", ProjectId("p1"));
/// For these databases.
CreateReport day(std::vector<std::string> databases) {
  return {TemplateId("t1"), "2025-08-20 16:00:00", "2025-08-21 16:00:00", std::move(databases)};
}

TEST(Calls, ListInstances) {
  const Request request = kCalls.instances(2000, 1000);
  EXPECT_EQ(line_of(request), "GET https://dbss.example/v1/p1/audit/instances?offset=2000&limit=1000");
  EXPECT_EQ(request.body, "");
  EXPECT_EQ(request.effect, Effect::read);
}

TEST(Calls, StartInstance) {
  const Request request = kCalls.start(InstanceId("i/1\""));
  EXPECT_EQ(line_of(request), "POST https://dbss.example/v1/p1/audit/instance/start");
  EXPECT_EQ(request.body, R"({"instance_id":"i/1\""})");
  EXPECT_EQ(request.effect, Effect::mutation);
}

TEST(Calls, ListJobs) {
  const auto request = kCalls.jobs(ResourceId("r/1"));
  ASSERT_TRUE(request);
  EXPECT_EQ(line_of(*request), "GET https://dbss.example/v1/p1/audit/r%2F1/jobs");
}

TEST(Calls, SummaryTask) {
  EXPECT_EQ(line_of(*kCalls.summary(BusiType::audit)),
            "GET https://dbss.example/v3/p1/audit/summary/audit/task-status");
  EXPECT_EQ(line_of(*kCalls.summary(BusiType::risk)),
            "GET https://dbss.example/v3/p1/audit/summary/risk/task-status");
}

TEST(Calls, CreateReport) {
  const auto request = kCalls.create_report(InstanceId("i1"), day({}));
  ASSERT_TRUE(request);
  EXPECT_EQ(line_of(*request), "POST https://dbss.example/v1/p1/audit/i1/reports/create");
  EXPECT_EQ(request->body,
            R"({"template_id":"t1","start_time":"2025-08-20 16:00:00","end_time":"2025-08-21 16:00:00"})");
  EXPECT_EQ(request->effect, Effect::mutation);
}

TEST(Calls, CreateReportForSomeDatabases) {
  const auto request = kCalls.create_report(InstanceId("i1"), day({"d1", "d2"}));
  ASSERT_TRUE(request);
  EXPECT_THAT(request->body, testing::EndsWith(R"("end_time":"2025-08-21 16:00:00","db_ids":"d1,d2"})"));
}

TEST(Calls, ADatabaseIdThatWouldBecomeTwoIsRejected) {
  for (const char* id : {"d1,d2", ""}) {
    const auto request = kCalls.create_report(InstanceId("i1"), day({id}));
    ASSERT_FALSE(request) << id;
    EXPECT_EQ(request.error().kind, ErrorKind::rejected);
  }
}

TEST(Calls, ListReportsIsAReadThoughItIsAPost) {
  const auto request = kCalls.reports(InstanceId("i1"), 3, 100);
  ASSERT_TRUE(request);
  EXPECT_EQ(line_of(*request), "POST https://dbss.example/v1/p1/audit/i1/reports/list");
  EXPECT_EQ(request->body, R"({"page":3,"size":100})");
  EXPECT_EQ(request->effect, Effect::read);
}

TEST(Calls, ListTemplates) {
  EXPECT_EQ(line_of(*kCalls.templates(InstanceId("i1"))),
            "GET https://dbss.example/v2/p1/audit/i1/reports/templates");
  EXPECT_EQ(line_of(*kCalls.templates(InstanceId("i1"), 100)),
            "GET https://dbss.example/v2/p1/audit/i1/reports/templates?offset=100&limit=1000");
}

TEST(Calls, ListDatabases) {
  EXPECT_EQ(line_of(*kCalls.databases(InstanceId("i1"), 100, 50)),
            "GET https://dbss.example/v2/p1/audit/i1/databases?offset=100&limit=50");
}

TEST(Calls, DownloadReport) {
  EXPECT_EQ(line_of(*kCalls.download(InstanceId("i1"), ReportId("r?1"), "en-us")),
            "GET https://dbss.example/v1/p1/audit/i1/reports/r%3F1/download?local=en-us");
}

TEST(Calls, FindProject) {
  EXPECT_EQ(line_of(find_project_request("https://iam.example", "ap-southeast-3")),
            "GET https://iam.example/v3/projects?name=ap-southeast-3");
}

TEST(Calls, AnIdThatWouldChangeThePathIsRejected) {
  for (const char* id : {"", ".", ".."}) {
    EXPECT_FALSE(kCalls.jobs(ResourceId(id)));
    EXPECT_FALSE(kCalls.reports(InstanceId(id), 1, 1));
    EXPECT_FALSE(kCalls.templates(InstanceId(id)));
    EXPECT_FALSE(kCalls.native_schedule(InstanceId(id), TemplateId("t")));
    EXPECT_FALSE(kCalls.native_schedule(InstanceId("i"), TemplateId(id)));
    EXPECT_FALSE(kCalls.databases(InstanceId(id), 0, 1));
    EXPECT_FALSE(kCalls.download(InstanceId(id), ReportId("r"), "en-us"));
    EXPECT_FALSE(kCalls.download(InstanceId("i"), ReportId(id), "en-us"));
    const auto create = kCalls.create_report(InstanceId(id), day({}));
    ASSERT_FALSE(create);
    EXPECT_EQ(create.error().kind, ErrorKind::rejected);
  }
}

TEST(Calls, ATokenIsAskedForByPasswordWithinAProject) {
  const PasswordCredential ops{"ac\"me", "ops", Secret("p\\w\xFF")};
  EXPECT_EQ(token_body(ops, ProjectId("p1"), "r"),
            "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":\"ops\","
            "\"password\":"
            "\"p\\\\w\xEF\xBF\xBD\",\"domain\":{\"name\":\"ac\\\"me\"}}}},\"scope\":{\"project\":{\"id\":"
            "\"p1\"}}}}");
  EXPECT_THAT(
      token_body(ops, std::nullopt, "ap-southeast-3"),
      testing::HasSubstr(R"("scope":{"project":{"name":"ap-southeast-3","domain":{"name":"ac\"me"}}})"));
}

}  // namespace
}  // namespace dbssd::cloud
