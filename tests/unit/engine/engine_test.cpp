#include "engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <new>
#include <semaphore>
#include <thread>

#include "fakes/journal_samples.h"
#include "unit/engine/engine_bench.h"

namespace dbssd::engine {
namespace {

using telemetry::EventId;

/// Waits for what another thread does; the deadline is for a failure alone.
template <class Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

class EngineTest : public testing::Test {
 protected:
  /// Every client answers like this, until it is cancelled.
  Ports ports(std::function<Expected<void>()> answer = [] { return Expected<void>{}; }) {
    return bench.ports([this, answer](const policy::Project&, const cloud::NoticeSink&) {
      auto client = std::make_unique<HollowCloud>();
      client->answer = [this, answer] {
        ++calls;
        return answer();
      };
      client->on_cancel = [this] { ++cancels; };
      ++clients_made;
      return Expected<std::unique_ptr<cloud::CloudApi>>(std::move(client));
    });
  }
  void add_project(const std::string& name) {
    bench.policy.projects.push_back(bench.policy.projects[0]);
    bench.policy.projects.back().name = ProjectName(name);
  }
  [[nodiscard]] std::size_t cycles() const { return bench.events.count(EventId::cycle_finished); }

  EngineBench bench;
  std::atomic<int> calls = 0, cancels = 0, clients_made = 0;
};

/// Is at it until it is told to stop.
class SlowToPrune final : public journal::Journal {
 public:
  std::binary_semaphore begun{0};
  std::atomic<bool> was_stopped = false;

  Expected<journal::Remembered> load(const ProjectName& project, Instant since) override {
    return inner_.load(project, since);
  }
  Expected<void> commit(const ProjectName& project, const journal::Batch& batch) override {
    return inner_.commit(project, batch);
  }
  Expected<std::vector<journal::RunRecord>> archived_runs(const ProjectName& project,
                                                          const ReportName& report, Instant before,
                                                          const std::string& below,
                                                          std::size_t limit) override {
    return inner_.archived_runs(project, report, before, below, limit);
  }
  Expected<std::vector<ReportId>> claimed_reports(const ProjectName& project, const InstanceId& instance,
                                                  const std::vector<ReportId>& listed) override {
    return inner_.claimed_reports(project, instance, listed);
  }
  Expected<std::vector<journal::RunRecord>> runs(const ProjectName& project,
                                                 const journal::RunQuery& query) override {
    return inner_.runs(project, query);
  }
  Expected<std::vector<ProjectName>> projects() override { return inner_.projects(); }
  Expected<std::size_t> prune(Instant, const std::stop_token& stop) override {
    begun.release();
    was_stopped = eventually([&stop] { return stop.stop_requested(); });
    return 0U;
  }

