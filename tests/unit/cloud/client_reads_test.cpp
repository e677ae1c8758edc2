// What the client makes of the answers to reads.
#include "cloud/signer.h"
#include "unit/cloud/client_fixture.h"

namespace dbssd::test {
namespace {

using cloud::Notice;
using cloud::Request;
using testing::ElementsAre;
using testing::HasSubstr;

using Reads = ClientTest;

TEST_F(Reads, AListingIsReadPageByPage) {
  auto client = make(with(cloud::TokenCredential{Secret("t")}), [](const Request& request) {
    if (request.query[0].second == "0")
      return json(200, R"({"servers":[{"id":"a","status":"SHUTOFF"},{"name":"bad"}],"total":3})");
    return json(200, R"({"servers":[{"id":"b"}],"total":3})");
  });
  const auto listing = client->list_instances();
  ASSERT_TRUE(listing);
  ASSERT_EQ(listing->instances.size(), 2U);
  EXPECT_EQ(listing->instances[0].status, cloud::InstanceStatus::shutoff);
  EXPECT_THAT(listing->problems, ElementsAre("servers[1]: has no id"));
  EXPECT_THAT(lines(), ElementsAre("GET https://dbss.example/v1/p1/audit/instances?offset=0&limit=1000",
                                   "GET https://dbss.example/v1/p1/audit/instances?offset=2&limit=1000"));
  EXPECT_EQ(header_of(transport->sent()[0], "X-Auth-Token"), "t");
}

TEST_F(Reads, AListingThatIsShorterThanItsTotalSaysSo) {
  auto client = answering(R"({"servers":[{"id":"a"},{"id":"b"}],"total":3})");
  const auto listing = client->list_instances();
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->instances.size(), 2U);
  EXPECT_THAT(listing->problems, ElementsAre("2 of 3 instances were listed"));
}

TEST_F(Reads, ATotalThatIsTooSmallIsNoProblem) {
  for (const char* total : {"1", "0", "-7", "null", "\"2\"", "1e400", "\"many\""}) {
    auto client = answering(R"({"servers":[{"id":"a"},{"id":"b"}],"total":)" + std::string(total) + "}");
    const auto listing = client->list_instances();
    ASSERT_TRUE(listing) << total;
    EXPECT_EQ(listing->instances.size(), 2U) << total;
    EXPECT_THAT(listing->problems, testing::IsEmpty()) << total;
  }
}

TEST_F(Reads, AnInstanceInBothShapesAndOnTwoPagesIsOne) {
  auto client = make(with(cloud::TokenCredential{Secret("t")}), [](const Request& request) {
    if (request.query[0].second == "0")
      return json(200, R"({"servers":[{"id":"a","status":"SHUTOFF"}],)"
                       R"("instances":[{"instance_id":"a","status":"ACTIVE"}],"total":3})");
    return json(200, R"({"instances":[{"instanceId":"a","status":"FROZEN"},{"id":"b"}],"total":2})");
  });
  const auto listing = client->list_instances();
  ASSERT_TRUE(listing);
  ASSERT_EQ(listing->instances.size(), 2U);
  EXPECT_EQ(listing->instances[0].status, cloud::InstanceStatus::frozen) << "as it was seen last";
  EXPECT_THAT(listing->problems, testing::IsEmpty()) << "the set has shrunk in between";
}

TEST_F(Reads, TheListingTellsHowFarTheServicesClockIsOff) {
  cloud::Response response = json(200, R"({"servers":[],"total":0})");
  EXPECT_EQ(answering(response)->list_instances()->clock_ahead, std::nullopt);
  response.date = *parse_utc("2025-03-01T12:01:30Z");
  EXPECT_EQ(answering(response)->list_instances()->clock_ahead, Seconds{90});
}

TEST_F(Reads, ANewestDateIsThatOfTheServiceAndNotOfWhatStandsBeforeIt) {
  std::vector<std::pair<int, const char*>> answers = {{503, "2031-01-01T00:00:00Z"},
                                                      {200, "2025-03-01T12:01:30Z"},
                                                      {404, "2025-03-01T12:01:31Z"},
                                                      {502, "2031-01-01T00:00:00Z"}};
  std::size_t call = 0;
  auto client = make(with(cloud::TokenCredential{Secret("t")}), [&](const Request&) {
    cloud::Response response = json(answers.at(call).first, R"({"jobs":[]})");
    response.date = *parse_utc(answers.at(call).second);
    return response;
  });
  EXPECT_EQ(client->service_date(), std::nullopt);
  std::vector<std::string> dates;
  for (; call < answers.size(); ++call) {
    (void)client->list_jobs(ResourceId("r"));
    const auto date = client->service_date();
    dates.push_back(date ? format_utc(date->date) : "none");
  }
  EXPECT_THAT(dates,
              ElementsAre("none", "2025-03-01T12:01:30Z", "2025-03-01T12:01:31Z", "2025-03-01T12:01:31Z"));
}

TEST_F(Reads, HowLongABodyTookIsNoDifferenceOfTheClocks) {
  auto client = make(with(cloud::AkskCredential{Secret("AccessKey"), Secret("SecretKey"), std::nullopt}),
                     [&](const Request&) {
                       cloud::Response response = json(200, R"({"servers":[],"total":0})");
                       response.date = clock.now().second();
                       clock.advance(20min);
                       response.since_header = 20min;
                       return response;
                     });
  for (int i = 0; i < 4; ++i) {
    const auto listing = client->list_instances();
    ASSERT_TRUE(listing);
    EXPECT_EQ(listing->clock_ahead, Seconds{0});
    EXPECT_EQ(header_of(transport->sent().back(), "X-Sdk-Date"),
              cloud::format_sdk_date(clock.now().second() - 20min));
  }
  EXPECT_TRUE(notices.empty());
}

TEST_F(Reads, AClockThatIsBehindIsSeenBehindALongBody) {
  auto client = make(with(cloud::TokenCredential{Secret("t")}), [&](const Request&) {
    cloud::Response response = json(200, R"({"servers":[],"total":0})");
    response.date = clock.now().second() - 2min;
    clock.advance(20min);
    response.since_header = 20min;
    return response;
  });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client->list_instances()->clock_ahead, -Seconds{120});
  EXPECT_EQ(count(Notice::Kind::clock_skewed), 1);
}

