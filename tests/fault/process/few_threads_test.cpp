// A host that is short of threads or of memory: what waits, what ends, and that nothing is lost over it.
#include "fault/process/preloaded.h"
#include "integration/harness/site.h"

namespace integration {
namespace {

constexpr int kInstances = 12;

json instances(const std::string& prefix, const std::string& status) {
  json all = json::array();
  for (int i = 0; i < kInstances; ++i)
    all.push_back({{"name", prefix + "-" + std::to_string(i)}, {"status", status}});
  return all;
}

/// Two projects with stopped instances that are to run.
class FewThreads : public testing::Test {
 protected:
  FewThreads() : site(two_projects(instances("a", "SHUTOFF"), instances("b", "SHUTOFF"))) {
    json& prod = site.policy["projects"][0];
    prod["limits"] = {{"requests_per_second", 200}, {"in_flight", 8}, {"timeout", "10s"}};
    json other = prod;
    other["name"] = "other";
    other["project_id"] = kOtherProjectId;
    site.policy["projects"].push_back(other);
    site.policy["instances"]["start"] = json::array({json::object({{"name", "all"}})});
    site.environment["LD_PRELOAD"] = LIMITS_MODULE;
    // The main thread looks around as often as the service manager wants a sign of life.
    site.environment["WATCHDOG_USEC"] = "1000000";
  }
  Site site;
};

// Those of a process without a lane: main, signals, and three of the HTTP library. A daemon has another,
// which removes old records.
constexpr int kOthers = 5;
constexpr int kOfTheDaemon = kOthers + 1;

TEST_F(FewThreads, EveryCallIsMadeThoughThereIsOneWorkerForAll) {
  site.environment[kMostThreads] = std::to_string(kOfTheDaemon + 2 + 1);
  Daemon daemon = site.daemon();
  EXPECT_TRUE(daemon.says("instance.start_accepted", {{"project", "prod"}}, kInstances));
  EXPECT_TRUE(daemon.says("instance.start_accepted", {{"project", "other"}}, kInstances));
  const auto said = events(daemon.log(), "service.short_of_threads");
  ASSERT_FALSE(said.empty());
  EXPECT_LE(said.size(), 4U) << "it is summed up";
  daemon.stop();
}

TEST_F(FewThreads, ALaneThatGetsNoThreadIsWaitedForAndAStopIsNot) {
  site.environment[kMostThreads] = std::to_string(kOfTheDaemon + 1);
  Daemon daemon = site.daemon();
  EXPECT_TRUE(daemon.says("service.short_of_threads", {}));
  EXPECT_TRUE(daemon.child.runs());
  daemon.stop();
}

TEST_F(FewThreads, ACycleByItselfIsMadeInTurnWhereThereIsNoThreadForEach) {
  site.environment[kMostThreads] = std::to_string(kOthers + 2);
  const Ended ended = site.run_once();
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(events(ended.log(), "instance.start_accepted").size(), 2U * kInstances);
}

TEST_F(FewThreads, AskingAllProjectsAtOnceDoesWithTheThreadThatThereIs) {
  site.environment[kMostThreads] = std::to_string(kOthers - 1);  // without the signals
  const Ended ended = site.command({"check", "--online"});
  EXPECT_EQ(ended.status, 0) << ended.err;
}

TEST_F(FewThreads, ALaneWithoutMemoryEndsTheServiceInOrderAndTheNextOneGoesOn) {
  const std::string word = site.directory.file("short");
  site.environment[kShortMemory] = word;
  {
    Daemon daemon = site.daemon();
    ASSERT_TRUE(daemon.says("instance.start_accepted", {{"project", "other"}}, kInstances));
    write_file(word, "");
    EXPECT_EQ(daemon.child.wait(kPatience), 1) << daemon.err();
    const auto said = events(daemon.log(), "service.failed");
    ASSERT_EQ(said.size(), 1U);
    EXPECT_NE(said[0]["reason"].get<std::string>().find("bad_alloc"), std::string::npos) << said[0];
    EXPECT_EQ(events(daemon.log(), "service.stopping").size(), 1U);
  }
  site.environment.erase(kShortMemory);
  EXPECT_EQ(site.run_once().status, 0);
  for (int i = 0; i < kInstances; ++i)
    EXPECT_EQ(site.cloud.starts_of("a-" + std::to_string(i)), 1U) << "started twice: " << i;
}

}  // namespace
}  // namespace integration
