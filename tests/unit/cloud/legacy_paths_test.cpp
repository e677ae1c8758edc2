// Regions that have only the paths of former times: how that is found out, once, and what it means for each
// call.
#include "cloud/region_paths.h"

#include "unit/cloud/client_fixture.h"

namespace dbssd::test {
namespace {

using cloud::ClientConfig;
using cloud::PathStyle;
using cloud::Request;
using cloud::Response;
using Kind = cloud::Notice::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kCurrent = "GET https://dbss.example/v1/p1/audit/instances?offset=0&limit=1000";
const std::string kLegacy = "GET https://dbss.example/v1/p1/dbss/audit/instances?offset=0&limit=1000";

Response unpublished() {
  return json(404, R"({"error_code":"APIGW.0101","error_msg":"The API does not exist"})");
}
Response instances() { return json(200, R"({"servers":[{"id":"i1","status":"SHUTOFF"}],"total":1})"); }

/// A gateway that has the paths of these styles, and behind them whatever is asked for.
class LegacyPaths : public ClientTest {
 protected:
  std::unique_ptr<cloud::CloudApi> before_region(ClientConfig config) {
    return make(std::move(config), [this](const Request& request) -> Expected<Response> {
      const bool legacy = line_of(request).find("/dbss/audit/") != std::string::npos;
      if (legacy ? !has_legacy : !has_current) return legacy ? legacy_refusal : current_refusal;
      const std::string line = line_of(request);
      if (line.find("/instances?") != std::string::npos) return instances();
      if (line.find("/jobs") != std::string::npos) return json(200, R"({"jobs":[]})");
      if (line.find("/databases") != std::string::npos) return json(200, R"({"databases":[],"total":0})");
      return json(200, R"({"result":"success","reports":[],"templates":[],"total":0})");
    });
  }
  ClientConfig config() {
    ClientConfig config = with(cloud::TokenCredential{Secret("t")});
    config.paths = paths;
    return config;
  }

