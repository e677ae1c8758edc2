// What the journal says of the past and of the present, beside a daemon or not.
#include <filesystem>
#include <map>

#include "integration/harness/site.h"

namespace integration {
namespace {

class HistoryAndStatus : public testing::Test {
 protected:
  HistoryAndStatus() : site(fleet_of({{{"name", "prod-a"}}, {{"name", "prod-b"}}})) {
    site.policy["reports"] = {minutely({{"select", {{"name", {"prod-a"}}}}})};
  }

  // Half an hour in which nothing ran, under the rule; then nothing comes due any more.
  void miss(const json& rule) {
    site.policy["reports"][0].merge_patch(rule);
    ASSERT_EQ(site.run_once().status, 0);
    site.age_schedules(std::chrono::minutes{30});
    ASSERT_EQ(site.run_once().status, 0);
    site.retire_schedules();
    ASSERT_EQ(site.run_once().status, 0);  // decides the minute that may have ended meanwhile
  }
  void finish() {
    site.cloud.advance(60);
    ASSERT_EQ(site.run_once().status, 0);
  }
  json history(int status, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"history", "--output", "json"});
    const Ended ended = site.command(more);
    EXPECT_EQ(ended.status, status) << ended.out << ended.err;
    return json::parse(ended.out);
  }
  json status(int status) {
    const Ended ended = site.command({"status", "--output", "json"});
    EXPECT_EQ(ended.status, status) << ended.out << ended.err;
    return json::parse(ended.out);
  }

  Site site;
};

std::map<std::string, int> counts(const json& runs) {
  std::map<std::string, int> found;
  for (const json& run : runs)
    ++found[(run["outcome"].is_null() ? run["state"] : run["outcome"]).get<std::string>()];
  return found;
}