TEST_F(Reads, TheServicesOwnScheduleOfATemplateIsRead) {
  auto client = answering(R"({"scheduler":{"status":"ON","frequency":"WEEK"}})");
  const auto schedule = client->native_schedule(InstanceId("i1"), TemplateId("t1"));
  ASSERT_TRUE(schedule);
  EXPECT_TRUE(schedule->on);
  EXPECT_EQ(schedule->frequency, "WEEK");
  EXPECT_THAT(lines(), ElementsAre("GET https://dbss.example/v2/p1/audit/i1/reports/tasks/t1"));
}

TEST_F(Reads, HalfAListingIsNone) {
  auto client = make(with(cloud::TokenCredential{Secret("t")}), [](const Request& request) {
    if (request.query[0].second == "0") return json(200, R"({"servers":[{"id":"a"}],"total":2})");
    return json(500, R"({"error_code":"DBSS.11000000","error_msg":"internal"})");
  });
  const auto listing = client->list_instances();
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().kind, ErrorKind::outcome_unknown);
  EXPECT_EQ(listing.error().code, "DBSS.11000000");
}

TEST_F(Reads, AnAnswerThatDoesNotDecodeIsNoticed) {
  cloud::Response response = json(200, R"({"surprise":[]})");
  response.request_id = "r7";
  auto client = answering(response);
  const auto listing = client->list_instances();
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().kind, ErrorKind::malformed);
  EXPECT_EQ(listing.error().request_id, "r7");
  EXPECT_EQ(listing.error().http_status, 200);
  ASSERT_EQ(count(Notice::Kind::malformed), 1);
  EXPECT_EQ(notices[0].request_id, "r7");
}

TEST_F(Reads, APageOfAProxyIsMalformed) {
  cloud::Response response = json(200, R"({"servers":[]})");
  response.content_type = "text/html";
  auto client = answering(response);
  const auto listing = client->list_instances();
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().kind, ErrorKind::malformed);
}

