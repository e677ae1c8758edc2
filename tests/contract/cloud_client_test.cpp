// The real client, over the real transport, against the simulated cloud.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <set>

#include "cloud/client.h"
#include "contract/simulated_cloud.h"

namespace contract {
namespace {

using namespace dbssd;
using namespace dbssd::cloud;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr const char* kBegin = "2025-08-20 16:00:00";
constexpr const char* kEnd = "2025-08-21 16:00:00";
const Window kDay{*parse_utc("2025-08-20T16:00:00Z"), *parse_utc("2025-08-21T16:00:00Z")};
const PasswordCredential kPassword{"acme", "dbss-ops", Secret("demo-password")};
const AkskCredential kKeys{Secret("AccessKey"), Secret("SecretKey"), std::nullopt};

class CloudClient : public testing::Test {
 protected:
  explicit CloudClient(const json& fleet = plain_fleet()) : cloud(fleet) {}

  ClientConfig config(Credential credential = kPassword) {
    return {.region = "ap-southeast-3",
            .project_id = ProjectId(kProject),
            .dbss_endpoint = cloud.simulator.url(),
            .iam_endpoint = cloud.simulator.url(),
            .ca_file = {},
            .credential = std::move(credential),
            .requests_per_second = 10'000,
            .timeout = 5s,
            .api_zone = schedule::Zone::utc()};
  }
  std::unique_ptr<CloudApi> make(ClientConfig from) {
    return make_client(std::move(from), [this](const Notice& notice) {
      const std::lock_guard lock(mutex);
      notices.push_back(notice);
    });
  }
  int calls(const std::string& call) {
    return cloud.truth("calls")["total"].value(json::json_pointer("/" + call + "/total"), 0);
  }