TEST_F(HistoryAndStatus, ShowWhatIsInFlightAsPendingAndWhatWasMissedAsAGap) {
  miss({{"missed", "latest"}});
  const json before = history(1);
  EXPECT_GE(counts(before["runs"])["accepted"], 1);
  EXPECT_GE(counts(before["runs"])["missed"], 29);
  ASSERT_EQ(before["coverage"].size(), 1U);
  const json& coverage = before["coverage"][0];
  EXPECT_EQ(coverage["report"], "every-minute");
  EXPECT_EQ(coverage["instance_name"], "prod-a");
  ASSERT_EQ(coverage["gaps"].size(), 1U);
  EXPECT_EQ(coverage["gaps"][0]["outcome"], "missed");
  EXPECT_NE(coverage["gaps"][0]["reason"].get<std::string>().find("while nothing ran"), std::string::npos);
  EXPECT_EQ(coverage["gaps"][0]["begin"], coverage["from"]);
  ASSERT_EQ(coverage["pending"].size(), 1U);
  EXPECT_EQ(coverage["pending"][0]["begin"], coverage["gaps"][0]["end"]);
  EXPECT_EQ(coverage["pending"][0]["end"], coverage["to"]);
  EXPECT_TRUE(coverage["covered"].empty());

  finish();
  const json after = history(1);
  EXPECT_EQ(counts(after["runs"])["finished"], counts(before["runs"])["accepted"]);
  EXPECT_EQ(after["coverage"][0]["covered"][0],
            json({{"begin", coverage["pending"][0]["begin"]}, {"end", coverage["to"]}}));
  EXPECT_TRUE(after["coverage"][0]["pending"].empty());
  EXPECT_EQ(after["coverage"][0]["gaps"], coverage["gaps"]);

  // Of the covered part alone there is no gap.
  const std::string newest = after["runs"].back()["scheduled_time"];
  const Ended text = site.command({"history", "--from", newest});
  EXPECT_EQ(text.status, 0) << text.out;
  EXPECT_NE(text.out.find("without a gap"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("prod-a"), std::string::npos) << text.out;
}

TEST_F(HistoryAndStatus, ShowJoinedWindowsAsCovered) {
  miss({{"missed", "merge"}});
  const json before = history(0);
  EXPECT_GE(counts(before["runs"])["merged"], 29);
  ASSERT_FALSE(before["coverage"][0]["pending"].empty()) << before["coverage"];
  EXPECT_TRUE(before["coverage"][0]["gaps"].empty());
  finish();
  const json after = history(0);
  EXPECT_GE(counts(after["runs"])["finished"], 30);
  ASSERT_EQ(after["coverage"][0]["covered"].size(), 1U);
  EXPECT_EQ(after["coverage"][0]["covered"][0]["begin"], before["coverage"][0]["from"]);
}

TEST_F(HistoryAndStatus, ShowWhatExpiredAsAGap) {
  miss({{"missed", "all"}, {"deadline", "5m"}});
  finish();
  const json said = history(1);
  ASSERT_EQ(said["coverage"][0]["gaps"].size(), 1U) << said["coverage"];
  EXPECT_EQ(said["coverage"][0]["gaps"][0]["outcome"], "expired");
  EXPECT_EQ(said["coverage"][0]["gaps"][0]["reason"], "later than the deadline of 5m");
  const json now = status(1);
  EXPECT_EQ(now["gaps"]["count"], 1);
  EXPECT_EQ(now["gaps"]["newest"]["outcome"], "expired");
  EXPECT_EQ(now["gaps"]["newest"]["end"], said["coverage"][0]["gaps"][0]["end"]);
}

TEST_F(HistoryAndStatus, StandBesideADaemonAndNeedNeitherSecretNorNetwork) {
  miss({{"missed", "merge"}});
  const json covered = history(0);
  {
    Daemon daemon = site.daemon();
    site.environment.erase("DBSSD_TEST_PASSWORD");
    const int calls = site.cloud.calls("list_instances");
    EXPECT_EQ(history(0)["coverage"].size(), covered["coverage"].size());
    const json now = status(0);
    EXPECT_EQ(now["state"]["held"], true);
    EXPECT_EQ(now["state"]["process"], std::to_string(daemon.child.pid()));
    EXPECT_EQ(now["projects"][0]["instances"]["ACTIVE"], 2);
    ASSERT_GE(now["projects"][0]["in_flight"].size(), 1U) << now;
    EXPECT_EQ(now["projects"][0]["in_flight"][0]["report"], "every-minute");
    EXPECT_EQ(now["next"][0]["report"], "every-minute");
    EXPECT_LE(site.cloud.calls("list_instances"), calls + 2) << "the daemon's own";
    EXPECT_TRUE(daemon.child.runs());
    (void)daemon.stop();
  }
  const json stopped = status(1);
  EXPECT_EQ(stopped["well"], false);
  EXPECT_EQ(stopped["state"]["held"], false);
  EXPECT_EQ(stopped["wrong"][0]["what"], "no daemon");
  EXPECT_NE(stopped["wrong"][0]["reason"].get<std::string>().find("stopped in order at"), std::string::npos);
}

TEST_F(HistoryAndStatus, OfADaemonThatWasKilledSayThatNobodyHoldsTheState) {
  Daemon daemon = site.daemon();
  daemon.child.signal(SIGKILL);
  (void)daemon.child.wait(kPatience);
  const json killed = status(1);
  EXPECT_EQ(killed["state"]["held"], false);
  EXPECT_NE(killed["wrong"][0]["reason"].get<std::string>().find("was killed"), std::string::npos);
}

TEST_F(HistoryAndStatus, OfAStateThatIsNotThereSaySoAndLeaveNone) {
  for (const char* command : {"history", "status"}) {
    const Ended ended = site.command({command});
    EXPECT_EQ(ended.status, command == std::string("status") ? 1 : 0) << ended.err;
    EXPECT_NE(ended.err.find("nothing is recorded"), std::string::npos) << ended.err;
  }
  EXPECT_FALSE(std::filesystem::exists(site.state_path()));
}

TEST_F(HistoryAndStatus, RefuseWrongUsageAndAWrongPolicy) {
  EXPECT_EQ(site.command({"history", "--from", "yesterday"}).status, 2);
  EXPECT_EQ(site.command({"history", "--report", "dayly"}).status, 2);
  EXPECT_EQ(site.command({"history", "--project", "dorp"}).status, 2);
  EXPECT_EQ(site.command({"status", "--once"}).status, 2);
  site.policy["reports"][0]["schedule"] = "0 25 * * *";
  EXPECT_EQ(site.command({"history"}).status, 2);
  EXPECT_EQ(site.command({"status"}).status, 2);
}

}  // namespace
}  // namespace integration