 private:
  fakes::MemoryJournal inner_;
};

TEST_F(EngineTest, RunsALaneForEachProject) {
  add_project("dr");
  Engine engine(ports(), bench.current_policy());
  ASSERT_TRUE(engine.start());
  EXPECT_TRUE(eventually([&] { return cycles() == 2; }));
  EXPECT_TRUE(engine.stop());
}

TEST_F(EngineTest, BeginsWholeOrNotAtAll) {
  add_project("dr");
  int made = 0;
  const Ports one_client =
      bench.ports([&made](const policy::Project&,
                          const cloud::NoticeSink&) -> Expected<std::unique_ptr<cloud::CloudApi>> {
        if (++made == 2) return fail(ErrorKind::internal, "no secret");
        return std::make_unique<HollowCloud>();
      });
  Engine without_secret(one_client, bench.current_policy());
  EXPECT_FALSE(without_secret.start());
  bench.journal.fail_reads(1);
  Engine without_state(ports(), bench.current_policy());
  EXPECT_FALSE(without_state.start());
  EXPECT_EQ(calls, 0);
}

TEST_F(EngineTest, AReloadThatFailsLeavesTheFormerPolicyRunning) {
  std::atomic<bool> refuse = false;
  const Ports moody = bench.ports(
      [&](const policy::Project&, const cloud::NoticeSink&) -> Expected<std::unique_ptr<cloud::CloudApi>> {
        if (refuse) return fail(ErrorKind::internal, "no secret");
        return std::make_unique<HollowCloud>();
      });
  Engine engine(moody, bench.current_policy());
  ASSERT_TRUE(engine.start());
  ASSERT_TRUE(eventually([&] { return cycles() == 1; }));
  refuse = true;
  add_project("dr");
  EXPECT_FALSE(engine.reload(bench.current_policy()));
  bench.clock.step(std::chrono::hours{1});  // its lane reads the list again after that
  engine.tick();
  EXPECT_TRUE(eventually([&] { return cycles() == 2; }));
  for (const auto& event : bench.events.events(EventId::cycle_finished)) EXPECT_EQ(event.project, kProject);
}

TEST_F(EngineTest, AReloadMakesAClientForEveryProject) {
  add_project("dr");
  Engine engine(ports(), bench.current_policy());
  ASSERT_TRUE(engine.start());
  EXPECT_EQ(clients_made, 2);
  ASSERT_TRUE(engine.reload(bench.current_policy()));
  EXPECT_EQ(clients_made, 4);
}

TEST_F(EngineTest, AChangedSecretMakesANewClientForItsProjectAlone) {
  add_project("dr");
  std::uint64_t version = 1;
  Ports watching = ports();
  watching.secrets_version = [&](const policy::Project& project) {
    return project.name == kProject ? version : 0;
  };
  Engine engine(watching, bench.current_policy());
  ASSERT_TRUE(engine.start());
  engine.tick();
  EXPECT_EQ(clients_made, 2);
  version = 2;
  engine.tick();
  engine.tick();
  EXPECT_EQ(clients_made, 3);
  const auto said = bench.events.events(EventId::auth_renewed);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().project, kProject);
}

TEST_F(EngineTest, AChangedSecretThatCannotBeReadIsSaidOnceAndReadAgain) {
  std::uint64_t version = 1;
  bool refuse = false;
  Ports watching = bench.ports(
      [&](const policy::Project&, const cloud::NoticeSink&) -> Expected<std::unique_ptr<cloud::CloudApi>> {
        ++clients_made;
        if (refuse) return fail(ErrorKind::malformed, "it is empty");
        return std::make_unique<HollowCloud>();
      });
  watching.secrets_version = [&](const policy::Project&) { return version; };
  Engine engine(watching, bench.current_policy());
  ASSERT_TRUE(engine.start());
  version = 2;
  refuse = true;
  engine.tick();
  engine.tick();
  EXPECT_EQ(clients_made, 3) << "it is tried again, and meanwhile the former goes on";
  EXPECT_EQ(bench.events.count(EventId::auth_failed), 1U);
  refuse = false;
  engine.tick();
  engine.tick();
  EXPECT_EQ(clients_made, 4);
  EXPECT_EQ(bench.events.count(EventId::auth_renewed), 1U);
}

TEST_F(EngineTest, AProjectThatIsRemovedIsCancelledAndOneThatIsAddedBegins) {
  std::counting_semaphore<> leave(0);
  const auto slow = [&] {
    leave.acquire();
    return Expected<void>{};
  };
  Engine engine(ports(slow), bench.current_policy());
  ASSERT_TRUE(engine.start());
  ASSERT_TRUE(eventually([&] { return calls == 1; }));
  bench.policy.projects[0].name = ProjectName("dr");
  ASSERT_TRUE(engine.reload(bench.current_policy()));
  EXPECT_TRUE(eventually([&] { return cancels == 1 && calls == 2; }));
  leave.release(2);
  EXPECT_TRUE(eventually([&] { return cycles() == 2; }));
  EXPECT_TRUE(engine.stop());
}

TEST_F(EngineTest, AProjectThatComesBackWhileItsFormerLaneHangsIsRefused) {
  std::counting_semaphore<> leave(0);
  const auto hang = [&] {
    leave.acquire();
    return Expected<void>{};
  };
  Engine engine(ports(hang), bench.current_policy());
  ASSERT_TRUE(engine.start());
  ASSERT_TRUE(eventually([&] { return calls == 1; }));
  const auto with_it = bench.current_policy();
  bench.policy.projects[0].name = ProjectName("dr");
  ASSERT_TRUE(engine.reload(bench.current_policy()));
  EXPECT_FALSE(engine.reload(with_it));
  leave.release(8);
  EXPECT_TRUE(eventually([&] { return static_cast<bool>(engine.reload(with_it)); }));
  leave.release(8);
}

TEST_F(EngineTest, AStopWaitsForWhatACancelledCallComesBackWith) {
  std::binary_semaphore cancelled(0);
  const Ports patient = bench.ports([&](const policy::Project&, const cloud::NoticeSink&) {
    auto client = std::make_unique<HollowCloud>();
    client->answer = [&] {
      ++calls;
      cancelled.acquire();
      return Expected<void>(fail(ErrorKind::not_sent, "cancelled"));
    };
    client->on_cancel = [&] { cancelled.release(); };
    return Expected<std::unique_ptr<cloud::CloudApi>>(std::move(client));
  });
  Engine engine(patient, bench.current_policy());
  ASSERT_TRUE(engine.start());
  ASSERT_TRUE(eventually([&] { return calls == 1; }));
  EXPECT_TRUE(engine.stop());
  EXPECT_EQ(bench.events.count(EventId::cloud_unreachable), 0U);
  EXPECT_FALSE(bench.journal.load(kProject, {}).value().project);
}

TEST_F(EngineTest, AStopDoesNotWaitForACallThatHangsAndSaysSo) {
  // Left behind with the thread that uses it, as the engine leaves it behind.
  struct Hang {
    std::atomic<int> calls = 0;
    std::binary_semaphore never{0};
  };
  auto* hang = new Hang;
  auto* left_behind = new EngineBench;
  const Ports hanging = left_behind->ports([hang](const policy::Project&, const cloud::NoticeSink&) {
    auto client = std::make_unique<HollowCloud>();
    client->answer = [hang] {
      ++hang->calls;
      hang->never.acquire();
      return Expected<void>{};
    };
    return Expected<std::unique_ptr<cloud::CloudApi>>(std::move(client));
  });
  Engine engine(hanging, left_behind->current_policy());
  ASSERT_TRUE(engine.start());
  ASSERT_TRUE(eventually([&] { return hang->calls == 1; }));
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(engine.stop());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{2});
}

