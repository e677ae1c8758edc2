// How instances, jobs and summary tasks age. Only the clock of the simulator moves.
#include "contract/simulated_cloud.h"

namespace contract {
namespace {

const std::string kId = "7e5fb061-a283-4edf-8041-5362718f9fae";

json one(const json& members) {
  json instance{{"id", kId}, {"resource_id", kResource}, {"name", "prod-new-01"}};
  instance.update(members);
  return fleet_of(json::array({instance}));
}

struct Moment {
  double after;  // seconds since the moment before
  std::string state;
};

void expect_life(SimulatedCloud& cloud, const std::string& id, const std::vector<Moment>& life) {
  for (const Moment& moment : life) {
    cloud.advance(moment.after);
    EXPECT_EQ(cloud.state(id), moment.state) << "after another " << moment.after << " s";
  }
}

TEST(Start, ShowsPoweringOnAndThenActive) {
  SimulatedCloud cloud;
  EXPECT_EQ(cloud.start(kShutoff).body, R"({"result":"success"})");
  expect_life(cloud, kShutoff,
              {{0, "SHUTOFF/powering-on"}, {28, "SHUTOFF/powering-on"}, {3, "ACTIVE/NO_TASK"}});
}

TEST(Start, IsRefusedWhileAnotherIsUnderWay) {
  SimulatedCloud cloud;
  cloud.start(kShutoff);
  EXPECT_EQ(error_code(cloud.start(kShutoff)), "DBSS.10020130");
  EXPECT_EQ(cloud.truth("counts")["starts"], 1);
  EXPECT_EQ(cloud.truth("counts")["refused_starts"], 1);
}

struct StartCase {
  std::string outcome, body;
  std::vector<Moment> life;
  int starts;
};

class StartOutcome : public testing::TestWithParam<StartCase> {};
INSTANTIATE_TEST_SUITE_P(
    Of, StartOutcome,
    testing::Values(
        StartCase{
            "active", R"({"result":"success"})", {{0, "SHUTOFF/powering-on"}, {6, "ACTIVE/NO_TASK"}}, 1},
        StartCase{"never",
                  R"({"result":"success"})",
                  {{0, "SHUTOFF/powering-on"}, {9999, "SHUTOFF/powering-on"}},
                  1},
        StartCase{
            "reverts", R"({"result":"success"})", {{0, "SHUTOFF/powering-on"}, {6, "SHUTOFF/NO_TASK"}}, 1},
        StartCase{"failed", R"({"result":"failed"})", {{0, "SHUTOFF/NO_TASK"}, {6, "SHUTOFF/NO_TASK"}}, 0},
        StartCase{"ignored", R"({"result":"success"})", {{0, "SHUTOFF/NO_TASK"}, {6, "SHUTOFF/NO_TASK"}}, 1}),
    [](const auto& row) { return row.param.outcome; });

TEST_P(StartOutcome, IsAsTheFleetSays) {
  const StartCase& row = GetParam();
  SimulatedCloud cloud(one({{"status", "SHUTOFF"}, {"start", {{"outcome", row.outcome}, {"seconds", 5}}}}));
  EXPECT_EQ(cloud.start(kId).body, row.body);
  expect_life(cloud, kId, row.life);
  EXPECT_EQ(cloud.truth("counts")["starts"], row.starts);
}

TEST(Flap, ShutsAnInstanceOffAgainAfterEachStart) {
  SimulatedCloud cloud(one({{"flap_seconds", 100}}));
  expect_life(cloud, kId, {{95, "ACTIVE/NO_TASK"}, {6, "ACTIVE/powering-off"}, {11, "SHUTOFF/NO_TASK"}});
  cloud.start(kId);
  expect_life(cloud, kId, {{31, "ACTIVE/NO_TASK"}, {101, "ACTIVE/powering-off"}, {11, "SHUTOFF/NO_TASK"}});
}

TEST(History, HasEachStepAtItsOwnTimeThoughNobodyLooked) {
  SimulatedCloud cloud(one({{"flap_seconds", 100}}));
  cloud.advance(5000);
  const json history = cloud.truth("instances")[0]["history"];
  ASSERT_EQ(history.size(), 3U);
  const auto at = [&](std::size_t i) { return history[i]["at"].get<std::int64_t>(); };
  EXPECT_EQ(at(1) - at(0), 100'000);
  EXPECT_EQ(at(2) - at(1), 10'000);
}

json jobs_of(SimulatedCloud& cloud) {
  return json::parse(cloud.get("/v1/" + kProject + "/audit/" + kResource + "/jobs").body)["jobs"];
}

TEST(Build, GoesFromInitOverReadyAndRunningToSuccess) {
  SimulatedCloud cloud(one({{"build", {{"seconds", 100}}}}));
  std::string states;
  for (const double step : {5, 10, 40, 50}) {
    cloud.advance(step);
    states += jobs_of(cloud)[0]["status"].get<std::string>() + ' ' + cloud.state(kId) + '\n';
  }
  EXPECT_EQ(states,
            "INIT BUILD/NO_TASK\nREADY BUILD/NO_TASK\nRUNNING BUILD/NO_TASK\nSUCCESS ACTIVE/NO_TASK\n");
}

TEST(Build, HasTimesInMillisecondsAndNoEndBeforeItsEnd) {
  SimulatedCloud cloud(one({{"build", {{"seconds", 100}}}}));
  EXPECT_TRUE(jobs_of(cloud)[0]["end_time"].is_null());
  cloud.advance(101);
  const json job = jobs_of(cloud)[0];
  EXPECT_EQ(job["end_time"].get<std::int64_t>() - job["begin_time"].get<std::int64_t>(), 100'000);
  EXPECT_EQ(job["begin_time"].dump().size(), 13U);
}

TEST(Build, ThatFailsSaysWhyAndLeavesAnError) {
  SimulatedCloud cloud(
      one({{"build", {{"seconds", 100}, {"outcome", "FAIL"}, {"fail_reason", "no flavor left"}}}}));
  cloud.advance(101);
  EXPECT_EQ(jobs_of(cloud)[0]["status"], "FAIL");
  EXPECT_EQ(jobs_of(cloud)[0]["fail_reason"], "no flavor left");
  EXPECT_EQ(jobs_of(cloud)[0]["error_code"], "DBSS.10020110");
  EXPECT_EQ(cloud.state(kId), "ERROR/NO_TASK");
}

TEST(Build, CanEndInTheUndocumentedWordError) {
  SimulatedCloud cloud(one({{"build", {{"seconds", 100}, {"outcome", "ERROR"}}}}));
  cloud.advance(101);
  EXPECT_EQ(jobs_of(cloud)[0]["status"], "ERROR");
}

TEST(Build, CanShowNoJobForAWhile) {
  SimulatedCloud cloud(one({{"build", {{"seconds", 100}, {"jobs_after", 10}}}}));
  EXPECT_EQ(jobs_of(cloud), json::array());
  cloud.advance(11);
  EXPECT_EQ(jobs_of(cloud).size(), 1U);
}

TEST(Build, WithAStandbyIsHawaitDuringItsSecondJob) {
  SimulatedCloud cloud(one({{"build", {{"seconds", 100}, {"standby", true}}}}));
  expect_life(cloud, kId, {{60, "BUILD/NO_TASK"}, {15, "HAWAIT/NO_TASK"}});
  EXPECT_EQ(jobs_of(cloud).size(), 2U);
  expect_life(cloud, kId, {{30, "ACTIVE/NO_TASK"}});
}

TEST(Build, CannotBeStartedNorReportedOn) {
  SimulatedCloud cloud(one({{"build", {{"seconds", 100}}}}));
  EXPECT_EQ(error_code(cloud.start(kId)), "DBSS.10020130");
  EXPECT_EQ(cloud.create_report(kId).status, 400);
}

TEST(Jobs, OfAnInstanceThatIsLongThereAreOneSuccess) {
  SimulatedCloud cloud;
  ASSERT_EQ(jobs_of(cloud).size(), 1U);
  EXPECT_EQ(jobs_of(cloud)[0]["status"], "SUCCESS");
}

TEST(TimeFactor, ShortensLifeCyclesAndLeavesTheClockAlone) {
  SimulatedCloud cloud(one({{"build", {{"seconds", 6000}}}}), {.seed = 1, .time_factor = 60});
  cloud.advance(101);
  EXPECT_EQ(cloud.state(kId), "ACTIVE/NO_TASK");
}

class Summary : public testing::Test {
 protected:
  json task(const std::string& busi_type = "audit") {
    return json::parse(cloud_.get("/v3/" + kProject + "/audit/summary/" + busi_type + "/task-status").body);
  }
  // Steps through a period; what happens is in `statuses`, each once in order.
  std::string statuses_of_a_period() {
    std::string statuses;
    for (int i = 0; i < 100; ++i) {
      const std::string status = task()["task_status"].get<std::string>();
      if (statuses.empty() || statuses.back() != status[0]) statuses += status;
      cloud_.advance(10);
    }
    return statuses;
  }

  SimulatedCloud cloud_{plain_fleet({{"behaviour", {{"summary_period", 1000}}}})};
};

TEST_F(Summary, GoesFromReadyOverRunningToSuccessEachPeriod) {
  const std::string statuses = statuses_of_a_period();
  EXPECT_NE(std::string("0120120").find(statuses), std::string::npos) << statuses;
  EXPECT_GE(statuses.size(), 3U);
}

TEST_F(Summary, FailsWhereTheFleetSaysSo) {
  cloud_.control("POST", "/behaviour", {{"summary_fails", true}});
  const std::string statuses = statuses_of_a_period();
  EXPECT_NE(std::string("0130130").find(statuses), std::string::npos) << statuses;
}

TEST_F(Summary, CoversTheWindowThatEndsWithItsPeriodsBegin) {
  const json now = task();
  EXPECT_EQ(now["query_end_time"].get<std::int64_t>() - now["query_begin_time"].get<std::int64_t>(),
            7 * 86'400'000LL);
  EXPECT_LT(now["query_end_time"], now["begin_time"]);
}

TEST_F(Summary, ShowsWhatATestSetsUntilThatIsUndone) {
  cloud_.control("POST", "/summary",
                 {{"busi_type", "audit"}, {"task_status", 3}, {"query_end_time", 1753427733000}});
  EXPECT_EQ(task()["task_status"], "3");
  EXPECT_EQ(task()["query_end_time"], 1753427733000);
  EXPECT_NE(task("risk")["task_status"], "3");
  cloud_.control("DELETE", "/summary");
  EXPECT_NE(task()["task_status"], "3");
}

}  // namespace
}  // namespace contract