  SimulatedCloud cloud;
  std::mutex mutex;
  std::vector<Notice> notices;
  std::unique_ptr<CloudApi> api = make(config());
};

InstanceStatus status_of(CloudApi& api, const std::string& id) {
  const auto listing = api.list_instances();
  if (!listing) return InstanceStatus::unknown;
  const auto found = std::ranges::find(listing->instances, InstanceId(id), &Instance::id);
  return found == listing->instances.end() ? InstanceStatus::deleted : found->status;
}

TEST_F(CloudClient, ListsInstances) {
  const auto listing = api->list_instances();
  ASSERT_TRUE(listing) << listing.error().message;
  std::vector<std::string> ids;
  for (const Instance& instance : listing->instances) ids.push_back(instance.id.str());
  EXPECT_THAT(ids, UnorderedElementsAre(kActive, kShutoff, kFrozen));
  EXPECT_TRUE(listing->problems.empty());
}

TEST_F(CloudClient, StartsAnInstance) {
  ASSERT_TRUE(api->start_instance(InstanceId(kShutoff)));
  cloud.advance(60);
  EXPECT_EQ(status_of(*api, kShutoff), InstanceStatus::active);
}

TEST_F(CloudClient, AStartThatIsNotPossibleIsRejected) {
  const auto started = api->start_instance(InstanceId(kActive));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::rejected);
}

TEST_F(CloudClient, MakesAReportAndSeesItGrow) {
  const auto templates = api->list_templates(InstanceId(kActive));
  ASSERT_TRUE(templates);
  ASSERT_FALSE(templates->templates.empty());
  const auto made =
      api->create_report(InstanceId(kActive), {templates->templates.front().id, kBegin, kEnd, {}});
  ASSERT_TRUE(made) << made.error().message;
  cloud.advance(60);
  const auto reports = api->list_reports(InstanceId(kActive), {});
  ASSERT_TRUE(reports) << reports.error().message;
  const auto mine = std::ranges::find(reports->reports, std::optional<Instant>(kDay.begin), &Report::start);
  ASSERT_NE(mine, reports->reports.end());
  EXPECT_EQ(reports->doubt, "");
  EXPECT_EQ(mine->end, kDay.end);
  EXPECT_EQ(mine->type, "AUDIT_REPORT_REAL_TIME");
  EXPECT_EQ(mine->percentum, 100);

  std::string document;
  const auto got =
      api->download_report(InstanceId(kActive), mine->id, "en-us", [&](std::span<const char> piece) {
        document.append(piece.begin(), piece.end());
        return true;
      });
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_FALSE(document.empty());
}

TEST_F(CloudClient, MakesAReportOfSomeDatabases) {
  const auto templates = api->list_templates(InstanceId(kActive));
  const auto databases = api->list_databases(InstanceId(kActive));
  ASSERT_TRUE(templates);
  ASSERT_TRUE(databases) << databases.error().message;
  std::vector<std::string> ids;
  for (const Database& database : *databases) ids.push_back(database.id);
  EXPECT_TRUE(api->create_report(InstanceId(kActive), {templates->templates.front().id, kBegin, kEnd, ids}));
}

TEST_F(CloudClient, ListsJobsAndSummaryTasks) {
  EXPECT_TRUE(api->list_jobs(ResourceId(kResource)));
  for (const BusiType type : {BusiType::audit, BusiType::risk}) {
    const auto task = api->summary_task(type);
    ASSERT_TRUE(task) << task.error().message;
    EXPECT_EQ(task->busi_type, type);
    EXPECT_NE(task->status, TaskStatus::unknown);
  }
}

TEST_F(CloudClient, RenewsATokenThatExpired) {
  ASSERT_TRUE(api->list_instances());
  cloud.control("POST", "/tokens/expire");
  EXPECT_TRUE(api->start_instance(InstanceId(kShutoff)));
  cloud.control("POST", "/tokens/expire");
  EXPECT_TRUE(api->list_instances());
}

TEST_F(CloudClient, FindsTheProjectByTheRegion) {
  for (const Credential& credential : {Credential(kPassword), Credential(kKeys)}) {
    ClientConfig unknown = config(credential);
    unknown.project_id.reset();
    EXPECT_TRUE(make(std::move(unknown))->list_instances());
  }
}

TEST_F(CloudClient, SignsEveryKindOfCallWithKeys) {
  const auto keys = make(config(kKeys));
  EXPECT_TRUE(keys->list_instances());
  EXPECT_TRUE(keys->start_instance(InstanceId(kShutoff)));
  EXPECT_TRUE(keys->list_reports(InstanceId(kActive), {}));
  EXPECT_TRUE(keys->summary_task(BusiType::risk));
  EXPECT_TRUE(keys->list_databases(InstanceId(kActive)));
}

TEST_F(CloudClient, BorrowsKeysFromTheMetadataService) {
  const auto agency = make(config(EcsAgencyCredential{cloud.simulator.url()}));
  const auto listing = agency->list_instances();
  EXPECT_TRUE(listing) << listing.error().message;
}

TEST_F(CloudClient, NamesItselfToEveryServiceThatItAsks) {
  for (const Credential& credential :
       {Credential(kPassword), Credential(kKeys), Credential(EcsAgencyCredential{cloud.simulator.url()})}) {
    ClientConfig named = config(credential);
    named.project_id.reset();
    named.user_agent = "dbssd/1.2.3";
    EXPECT_TRUE(make(std::move(named))->list_instances());
  }
  std::set<std::string> asked;
  const json log = cloud.control("GET", "/requests?last=1000")["requests"];
  for (const json& request : log) {
    if (request["user_agent"] != "dbssd/1.2.3") continue;
    asked.insert(request["call"]);
  }
  EXPECT_THAT(asked, UnorderedElementsAre("issue_token", "find_projects", "list_instances", "metadata_token",
                                          "security_key"));
  for (const json& request : log) {
    if (request["call"] == "issue_token" && request == log.front()) continue;  // the fixture's own
    EXPECT_EQ(request["user_agent"], "dbssd/1.2.3") << request;
  }
}

TEST_F(CloudClient, KnowsARegionOfFormerTimesByItsGateway) {
  cloud.control("POST", "/behaviour", {{"paths", "legacy"}});
  const auto listing = api->list_instances();
  ASSERT_TRUE(listing) << listing.error().message;
  EXPECT_EQ(listing->instances.size(), 3U);
  EXPECT_TRUE(api->start_instance(InstanceId(kShutoff)));
  EXPECT_TRUE(api->list_jobs(ResourceId(kResource)));
  EXPECT_TRUE(api->list_databases(InstanceId(kActive)));
  const auto made = api->create_report(InstanceId(kActive),
                                       {TemplateId(kSox), "2025-08-20 16:00:00", "2025-08-21 16:00:00", {}});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::rejected);
  EXPECT_THAT(made.error().message, HasSubstr("reports cannot be made by dbssd in this region"));
  EXPECT_EQ(calls("create_report"), 0);
  EXPECT_EQ(calls("list_instances"), 2) << "once by each of the paths";
}

TEST_F(CloudClient, ListsInstancesInTheThirdShape) {
  cloud.control("POST", "/behaviour", {{"list_shape", "third"}});
  const auto listing = api->list_instances();
  ASSERT_TRUE(listing) << listing.error().message;
  EXPECT_EQ(listing->instances.size(), 3U);
}

TEST_F(CloudClient, NeverLocksAnAccount) {
  const auto ledger = make_credential_ledger();
  for (int project = 0; project < 10; ++project) {
    ClientConfig wrong = config(PasswordCredential{"acme", "dbss-ops", Secret("wrong")});
    wrong.ledger = ledger;
    const auto client = make(std::move(wrong));
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(client->list_instances());
  }
  EXPECT_TRUE(make(config())->list_instances()) << cloud.truth("iam").dump();
}