/// Told of threads that fail, by any thread.
struct FailureWatch final : ThreadWatch {
  void refused(std::string_view, const std::error_code&) noexcept override {}
  void failed(std::string_view purpose, std::string_view) noexcept override {
    const std::scoped_lock lock(mutex);
    purposes.emplace_back(purpose);
  }
  [[nodiscard]] bool was_told_of(const std::string& purpose) {
    const std::scoped_lock lock(mutex);
    return std::ranges::count(purposes, purpose) == 1;
  }
  std::mutex mutex;
  std::vector<std::string> purposes;
};

/// Memory is short when a batch is written.
class NoRoom final : public telemetry::EventSink {
 public:
  void emit(const telemetry::Event&) override { throw std::bad_alloc(); }
};

TEST_F(EngineTest, AnExceptionInALaneIsToldAndEndsNoProcess) {
  static FailureWatch watch;  // with the lane that has failed, what it uses is left behind
  static NoRoom no_room;
  auto* left_behind = new EngineBench;
  const Ports ports{.clock = left_behind->clock,
                    .journal = left_behind->journal,
                    .events = no_room,
                    .zones = left_behind->zones,
                    .clients =
                        [](const policy::Project&, const cloud::NoticeSink&) {
                          return Expected<std::unique_ptr<cloud::CloudApi>>(std::make_unique<HollowCloud>());
                        },
                    .threads = &watch};
  Engine engine(ports, left_behind->current_policy());
  ASSERT_TRUE(engine.start());
  EXPECT_TRUE(eventually([&] { return watch.was_told_of("the lane of prod"); }));
  EXPECT_FALSE(engine.stop()) << "what it had under way is not on record";
}

