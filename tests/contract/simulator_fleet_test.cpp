// Fleet files: what is refused, where it says so, and the one that comes with the simulator.
#include <fstream>
#include <iterator>

#include "contract/simulated_cloud.h"

namespace contract {
namespace {

struct BadFleet {
  std::string name, text, problem;
};

class FleetProblem : public testing::TestWithParam<BadFleet> {};
INSTANTIATE_TEST_SUITE_P(
    Of, FleetProblem,
    testing::Values(
        BadFleet{"NoJson", "{", "not JSON"}, BadFleet{"NoObject", "[]", ": not an object"},
        BadFleet{"UnknownKey", R"({"project": []})", "project: unknown key"},
        BadFleet{"ProjectsNoArray", R"({"projects": {}})", "projects: not an array"},
        BadFleet{"ProjectIdShort", R"({"projects": [{"project_id": "ab"}]})",
                 "projects[0].project_id: not 32 to 64 characters"},
        BadFleet{"InstanceKey", R"({"projects": [{"instances": [{}, {"state": "ACTIVE"}]}]})",
                 "projects[0].instances[1].state: unknown key"},
        BadFleet{"InstanceId", R"({"projects": [{"instances": [{"id": "ab"}]}]})",
                 "projects[0].instances[0].id: not 32 to 64 characters"},
        BadFleet{"Outcome", R"({"projects": [{"instances": [{"build": {"outcome": "DONE"}}]}]})",
                 "projects[0].instances[0].build.outcome: must be one of SUCCESS, FAIL, ERROR"},
        BadFleet{"WrongType", R"({"behaviour": {"loose": 1}})", "behaviour.loose: not true or false"},
        BadFleet{"Negative", R"({"iam": {"token_ttl": -1}})", "iam.token_ttl: not a number of at least 0"},
        BadFleet{"ThrottleCall", R"({"throttle": {"list": {}}})", "throttle.list: no such call"},
        BadFleet{"ThrottleZero", R"({"throttle": {"*": {"requests": 0}}})",
                 "throttle.*: requests and per must be at least 1"},
        BadFleet{"ReportTime", R"({"projects": [{"instances": [{"reports": [{"start_time": "today"}]}]}]})",
                 "projects[0].instances[0].reports[0].start_time: not YYYY-MM-DD hh:mm:ss"},
        BadFleet{
            "TemplateFormat",
            R"({"projects": [{"instances": [{"templates": [{"id": "a", "type": "SOX", "format": "PDF"}]}]}]})",
            "projects[0].instances[0].templates[0].format: must be one of pdf, zip"},
        BadFleet{"DatabaseStatus",
                 R"({"projects": [{"instances": [{"databases": [{"id": "a", "status": "NORMAL"}]}]}]})",
                 "projects[0].instances[0].databases[0].status: must be one of ON, OFF"},
        BadFleet{"TimeZone", R"({"projects": [{"instances": [{"timezone": "Asia/Shanghai"}]}]})",
                 "projects[0].instances[0].timezone: not GMT+hh:mm"},
        BadFleet{"AxisValue", R"({"behaviour": {"page_base": "2"}})",
                 "behaviour.page_base: must be one of 1, 0, both"},
        BadFleet{"IdTwice",
                 R"({"projects": [{"instances": [{"id": "1d07f606-92d2-441c-b05c-dca47e180552"},
                                                 {"id": "1d07f606-92d2-441c-b05c-dca47e180552"}]}]})",
                 "projects: the id 1d07f606-92d2-441c-b05c-dca47e180552 is used twice"}),
    [](const auto& row) { return row.param.name; });

TEST_P(FleetProblem, IsNamedWithItsPlace) {
  std::string problem;
  EXPECT_FALSE(dbss_sim::parse_fleet(GetParam().text, problem));
  EXPECT_EQ(problem, GetParam().problem);
}

TEST(EmptyFleet, HasUsableDefaults) {
  std::string problem;
  const auto fleet = dbss_sim::parse_fleet("{}", problem);
  ASSERT_TRUE(fleet) << problem;
  EXPECT_EQ(fleet->iam.users[0].name, "dbss-ops");
  EXPECT_TRUE(fleet->throttle.empty());
}

TEST(GeneratedFleet, SpreadsInstancesOverItsProjects) {
  const dbss_sim::Fleet fleet = dbss_sim::generated_fleet(10, 3, 4);
  ASSERT_EQ(fleet.projects.size(), 3U);
  EXPECT_EQ(fleet.projects[0].generated, 4U);
  EXPECT_EQ(fleet.projects[2].generated, 3U);
  EXPECT_EQ(fleet.projects[0].generated_shutoff, 2U);
  EXPECT_NE(fleet.projects[0].name, fleet.projects[1].name);
}

TEST(GeneratedFleet, HasTheSameIdsForTheSameSeed) {
  const auto first_id = [](std::uint64_t seed) {
    dbss_sim::World world(dbss_sim::generated_fleet(1, 1, 0), {.seed = seed});
    return world.instances[0].spec.id;
  };
  EXPECT_EQ(first_id(3), first_id(3));
  EXPECT_NE(first_id(3), first_id(4));
}

TEST(DemoFleet, LoadsAndHasSomethingOfEachKind) {
  std::ifstream file(DBSSD_SOURCE_DIR "/tests/simulator/demo-fleet.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  SimulatedCloud cloud(json::parse(text));
  EXPECT_EQ(cloud.truth("counts")["by_status"],
            json::parse(R"({"ACTIVE": 3, "BUILD": 2, "FROZEN": 1, "SHUTOFF": 3})"));
  cloud.advance(41);
  EXPECT_EQ(cloud.truth("counts")["by_status"],
            json::parse(R"({"ACTIVE": 4, "ERROR": 1, "FROZEN": 1, "SHUTOFF": 3})"));
}

}  // namespace
}  // namespace contract