  bool has_current = false, has_legacy = true;
  Response current_refusal = unpublished(), legacy_refusal = unpublished();
  std::shared_ptr<cloud::RegionPaths> paths = std::make_shared<cloud::RegionPaths>(clock);
};

TEST_F(LegacyPaths, AreFoundOutByTheListAndToldOfOnce) {
  const auto client = before_region(config());
  for (int i = 0; i < 3; ++i) {
    const auto listing = client->list_instances();
    ASSERT_TRUE(listing) << listing.error().message;
    EXPECT_EQ(listing->instances.size(), 1U);
  }
  EXPECT_THAT(lines(), ElementsAre(kCurrent, kLegacy, kLegacy, kLegacy));
  ASSERT_EQ(count(Kind::legacy_paths), 1);
  EXPECT_THAT(notices.front().message,
              HasSubstr("https://dbss.example lists the instances at /v1/PROJECT/dbss/"));
}

TEST_F(LegacyPaths, ThatOneClientFoundOutTheNextOneOfTheRegionKnows) {
  ASSERT_TRUE(before_region(config())->list_instances());
  const auto reloaded = before_region(config());
  ASSERT_TRUE(reloaded->list_instances());
  EXPECT_THAT(lines(), ElementsAre(kLegacy));
  EXPECT_EQ(count(Kind::legacy_paths), 1);

  ClientConfig elsewhere = config();
  elsewhere.region = "cn-north-4";
  const auto abroad = before_region(elsewhere);
  ASSERT_TRUE(abroad->list_instances());
  EXPECT_THAT(lines(), ElementsAre(kCurrent, kLegacy)) << "of another region nothing is known";
}

TEST_F(LegacyPaths, AreUsedForStartsJobsAndDatabasesToo) {
  const auto client = before_region(config());
  ASSERT_TRUE(client->list_instances());
  EXPECT_TRUE(client->start_instance(InstanceId("i1")));
  EXPECT_TRUE(client->list_jobs(ResourceId("r1")));
  EXPECT_TRUE(client->list_databases(InstanceId("i1")));
  EXPECT_THAT(lines(),
              ElementsAre(kCurrent, kLegacy, "POST https://dbss.example/v1/p1/dbss/audit/instance/start",
                          "GET https://dbss.example/v1/p1/dbss/audit/jobs/r1",
                          "GET https://dbss.example/v1/p1/i1/dbss/audit/databases?offset=0&limit=100"));
}

TEST_F(LegacyPaths, OfJobsAreFoundOutWhereNothingWasListedBefore) {
  const auto client = before_region(config());
  EXPECT_TRUE(client->list_jobs(ResourceId("r1")));
  EXPECT_THAT(lines(), ElementsAre("GET https://dbss.example/v1/p1/audit/r1/jobs", kCurrent, kLegacy,
                                   "GET https://dbss.example/v1/p1/dbss/audit/jobs/r1"));
}

TEST_F(LegacyPaths, HaveNoReportsAndNoSummaryWhichIsSaidAndNothingIsSent) {
  const auto client = before_region(config());
  ASSERT_TRUE(client->list_instances());
  const std::size_t sent = transport->sent().size();
  const InstanceId id("i1");
  const auto failure = [](const auto& answer) { return answer ? Error{} : answer.error(); };
  const std::vector<Error> refusals{
      failure(
          client->create_report(id, {TemplateId("t1"), "2025-08-20 16:00:00", "2025-08-21 16:00:00", {}})),
      failure(client->list_reports(id, {})), failure(client->list_templates(id)),
      failure(client->native_schedule(id, TemplateId("t1"))),
      failure(
          client->download_report(id, ReportId("r1"), "en-us", [](std::span<const char>) { return true; }))};
  for (const Error& error : refusals) {
    EXPECT_EQ(error.kind, ErrorKind::rejected);
    EXPECT_THAT(error.message, HasSubstr("reports cannot be made by dbssd in this region, nor"));
  }
  const Error summary = failure(client->summary_task(cloud::BusiType::audit));
  EXPECT_EQ(summary.kind, ErrorKind::rejected);
  EXPECT_THAT(summary.message, HasSubstr("nor summary tasks watched"));
  EXPECT_EQ(transport->sent().size(), sent);
}

TEST_F(LegacyPaths, AreFoundOutByACallOfReportsThatCameBeforeTheList) {
  const auto client = before_region(config());
  const auto templates = client->list_templates(InstanceId("i1"));
  ASSERT_FALSE(templates);
  EXPECT_EQ(templates.error().kind, ErrorKind::rejected);
  EXPECT_THAT(lines(),
              ElementsAre("GET https://dbss.example/v2/p1/audit/i1/reports/templates", kCurrent, kLegacy));
}

TEST_F(LegacyPaths, AreLookedAtAgainAfterAnHourAndLeftWhereTheOthersAnswer) {
  const auto client = before_region(config());
  ASSERT_TRUE(client->list_instances());
  clock.advance(3599s);
  ASSERT_TRUE(client->list_instances());
  EXPECT_THAT(lines(), ElementsAre(kCurrent, kLegacy, kLegacy));
  clock.advance(1s);
  ASSERT_TRUE(client->list_instances());
  ASSERT_TRUE(client->list_instances());
  EXPECT_THAT(lines(), ElementsAre(kCurrent, kLegacy, kLegacy, kCurrent, kLegacy, kLegacy));

  has_current = true;
  clock.advance(3600s);
  ASSERT_TRUE(client->list_instances());
  EXPECT_EQ(count(Kind::current_paths), 1);
  EXPECT_TRUE(client->list_reports(InstanceId("i1"), {}));
}

TEST_F(LegacyPaths, StayWhereTheOthersFailForAnotherReasonWhenTheyAreLookedAtAgain) {
  const auto client = before_region(config());
  ASSERT_TRUE(client->list_instances());
  current_refusal = json(503, "{}");
  clock.advance(3600s);
  EXPECT_TRUE(client->list_instances());
  EXPECT_EQ(count(Kind::current_paths), 0);
  EXPECT_FALSE(client->list_reports(InstanceId("i1"), {}));
}

TEST_F(LegacyPaths, ThatAreTakenOfflineAreLeftForTheOthers) {
  const auto client = before_region(config());
  ASSERT_TRUE(client->list_instances());
  has_current = true;
  has_legacy = false;
  EXPECT_TRUE(client->list_instances());
  EXPECT_EQ(count(Kind::current_paths), 1);
}

TEST_F(LegacyPaths, AreNotLookedForWhereTheCurrentOnesHaveAnswered) {
  has_current = true;
  const auto client = before_region(config());
  ASSERT_TRUE(client->list_instances());
  has_current = false;  // a gateway that is being mended
  const auto listing = client->list_instances();
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().kind, ErrorKind::not_found);
  EXPECT_THAT(lines(), ElementsAre(kCurrent, kCurrent));
  EXPECT_TRUE(notices.empty());
}

// What is not found for another reason, and what is not answered by the legacy paths either, teaches nothing.
struct NotSo {
  std::string name;
  Response current, legacy;
  int asked;
  ErrorKind kind;
};
class NoLegacyPaths : public LegacyPaths, public testing::WithParamInterface<NotSo> {};
INSTANTIATE_TEST_SUITE_P(
    Where, NoLegacyPaths,
    testing::Values(NotSo{"TheProjectIsUnknown",
                          json(404, R"({"error_code":"DBSS.10021004","error_msg":"no such project"})"),
                          instances(), 1, ErrorKind::not_found},
                    NotSo{"ThePageIsNotThere", json(404, "<html>nothing here</html>"), instances(), 1,
                          ErrorKind::not_found},
                    NotSo{"TheGatewayRefuses", json(403, R"({"error_code":"APIGW.0302"})"), instances(), 1,
                          ErrorKind::rejected},
                    NotSo{"TheCodeIsThatOfAnotherStatus", json(400, R"({"error_code":"APIGW.0101"})"),
                          instances(), 1, ErrorKind::rejected},
                    NotSo{"NoPathIsKnown", unpublished(), unpublished(), 2, ErrorKind::not_found},
                    NotSo{"TheLegacyOneFails", unpublished(), json(503, "{}"), 2,
                          ErrorKind::outcome_unknown}),
    [](const auto& row) { return row.param.name; });

TEST_P(NoLegacyPaths, AreConcluded) {
  const auto client = make(config(), [](const Request& request) -> Expected<Response> {
    const bool legacy = line_of(request).find("/dbss/audit/") != std::string::npos;
    return legacy ? GetParam().legacy : GetParam().current;
  });
  const auto listing = client->list_instances();
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().kind, GetParam().kind);
  EXPECT_EQ(static_cast<int>(lines().size()), GetParam().asked);
  EXPECT_EQ(paths->style("https://dbss.example ap-southeast-3"), std::nullopt);
  EXPECT_EQ(count(Kind::legacy_paths), 0);
}