TEST_F(EngineTest, AJumpOfTheClockIsToldOnceAndTheListReadAgain) {
  Engine engine(ports(), bench.current_policy());
  ASSERT_TRUE(engine.start());
  ASSERT_TRUE(eventually([&] { return cycles() == 1; }));
  bench.clock.step(-std::chrono::hours{3});
  engine.tick();
  engine.tick();
  const auto told = bench.events.events(EventId::clock_jumped);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].reason, "back by 3h");
  EXPECT_TRUE(eventually([&] { return cycles() == 2; }));
}

TEST_F(EngineTest, OldRecordsAreRemovedOnceADay) {
  Engine engine(ports(), bench.current_policy());
  journal::Batch old;
  journal::StartRecord settled;
  settled.instance = InstanceId("i-1");
  settled.requested_at = bench.clock.now().second() - bench.policy.state.keep - std::chrono::hours{1};
  settled.state = journal::StartState::confirmed;
  settled.settled_at = settled.requested_at;
  old.starts.push_back(settled);
  ASSERT_TRUE(bench.journal.commit(kProject, old));
  engine.tick();
  EXPECT_TRUE(eventually([&] { return bench.events.count(EventId::state_pruned) == 1; }));
  bench.clock.advance(std::chrono::hours{24} - Seconds{1});
  ASSERT_TRUE(bench.journal.commit(kProject, old));
  engine.tick();
  bench.clock.advance(Seconds{1});
  engine.tick();
  EXPECT_TRUE(eventually([&] { return bench.events.count(EventId::state_pruned) == 2; }));
  bench.journal.fail_commits(1);
  bench.clock.advance(std::chrono::hours{24});
  engine.tick();
  EXPECT_TRUE(eventually([&] { return bench.events.count(EventId::state_failed) == 1; }));
}

TEST_F(EngineTest, PruningHoldsUpNeitherATickNorTheEnd) {
  SlowToPrune slow;
  Ports ports_to_slow{bench.clock, slow, bench.events, bench.zones, ports().clients};
  Engine engine(ports_to_slow, bench.current_policy());
  ASSERT_TRUE(engine.start());
  engine.tick();
  slow.begun.acquire();  // the tick is over, and it is under way
  EXPECT_TRUE(engine.stop());
  EXPECT_TRUE(slow.was_stopped);
}

TEST_F(EngineTest, OpenRunsOfARemovedProjectEndAtTheStart) {
  journal::Batch left;
  left.runs = {fakes::due_run("daily", "i-1", fakes::at(0)), fakes::due_run("daily", "i-1", fakes::at(60))};
  left.runs[1].state = journal::RunState::submitting;
  left.schedules = {fakes::schedule("daily", "i-1")};
  const ProjectName removed("removed");
  ASSERT_TRUE(bench.journal.commit(removed, left));
  Engine engine(ports(), bench.current_policy());
  ASSERT_TRUE(engine.start());
  engine.tick();
  for (const journal::RunRecord& run : bench.journal.all_runs(removed)) {
    EXPECT_EQ(run.outcome, journal::Outcome::skipped);
    EXPECT_EQ(run.reason, "the policy no longer has its project");
  }
  const auto said = bench.events.events(EventId::report_skipped);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].project, removed);
  EXPECT_EQ(said[0].msg, "2 open runs of a project that was removed are skipped");
  EXPECT_EQ(bench.events.count(EventId::report_gap), 1U);
  engine.tick();
  EXPECT_EQ(bench.events.count(EventId::report_skipped), 1U);
}

