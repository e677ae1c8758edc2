#include "engine/engine.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "engine/client_of.h"
#include "engine/clock_watch.h"
#include "engine/lane_thread.h"
#include "engine/pruning.h"
#include "engine/removed_projects.h"
#include "engine/requests.h"

namespace dbssd::engine {

using telemetry::Event;
using telemetry::EventId;

namespace {

constexpr Millis kStopWithin{1500};
constexpr Millis kStopPoll{5};
constexpr Seconds kPruneInterval = std::chrono::hours{24};

using Clients = std::map<ProjectName, std::shared_ptr<cloud::CloudApi>>;
using Lanes = std::map<ProjectName, std::unique_ptr<LaneThread>>;

}  // namespace

class Engine::State {
 public:
  State(Ports ports, std::shared_ptr<const policy::Policy> policy)
      : ports_(std::move(ports)), policy_(std::move(policy)), watch_(ports_.clock.now()) {}
  ~State() { (void)stop(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Expected<void> start() { return reload(policy_); }

  Expected<void> reload(std::shared_ptr<const policy::Policy> policy) {
    // All that can fail comes before anything changes. What changes while it is read is read again.
    std::map<ProjectName, Secrets> secrets;
    for (const policy::Project& project : policy->projects)
      secrets[project.name].taken_up = version_of(project);
    auto clients = clients_for(*policy);
    if (!clients) return fail(std::move(clients.error()));
    std::map<ProjectName, std::unique_ptr<Lane>> added;
    for (std::size_t index = 0; index < policy->projects.size(); ++index) {
      const ProjectName& name = policy->projects[index].name;
      if (lanes_.contains(name)) continue;
      // Its former lane may have a call under way, of which the new one would know nothing.
      if (!retired_.empty() && !await_retired())
        return fail(ErrorKind::internal,
                    "a project that was removed a moment ago has not ended yet; reload again");
      auto lane = loaded_lane(policy, index);
      if (!lane) return fail(std::move(lane.error()));
      added.emplace(name, std::move(*lane));
    }
    retire_all_but(*clients);
    for (std::size_t index = 0; index < policy->projects.size(); ++index) {
      const ProjectName& name = policy->projects[index].name;
      if (const auto lane = lanes_.find(name); lane != lanes_.end())
        lane->second->reload(policy, index, clients->at(name));
    }
    for (auto& [name, lane] : added)
      lanes_.emplace(name, std::make_unique<LaneThread>(ports_, std::move(lane), clients->at(name)));
    begin_lanes();
    policy_ = std::move(policy);
    secrets_ = std::move(secrets);
    is_to_end_removed_ = true;
    is_end_failure_said_ = false;
    return {};
  }

  void tick() {
    const Now now = ports_.clock.now();
    if (const auto jump = watch_.step(now)) {
      say_jump(*jump);
      for (auto& [name, lane] : lanes_) lane->clock_jumped();
    }
    if (ports_.zones.refresh())
      for (auto& [name, lane] : lanes_) lane->zones_changed();
    take_up_changed_secrets();
    serve_requests(ports_.requests, ports_.journal, ports_.events, [this](const Request& request) {
      const auto lane = lanes_.find(request.project);
      if (lane == lanes_.end()) return "the policy has no project " + request.project.str();
      lane->second->ask(request);
      return std::string();
    });
    reap();
    end_removed(now);
    begin_lanes();
    if (now.mono >= next_prune_) prune(now);
  }

  [[nodiscard]] MonoTime slowest_turn() const {
    MonoTime slowest = MonoTime::max();
    for (const auto& [name, lane] : lanes_)
      if (lane->has_begun()) slowest = std::min(slowest, lane->last_turn());
    return slowest == MonoTime::max() ? ports_.clock.now().mono : slowest;
  }

  [[nodiscard]] std::map<ProjectName, MonoTime> turns() const {
    std::map<ProjectName, MonoTime> turns;
    for (const auto& [name, lane] : lanes_) turns.emplace(name, lane->last_turn());
    return turns;
  }

  [[nodiscard]] ProjectStandings standings() const {
    ProjectStandings standings;
    for (const auto& [name, lane] : lanes_) standings.emplace(name, lane->standing());
    return standings;
  }

  bool stop() {
    for (auto& [name, lane] : lanes_) retired_.push_back(std::move(lane));
    lanes_.clear();
    for (const auto& lane : retired_) lane->stop();
    if (pruning_) pruning_->stop();
    const auto deadline = std::chrono::steady_clock::now() + kStopWithin;
    const bool all_ended = await_retired(deadline);
    const bool has_pruned = await_pruning(deadline);
    // A lane that hangs in a call is left to the end of the process: joining it could take for ever.
    static auto* const left_behind = new std::vector<LaneThread*>;
    for (auto& lane : retired_) left_behind->push_back(lane.release());
    retired_.clear();
    if (!has_pruned) (void)pruning_.release();
    return all_ended && has_pruned;
  }

 private:
  void reap() {
    std::erase_if(retired_, [](const auto& lane) { return lane->has_ended(); });
  }

  bool await_pruning(std::chrono::steady_clock::time_point deadline) const {
    while (pruning_ && !pruning_->has_ended()) {
      if (std::chrono::steady_clock::now() >= deadline) return false;
      std::this_thread::sleep_for(kStopPoll);
    }
    return true;
  }

  bool await_retired() { return await_retired(std::chrono::steady_clock::now() + kStopWithin); }
  bool await_retired(std::chrono::steady_clock::time_point deadline) {
    for (reap(); !retired_.empty() && std::chrono::steady_clock::now() < deadline; reap())
      std::this_thread::sleep_for(kStopPoll);
    return retired_.empty();
  }

  Expected<Clients> clients_for(const policy::Policy& policy) const {
    Clients clients;
    for (const policy::Project& project : policy.projects) {
      auto client = client_of(ports_, project);
      if (!client) return fail(std::move(client.error()));
      clients.emplace(project.name, std::move(*client));
    }
    return clients;
  }

  Expected<std::unique_ptr<Lane>> loaded_lane(const std::shared_ptr<const policy::Policy>& policy,
                                              std::size_t project) const {
    auto lane = std::make_unique<Lane>(ports_, policy, project, Mode::act);
    if (auto loaded = lane->load(); !loaded) return fail(std::move(loaded.error()));
    return lane;
  }

  /// Where the host grants no thread to one, it grants none to the next either.
  void begin_lanes() {
    for (const auto& [name, lane] : lanes_)
      if (!lane->has_begun() && !lane->begin()) return;
  }

  /// Lanes of removed projects end by themselves, and are reaped by a later tick.
  void retire_all_but(const Clients& kept) {
    for (auto lane = lanes_.begin(); lane != lanes_.end();) {
      if (kept.contains(lane->first)) {
        ++lane;
        continue;
      }
      lane->second->stop();
      retired_.push_back(std::move(lane->second));
      lane = lanes_.erase(lane);
    }
  }

  void say_jump(Millis jump) const {
    Event event;
    event.id = EventId::clock_jumped;
    event.msg = "the wall clock jumped, or the host slept";
    event.reason = std::string(jump > Millis::zero() ? "forward by " : "back by ") +
                   format_duration(std::chrono::round<Seconds>(std::chrono::abs(jump)));
    ports_.events.emit(event);
  }

  [[nodiscard]] std::uint64_t version_of(const policy::Project& project) const {
    return ports_.secrets_version ? ports_.secrets_version(project) : 0;
  }

  void take_up_changed_secrets() {
    for (std::size_t index = 0; index < policy_->projects.size(); ++index) {
      const policy::Project& project = policy_->projects[index];
      Secrets& secrets = secrets_[project.name];
      const std::uint64_t version = version_of(project);
      if (version == secrets.taken_up) continue;
      auto client = client_of(ports_, project);
      Event event;
      event.project = project.name;
      if (!client) {
        // It may be just being written. The former goes on, and it is read again.
        if (std::exchange(secrets.refused, version) == version) continue;
        event.id = EventId::auth_failed;
        event.msg = "a secret has changed and cannot be read; the former goes on";
        event.reason = client.error().message;
        event.error_kind = client.error().kind;
      } else {
        secrets = {version, {}};
        lanes_.at(project.name)->reload(policy_, index, std::move(*client));
        event.id = EventId::auth_renewed;
        event.msg = "a secret has changed on this host and is read anew";
      }
      ports_.events.emit(event);
    }
  }

  /// What is removed does not come back when the clock is set right: the time that is sure for every lane
  /// counts.
  [[nodiscard]] Instant sure_second(const Now& now) const {
    WallTime sure = now.wall;
    for (const auto& [name, lane] : lanes_) {
      const Now seen = lane->sure();
      sure = std::min(sure, seen.wall + std::chrono::floor<Millis>(now.mono - seen.mono));
    }
    return std::chrono::floor<Seconds>(sure);
  }

  void prune(const Now& now) {
    if (!pruning_) pruning_ = std::make_unique<Pruning>(ports_.journal, ports_.events, ports_.threads);
    if (pruning_->begin(sure_second(now), policy_->state.keep)) next_prune_ = now.mono + kPruneInterval;
  }

  /// Once the lane of a removed project has ended, what it left open ends as well.
  void end_removed(const Now& now) {
    if (!is_to_end_removed_ || !retired_.empty()) return;
    const auto more = end_removed_projects(*policy_, ports_.journal, ports_.events, sure_second(now));
    if (more) is_to_end_removed_ = *more;
    if (more || is_end_failure_said_) return;
    is_end_failure_said_ = true;
    Event event;
    event.id = EventId::state_failed;
    event.msg = "what is open of projects that the policy does not have cannot be ended; it is tried again";
    event.reason = more.error().message;
    event.error_kind = more.error().kind;
    ports_.events.emit(event);
  }

  /// Versions of a project's secrets.
  struct Secrets {
    std::uint64_t taken_up = 0;
    std::optional<std::uint64_t> refused = {};
  };

  const Ports ports_;
  std::shared_ptr<const policy::Policy> policy_;
  std::map<ProjectName, Secrets> secrets_;
  ClockWatch watch_;
  MonoTime next_prune_{};
  Lanes lanes_;
  std::vector<std::unique_ptr<LaneThread>> retired_;
  bool is_to_end_removed_ = false;
  bool is_end_failure_said_ = false;
  std::unique_ptr<Pruning> pruning_;
};

Engine::Engine(Ports ports, std::shared_ptr<const policy::Policy> policy)
    : state_(std::make_unique<State>(std::move(ports), std::move(policy))) {}
Engine::~Engine() = default;
Expected<void> Engine::start() { return state_->start(); }
Expected<void> Engine::reload(std::shared_ptr<const policy::Policy> policy) {
  return state_->reload(std::move(policy));
}
void Engine::tick() { state_->tick(); }
MonoTime Engine::slowest_turn() const { return state_->slowest_turn(); }
std::map<ProjectName, MonoTime> Engine::turns() const { return state_->turns(); }
ProjectStandings Engine::standings() const { return state_->standings(); }
bool Engine::stop() { return state_->stop(); }

}  // namespace dbssd::engine
