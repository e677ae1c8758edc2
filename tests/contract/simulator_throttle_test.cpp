#include "contract/simulated_cloud.h"

namespace contract {
namespace {

json throttled(const json& limits) { return plain_fleet({{"throttle", limits}}); }

// Of so many lists in a row, those let through.
int passed(SimulatedCloud& cloud, int calls) {
  int count = 0;
  for (int i = 0; i < calls; ++i) count += cloud.list().status == 200 ? 1 : 0;
  return count;
}

TEST(Throttle, LetsTheLimitPassAndNoMoreUntilTheNextWindow) {
  SimulatedCloud cloud(throttled({{"list_instances", {{"requests", 3}, {"per", 60}}}}));
  EXPECT_EQ(passed(cloud, 10), 3);
  cloud.advance(61);
  EXPECT_EQ(passed(cloud, 10), 3);
}

TEST(Throttle, AnswersAsTheGatewayDoes) {
  SimulatedCloud cloud(throttled({{"list_instances", {{"requests", 1}, {"per", 60}}}}));
  cloud.list();
  Reply reply = cloud.list();
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(error_code(reply), "APIGW.0308");
  EXPECT_NE(reply.body.find("policy user over ratelimit,limit:1,time:1 minute"), std::string::npos)
      << reply.body;
  EXPECT_FALSE(reply.headers.contains("retry-after"));
}

TEST(Throttle, NamesItsPeriodInTheLargestUnit) {
  for (const auto& [per, words] : std::map<int, std::string>{
           {1, "time:1 second"}, {90, "time:90 second"}, {120, "time:2 minute"}, {3600, "time:1 hour"}}) {
    SimulatedCloud cloud(throttled({{"list_instances", {{"requests", 1}, {"per", per}}}}));
    cloud.simulator.visit(
        [](dbss_sim::World& world) { world.fleet.throttle["list_instances"].requests = 0; });
    EXPECT_NE(cloud.list().body.find(words), std::string::npos) << per;
  }
}

TEST(Throttle, SaysWhenToComeBackWhereItIsToldTo) {
  SimulatedCloud cloud(
      throttled({{"list_instances", {{"requests", 1}, {"per", 60}, {"retry_after", true}}}}));
  cloud.list();
  EXPECT_EQ(cloud.list().headers["retry-after"], "60");
}

TEST(Throttle, CountsEachCallAndEachProjectForItself) {
  SimulatedCloud cloud(throttled({{"*", {{"requests", 1}, {"per", 60}}}}));
  EXPECT_EQ(cloud.list().status, 200);
  EXPECT_EQ(cloud.create_report(kActive).status, 200);
  EXPECT_EQ(cloud.list().status, 429);
  const std::string other = "/v1/" + kOtherProject + "/audit/instances";
  EXPECT_EQ(cloud.get(other).status, 403);
}

TEST(Throttle, CanBeOfOneProjectAlone) {
  for (const auto& [project, status] : std::map<std::string, int>{{kProject, 429}, {kOtherProject, 200}}) {
    SimulatedCloud cloud(throttled({{"*", {{"requests", 1}, {"per", 60}, {"project", project}}}}));
    EXPECT_EQ(cloud.list().status, 200);
    EXPECT_EQ(cloud.list().status, status);
  }
}

TEST(Throttle, HasNoEffectOfWhatItRefuses) {
  SimulatedCloud cloud(throttled({{"create_report", {{"requests", 1}, {"per", 60}}}}));
  cloud.create_report(kActive);
  EXPECT_EQ(cloud.create_report(kActive).status, 429);
  EXPECT_EQ(cloud.truth("counts")["reports"], 1);
}

TEST(Throttle, IsReplacedByControl) {
  SimulatedCloud cloud(throttled({{"list_instances", {{"requests", 1}, {"per", 60}}}}));
  EXPECT_EQ(passed(cloud, 3), 1);
  cloud.control("POST", "/throttle", {{"list_instances", {{"requests", 2}, {"per", 60}}}});
  EXPECT_EQ(passed(cloud, 3), 2);
  cloud.control("POST", "/throttle", json::object());
  EXPECT_EQ(passed(cloud, 3), 3);
}

}  // namespace
}  // namespace contract