TEST_F(EngineTest, SchedulesOfARemovedProjectEndNoLaterThanTheTimeThatIsSure) {
  const Instant newest = bench.clock.now().second();
  journal::Batch kept;
  kept.project.emplace().noted_at = newest;
  ASSERT_TRUE(bench.journal.commit(kProject, kept));
  const ProjectName removed("removed");
  journal::Batch left;
  left.schedules = {fakes::schedule("daily", "i-1")};
  left.schedules[0].cursor = newest;
  ASSERT_TRUE(bench.journal.commit(removed, left));
  bench.clock.step(std::chrono::days{2});
  Engine engine(ports([] { return fail(ErrorKind::not_sent, "no route to host"); }), bench.current_policy());
  ASSERT_TRUE(engine.start());
  engine.tick();
  const auto ended = bench.journal.load(removed, Instant::min())->schedules;
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_TRUE(ended[0].expression.empty());
  EXPECT_LE(ended[0].cursor, newest + Seconds{5});
}

TEST_F(EngineTest, OpenRunsOfAProjectThatAReloadRemovesEndOnceItsLaneHas) {
  add_project("dr");
  journal::Batch left;
  left.runs = {fakes::due_run("daily", "i-1", bench.clock.now().second())};
  left.runs[0].expires_at = bench.clock.now().second() + std::chrono::hours{1};
  const ProjectName removed("dr");
  ASSERT_TRUE(bench.journal.commit(removed, left));
  Engine engine(ports([] { return fail(ErrorKind::not_sent, "no route to host"); }), bench.current_policy());
  ASSERT_TRUE(engine.start());
  engine.tick();
  EXPECT_FALSE(bench.journal.all_runs(removed).at(0).outcome);
  bench.policy.projects.pop_back();
  ASSERT_TRUE(engine.reload(bench.current_policy()));
  EXPECT_TRUE(eventually([&] {
    engine.tick();
    return bench.journal.all_runs(removed).at(0).outcome == journal::Outcome::skipped;
  }));
}

TEST_F(EngineTest, AClockThatIsAYearAheadRemovesNoRecord) {
  journal::Batch old;
  journal::StartRecord settled;
  settled.instance = InstanceId("i-1");
  settled.requested_at = bench.clock.now().second();
  settled.state = journal::StartState::confirmed;
  settled.settled_at = settled.requested_at;
  old.starts.push_back(settled);
  old.project.emplace().noted_at = settled.requested_at;
  ASSERT_TRUE(bench.journal.commit(kProject, old));
  bench.policy.state.keep = std::chrono::hours{24 * 30};
  bench.cloud.dated = fakes::FakeCloud::Dated::as_it_is;
  Engine engine(ports(), bench.current_policy());
  bench.clock.step(std::chrono::hours{24 * 365});
  ASSERT_TRUE(engine.start());
  engine.tick();
  EXPECT_EQ(bench.events.count(EventId::state_pruned), 0U);
}

TEST_F(EngineTest, TheSlowestTurnIsThatOfTheLaneThatHangs) {
  Engine engine(ports(), bench.current_policy());
  EXPECT_EQ(engine.slowest_turn(), bench.clock.now().mono);
  ASSERT_TRUE(engine.start());
  EXPECT_LE(engine.slowest_turn(), bench.clock.now().mono);
}

TEST_F(EngineTest, SaysOfEachProjectHowItStands) {
  Engine engine(ports([] { return fail(ErrorKind::not_sent, "no route to host"); }), bench.current_policy());
  EXPECT_TRUE(engine.standings().empty());
  ASSERT_TRUE(engine.start());
  EXPECT_TRUE(eventually([&] { return engine.standings().at(kProject).failure == "no route to host"; }));
  EXPECT_EQ(engine.standings().at(kProject).failing_since, bench.clock.now().second());
}

}  // namespace
}  // namespace dbssd::engine
