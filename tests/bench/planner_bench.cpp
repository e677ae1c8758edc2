// What a lane's turn costs over a fleet of 100,000 instances in one project, without the journal and the
// cloud.
#include <benchmark/benchmark.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "planner/planner.h"

namespace dbssd::planner {
namespace {

constexpr int kFleet = 100'000;

/// Listed just now; a hundredth is SHUTOFF, and a daily report of each instance is due in an hour.
class ListedLane {
 public:
  ListedLane() {
    policy_.projects.emplace_back().name = ProjectName("prod");
    policy_.summary.busi_types.clear();
    policy_.instances.start.emplace_back().name = "keep-running";
    policy_.instances.start.back().max_per_cycle = kFleet;
    policy::ReportRule daily{.name = ReportName("daily-sox"),
                             .report_template = {},
                             .schedule = *schedule::Cron::parse("0 6 * * *"),
                             .time_zone = "Europe/Berlin"};
    daily.report_template.value = "t8g7LJgBTpKZyZbbeTgS";
    daily.spread = Seconds::zero();
    policy_.reports.push_back(std::move(daily));
    static_cast<void>(remember(scope(), {}, now, memory));
    learn_listing(listing());
    // The schedules' first records: nothing before now is missed.
    decide_all();
  }

  /// Plans until nothing more is written.
  void decide_all() {
    for (bool has_written = true; has_written;) {
      Plan made = plan(scope(), memory, now, {.max_actions = 0});
      has_written = !made.records.empty();
      apply(made, memory);
    }
  }

  static cloud::InstanceListing listing() {
    cloud::InstanceListing listing;
    for (int i = 0; i < kFleet; ++i) {
      const std::string id = "0f7ba9f5-66f5-c7a2-8243-" + std::to_string(100'000'000'000 + i);
      cloud::Instance& instance = listing.instances.emplace_back();
      instance.id = InstanceId(id);
      instance.resource_id = ResourceId("r-" + id);
      instance.name = "prod-" + std::to_string(i);
      instance.status = i % 100 == 0 ? cloud::InstanceStatus::shutoff : cloud::InstanceStatus::active;
    }
    return listing;
  }
  void learn_listing(cloud::InstanceListing listing) {
    const Answer answer{.call = ListInstances{}, .reply = Reply(std::move(listing)), .sent_at = now.mono};
    static_cast<void>(learn(scope(), answer, now, memory));
    if (!bind(scope(), zones_, memory).empty()) throw std::runtime_error("a zone is missing");
  }
  void wait(Seconds span) {
    now.wall += span;
    now.mono += span;
  }
  [[nodiscard]] Scope scope() const { return {policy_, policy_.projects.front()}; }

  Memory memory;
  Now now{*parse_utc("2025-06-02T03:00:00Z"), MonoTime(std::chrono::hours{1})};

 private:
  policy::Policy policy_;
  schedule::ZoneDatabase zones_;
};

void say(benchmark::State& state, const char* what) {
  state.SetLabel(what);
  state.SetItemsProcessed(state.iterations() * kFleet);
}

void Learns(benchmark::State& state) {
  ListedLane lane;
  const cloud::InstanceListing listing = ListedLane::listing();
  for (auto _ : state) lane.learn_listing(listing);
  say(state, "learning a listing of 100,000 instances, and what the rules select");
}
BENCHMARK(Learns)->Unit(benchmark::kMillisecond);

void PlansStarts(benchmark::State& state) {
  const ListedLane lane;
  for (auto _ : state) {
    const Plan made = plan(lane.scope(), lane.memory, lane.now, {.max_actions = kFleet});
    if (made.actions.size() < kFleet / 100) state.SkipWithError("starts are missing");
  }
  say(state, "a plan over 100,000 instances: 1,000 are to be started");
}
BENCHMARK(PlansStarts)->Unit(benchmark::kMillisecond);

void PlansReports(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    auto lane = std::make_unique<ListedLane>();
    lane->wait(std::chrono::hours{1} + Seconds{1});
    state.ResumeTiming();
    lane->decide_all();
    state.PauseTiming();
    if (lane->memory.runs.size() != kFleet) state.SkipWithError("runs are missing");
    lane.reset();
    state.ResumeTiming();
  }
  say(state, "the plans over 100,000 instances, of each of which a report has come due");
}
BENCHMARK(PlansReports)->Unit(benchmark::kMillisecond)->Iterations(3);

void FollowsReports(benchmark::State& state) {
  ListedLane lane;
  lane.wait(std::chrono::hours{1} + Seconds{1});
  lane.decide_all();
  for (auto& [key, run] : lane.memory.runs) {
    run.record.state = journal::RunState::accepted;
    run.watched_since = lane.now.mono;
  }
  for (auto _ : state) {
    const Plan made = plan(lane.scope(), lane.memory, lane.now);
    if (made.actions.empty()) state.SkipWithError("no report is looked for");
  }
  say(state, "a plan over 100,000 reports that are being made");
}
BENCHMARK(FollowsReports)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dbssd::planner