TEST_F(Reads, JobsThatNameNoResourceAreOfTheOneAskedFor) {
  auto client = answering(R"({"jobs":[{"job_id":"j1"},{"job_id":"j2","resource_id":"other"},{}]})");
  const auto jobs = client->list_jobs(ResourceId("r1"));
  ASSERT_TRUE(jobs);
  ASSERT_EQ(jobs->size(), 2U);
  EXPECT_EQ((*jobs)[0].resource_id, ResourceId("r1"));
  EXPECT_EQ((*jobs)[1].resource_id, ResourceId("other"));
  ASSERT_EQ(count(Notice::Kind::malformed), 1);
  EXPECT_THAT(notices[0].message, HasSubstr("jobs[2]: has no job_id"));
}

TEST_F(Reads, TheSummaryTaskIsOfTheTypeAskedFor) {
  auto client = answering(R"({"id":1,"busi_type":"audit","task_status":2})");
  const auto task = client->summary_task(cloud::BusiType::risk);
  ASSERT_TRUE(task);
  EXPECT_EQ(task->busi_type, cloud::BusiType::risk);
}

TEST_F(Reads, TemplatesAndDatabasesAreListed) {
  auto client = answering(
      R"({"templates":[{"template":{"id":"t1"}}],"databases":[{"database":{"id":"d1"}}],"total":1})");
  const auto templates = client->list_templates(InstanceId("i1"));
  const auto databases = client->list_databases(InstanceId("i1"));
  ASSERT_TRUE(templates);
  ASSERT_TRUE(databases);
  EXPECT_EQ(templates->templates.at(0).id, TemplateId("t1"));
  EXPECT_EQ(databases->at(0).id, "d1");
}

std::string templates_page(int first, int count, int total) {
  std::string entries;
  for (int i = first; i < first + count; ++i)
    entries += (entries.empty() ? "" : ",") + (R"({"id":"t)" + std::to_string(i) + R"("})");
  return R"({"templates":[)" + entries + R"(],"total":)" + std::to_string(total) + "}";
}

TEST_F(Reads, TemplatesAreAskedForWithoutPagesWhereTheyAreAllThere) {
  auto client = answering(templates_page(0, 3, 3));
  const auto listing = client->list_templates(InstanceId("i1"));
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->doubt, "");
  EXPECT_THAT(lines(), ElementsAre("GET https://dbss.example/v2/p1/audit/i1/reports/templates"));
}

TEST_F(Reads, TemplatesThatTheListSaysItHasAreAskedForByAnOffset) {
  auto client = make(with(cloud::TokenCredential{Secret("t")}), [](const Request& request) {
    if (request.query.empty()) return json(200, templates_page(0, 100, 130));
    EXPECT_EQ(request.query.front().second, "100");
    return json(200, templates_page(100, 30, 130));
  });
  const auto listing = client->list_templates(InstanceId("i1"));
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->templates.size(), 130U);
  EXPECT_EQ(listing->doubt, "");
  EXPECT_EQ(transport->sent().size(), 2U);
}

TEST_F(Reads, TemplatesOfAListThatIsCutAreInDoubt) {
  auto ignoring = answering(templates_page(0, 100, 130));
  const auto cut = ignoring->list_templates(InstanceId("i1"));
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->templates.size(), 100U);
  EXPECT_EQ(cut->doubt, "100 of 130 templates were listed");
  auto refusing = make(with(cloud::TokenCredential{Secret("t")}), [](const Request& request) {
    if (request.query.empty()) return json(200, templates_page(0, 100, 130));
    return json(400, R"({"error_code":"DBSS.10000001","error_msg":"offset?"})");
  });
  const auto refused = refusing->list_templates(InstanceId("i1"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->templates.size(), 100U);
  EXPECT_THAT(refused->doubt, HasSubstr("100 of 130 templates were listed, and the rest cannot be: "));
}

TEST_F(Reads, ATemplateThatCannotBeReadLeavesADoubt) {
  auto client = answering(R"({"templates":[{"id":"t1"},{"name":"t2"}]})");
  const auto listing = client->list_templates(InstanceId("i1"));
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->doubt, "an entry cannot be read: templates[1]: has no id");
}

std::string reports_page(int first, int count, int total) {
  std::string entries;
  for (int i = first; i < first + count; ++i)
    entries += (entries.empty() ? "" : ",") + (R"({"report":{"id":"r)" + std::to_string(i) + R"("}})");
  return R"({"reports":[)" + entries + R"(],"total":)" + std::to_string(total) + "}";
}