TEST_F(CloudClient, NeverLocksAKeyPair) {
  const auto ledger = make_credential_ledger();
  for (int project = 0; project < 10; ++project) {
    ClientConfig wrong = config(AkskCredential{Secret("AccessKey"), Secret("Wrong"), std::nullopt});
    wrong.ledger = ledger;
    const auto client = make(std::move(wrong));
    std::vector<std::future<bool>> together;
    for (int i = 0; i < 4; ++i)
      together.push_back(
          std::async(std::launch::async, [&] { return client->list_instances().has_value(); }));
    for (auto& one : together) EXPECT_FALSE(one.get());
  }
  EXPECT_TRUE(make(config(kKeys))->list_instances()) << cloud.truth("iam").dump();
}

TEST_F(CloudClient, FollowsAServiceWhoseClockIsAhead) {
  cloud.advance(3600);
  const auto keys = make(config(kKeys));
  const auto listing = keys->list_instances();
  EXPECT_TRUE(listing) << listing.error().message;
}

struct Fault {
  const char* name;
  json description;
  ErrorKind mutation;
};

class CloudFault : public CloudClient, public testing::WithParamInterface<Fault> {};

TEST_P(CloudFault, LeavesAMutationSentOnceAndWhatIsKnownSaid) {
  ASSERT_TRUE(api->list_instances());
  json fault = GetParam().description;
  fault["call"] = "start_instance";
  cloud.fault(fault);
  const auto started = api->start_instance(InstanceId(kShutoff));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, GetParam().mutation) << started.error().message;
  EXPECT_EQ(calls("start_instance"), 1);
}

INSTANTIATE_TEST_SUITE_P(
    CloudClient, CloudFault,
    testing::Values(Fault{"DroppedBefore", {{"kind", "drop_before"}}, ErrorKind::outcome_unknown},
                    Fault{"DroppedAfter", {{"kind", "drop_after"}}, ErrorKind::outcome_unknown},
                    Fault{"ServerError", {{"kind", "status_after"}}, ErrorKind::outcome_unknown},
                    Fault{"HalfABody", {{"kind", "half_body"}}, ErrorKind::outcome_unknown},
                    Fault{"AProxysPage", {{"kind", "html"}}, ErrorKind::outcome_unknown},
                    Fault{"Garbage", {{"kind", "garbage"}}, ErrorKind::outcome_unknown},
                    Fault{"WrongType", {{"kind", "wrong_content_type"}}, ErrorKind::outcome_unknown},
                    Fault{"Redirect", {{"kind", "redirect"}}, ErrorKind::outcome_unknown},
                    Fault{"HugeBody", {{"kind", "huge_body"}}, ErrorKind::outcome_unknown},
                    Fault{
                        "NoHttp", {{"kind", "raw"}, {"text", "SSH-2.0\r\n\r\n"}}, ErrorKind::outcome_unknown},
                    Fault{"Throttled", {{"kind", "throttle"}}, ErrorKind::throttled}),
    [](const auto& row) { return row.param.name; });

TEST_F(CloudClient, CancelEndsACallUnderWay) {
  cloud.fault({{"kind", "slow"}, {"call", "list_instances"}, {"seconds", 3}});
  auto listing = std::async(std::launch::async, [&] { return api->list_instances().has_value(); });
  while (calls("issue_token") < 2) std::this_thread::yield();  // the first token is the fixture's
  const auto begin = std::chrono::steady_clock::now();
  api->cancel();
  EXPECT_FALSE(listing.get());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 200ms);
}

class LargeCloud : public CloudClient {
 protected:
  LargeCloud()
      : CloudClient(json::parse(R"({
          "projects": [{"region": "ap-southeast-3", "project_id": "5f1c0f4f4b5e4d0f9d2f7f2f8a1b2c3d",
                        "generate": {"instances": 2500, "shutoff": 10}}],
          "behaviour": {"list_shape": "mixed", "loose": true, "camel_case": true, "error_shape": "mixed",
                        "max_page": 400}})")) {}
};

TEST_F(LargeCloud, IsListedWholeInEveryDress) {
  const auto listing = api->list_instances();
  ASSERT_TRUE(listing) << listing.error().message;
  EXPECT_EQ(listing->instances.size(), 2500U);
  EXPECT_TRUE(listing->problems.empty());
  EXPECT_EQ(std::ranges::count(listing->instances, InstanceStatus::shutoff, &Instance::status), 10);
}

}  // namespace
}  // namespace contract
