// The exit statuses, which scripts go by.
#include "integration/harness/site.h"

namespace integration {
namespace {

class ExitStatus : public testing::Test {
 protected:
  ExitStatus() : site(fleet_of({{{"name", "prod-a"}}})) {}
  Site site;
};

TEST_F(ExitStatus, ZeroWhereAllWentWell) {
  EXPECT_EQ(site.run_once().status, 0);
  EXPECT_EQ(site.command({"check"}).status, 0);
  EXPECT_EQ(site.command({"plan"}).status, 0);
}

TEST_F(ExitStatus, OneWhereSomethingFailed) {
  site.cloud.change("prod-a", {{"status", "SHUTOFF"}, {"start", {{"outcome", "failed"}}}});
  site.policy["instances"]["start"] = {{{"name", "keep-running"}}};
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.err.find("project prod: 1 failure"), std::string::npos) << ended.err;
}

TEST_F(ExitStatus, TwoForAPolicyThatIsNotValidWithEveryErrorAtItsPlace) {
  site.policy["instances"]["reconcile_intervall"] = "5s";
  site.policy["reports"] = {minutely({{"schedule", "61 * * * *"}})};
  for (const char* command : {"run", "check", "plan"}) {
    SCOPED_TRACE(command);
    const Ended ended = site.command({command});
    EXPECT_EQ(ended.status, 2);
    const std::string said = ended.err + ended.out;
    EXPECT_NE(said.find("reconcile_interval"), std::string::npos) << said;
    EXPECT_NE(said.find("reports[0].schedule"), std::string::npos) << said;
    EXPECT_NE(said.find(site.policy_path() + ":"), std::string::npos) << said;
  }
  EXPECT_EQ(site.cloud.calls("list_instances"), 0);
}

TEST_F(ExitStatus, TwoForAWrongCommandLine) {
  EXPECT_EQ(site.command({"run", "--onse"}).status, 2);
  EXPECT_EQ(site.command({"rum"}).status, 2);
}

TEST_F(ExitStatus, ThreeWhereTheCloudCannotBeAsked) {
  site.policy["projects"][0]["endpoints"] = {{"dbss", "http://127.0.0.1:1"}, {"iam", "http://127.0.0.1:1"}};
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 3);
  EXPECT_EQ(events(ended.log(), "cloud.unreachable").size(), 1U);
  EXPECT_EQ(site.command({"plan"}).status, 3);
}

}  // namespace
}  // namespace integration