TEST_F(Reads, ReportsAreReadPageByPageFromTheFirst) {
  auto client = make(with(cloud::TokenCredential{Secret("t")}), [](const Request& request) {
    if (request.body == R"({"page":1,"size":100})") return json(200, reports_page(0, 100, 130));
    return json(200, reports_page(100, 30, 130));
  });
  const auto reports = client->list_reports(InstanceId("i1"), {});
  ASSERT_TRUE(reports);
  EXPECT_EQ(reports->reports.size(), 130U);
  EXPECT_EQ(reports->doubt, "");
  EXPECT_EQ(transport->sent().size(), 2U);
}

TEST_F(Reads, ReportsOnAPageBeforeTheFirstAreNotOverlooked) {
  auto client = make(with(cloud::TokenCredential{Secret("t")}), [](const Request& request) {
    if (request.body == R"({"page":0,"size":100})") return json(200, reports_page(0, 100, 130));
    if (request.body == R"({"page":1,"size":100})") return json(200, reports_page(100, 30, 130));
    return json(200, reports_page(0, 0, 130));
  });
  const auto reports = client->list_reports(InstanceId("i1"), {});
  ASSERT_TRUE(reports);
  EXPECT_EQ(reports->reports.size(), 130U);
  EXPECT_EQ(reports->doubt, "");
}

TEST_F(Reads, AServiceWithoutAPageZeroMayClaimTooMany) {
  auto client = make(with(cloud::TokenCredential{Secret("t")}), [](const Request& request) {
    if (request.body == R"({"page":0,"size":100})") return json(400, R"({"error_code":"DBSS.10000001"})");
    if (request.body == R"({"page":1,"size":100})") return json(200, reports_page(0, 3, 9));
    return json(200, reports_page(0, 0, 9));
  });
  const auto reports = client->list_reports(InstanceId("i1"), {});
  ASSERT_TRUE(reports);
  EXPECT_EQ(reports->reports.size(), 3U);
  EXPECT_EQ(reports->doubt, "3 of 9 reports were listed");
}

TEST_F(Reads, AReportThatDoesNotDecodeLeavesTheListInDoubt) {
  auto client = make(with(cloud::TokenCredential{Secret("t")}), [](const Request&) {
    return json(200, R"({"reports":[{"report":{"id":"r1"}},{"report":{"name":"r2"}}]})");
  });
  const auto reports = client->list_reports(InstanceId("i1"), {});
  ASSERT_TRUE(reports);
  EXPECT_EQ(reports->reports.size(), 1U);
  EXPECT_NE(reports->doubt.find("has no id"), std::string::npos) << reports->doubt;
}

TEST_F(Reads, ADocumentGoesToTheSink) {
  std::string got;
  auto client = make(with(cloud::TokenCredential{Secret("t")}), [](const Request& request) {
    cloud::Response response = json(200, "");
    response.content_type = "application/pdf";
    const std::string document = "%PDF";
    (*request.sink)(document);
    return response;
  });
  ASSERT_TRUE(
      client->download_report(InstanceId("i1"), ReportId("r1"), "en-us", [&](std::span<const char> piece) {
        got.append(piece.begin(), piece.end());
        return true;
      }));
  EXPECT_EQ(got, "%PDF");
}

TEST_F(Reads, ADocumentThatIsNotThereIsNotFound) {
  auto client = answering(json(404, R"({"error_code":"DBSS.1"})"));
  const auto got = client->download_report(InstanceId("i1"), ReportId("r1"), "en-us",
                                           [](std::span<const char>) { return true; });
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::not_found);
}

TEST_F(Reads, ADownloadMayTakeLongerThanACall) {
  auto client = answering(json(200, ""));
  (void)client->download_report(InstanceId("i"), ReportId("r"), "en-us",
                                [](std::span<const char>) { return true; });
  (void)client->list_jobs(ResourceId("r"));
  const auto sent = transport->sent();
  EXPECT_EQ(sent[0].deadline - clock.now().mono, 300s);
  EXPECT_EQ(sent[1].deadline - clock.now().mono, 30s);
}

}  // namespace
}  // namespace dbssd::test