TEST_F(LegacyPaths, AreNotLookedForWhereThePolicySaysWhichThereAre) {
  ClientConfig legacy = config();
  legacy.path_style = PathStyle::legacy;
  const auto told = before_region(legacy);
  ASSERT_TRUE(told->list_instances());
  EXPECT_THAT(lines(), ElementsAre(kLegacy));

  ClientConfig current = config();
  current.path_style = PathStyle::current;
  const auto client = before_region(current);
  EXPECT_FALSE(client->list_instances());
  EXPECT_FALSE(client->list_jobs(ResourceId("r1")));
  EXPECT_THAT(lines(), ElementsAre(kCurrent, "GET https://dbss.example/v1/p1/audit/r1/jobs"));
  EXPECT_TRUE(notices.empty());
}

TEST_F(LegacyPaths, AnInstanceThatIsGoneSaysNothingOfThem) {
  has_current = true;
  const auto client = make(config(), [](const Request&) {
    return json(404, R"({"error_code":"DBSS.10020021","error_msg":"The instance does not exist"})");
  });
  const auto started = client->start_instance(InstanceId("gone"));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::not_found);
  EXPECT_FALSE(client->list_jobs(ResourceId("gone")));
  EXPECT_EQ(lines().size(), 2U);
}

}  // namespace
}  // namespace dbssd::test
