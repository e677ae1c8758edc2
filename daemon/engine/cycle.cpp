#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "engine/client_of.h"
#include "engine/lane.h"
#include "engine/perform.h"
#include "engine/removed_projects.h"
#include "engine/requests.h"
#include "engine/rhythm.h"
#include "engine/workers.h"

namespace dbssd::engine {
namespace {

constexpr Millis kStopLook{50};

/// One project's cycle: turns until nothing is due and no call is under way.
class Cycle {
 public:
  Cycle(const Ports& ports, std::unique_ptr<Lane> lane, std::unique_ptr<cloud::CloudApi> client)
      : ports_(ports),
        lane_(std::move(lane)),
        client_(std::move(client)),
        rhythm_(lane_->project().limits),
        workers_(static_cast<std::size_t>(lane_->project().limits.in_flight),
                 {.purpose = "a worker of " + lane_->project().name.str(), .watch = ports_.threads}) {
    report_.name = lane_->project().name;
  }

  /// Before run().
  void ask(const Request& request) { lane_->ask(request); }
  [[nodiscard]] const ProjectName& name() const { return report_.name; }
  [[nodiscard]] Instant sure_now() const { return lane_->sure_now().second(); }

  CycleReport::Project run(const std::function<bool()>& stop) {
    try {
      turn_until_done(stop);
    } catch (const std::exception& thrown) {
      note_failure(std::string("unexpected: ") + thrown.what());
    }
    return std::move(report_);
  }

 private:
  void turn_until_done(const std::function<bool()>& stop) {
    while (true) {
      const std::size_t room = cancelled_ ? 0 : rhythm_.room(lane_->calls_under_way());
      const Lane::Turn turn = lane_->turn(room);
      for (const planner::Action& action : turn.calls) make(action.call);
      rhythm_.turned(ports_.clock.now().mono, turn.thought, room, turn.calls.size(),
                     lane_->calls_under_way());
      if (turn.is_cut && !stop()) continue;
      if (lane_->calls_under_way() == 0) break;
      for (planner::Answer& answer : wait(stop)) take(std::move(answer));
    }
    if (const auto saved = lane_->save(); !saved) note_failure(saved.error().message);
    report_.plan = lane_->explain();
  }

  void make(const planner::Call& call) {
    workers_.submit([this, call, project = report_.name] {
      planner::Answer answer = perform(call, project, *client_, ports_.journal, ports_.clock);
      const std::scoped_lock lock(mutex_);
      answers_.push_back(std::move(answer));
      if (answers_.size() >= enough_) arrived_.notify_one();
    });
  }

  std::vector<planner::Answer> wait(const std::function<bool()>& stop) {
    std::unique_lock lock(mutex_);
    const auto rest = rhythm_.rests_until() - ports_.clock.now().mono;
    if (sleep(lock, rhythm_.enough(), std::min<MonoTime::duration>(rest, kStopLook)))
      return std::exchange(answers_, {});
    while (!sleep(lock, 1, kStopLook)) {
      lock.unlock();
      workers_.ask_for_threads();
      workers_.run_stranded();  // this thread has nothing else to do
      lock.lock();
      if (cancelled_ || !stop()) continue;
      cancelled_ = true;
      client_->cancel();
    }
    return std::exchange(answers_, {});
  }

  bool sleep(std::unique_lock<std::mutex>& lock, std::size_t enough, MonoTime::duration at_most) {
    enough_ = enough;
    return arrived_.wait_for(lock, std::max(at_most, MonoTime::duration::zero()),
                             [this, enough] { return answers_.size() >= enough; });
  }

  void take(planner::Answer&& answer) {
    answer.cancelled = cancelled_;
    if (!answer.reply) {
      note_failure(planner::describe(answer.call) + ": " + answer.reply.error().message);
    } else if (std::holds_alternative<planner::ListInstances>(answer.call)) {
      report_.asked = true;
    }
    lane_->take(std::move(answer));
  }

  void note_failure(std::string message) {
    if (report_.failures++ == 0) report_.first_failure = std::move(message);
  }

  const Ports& ports_;
  const std::unique_ptr<Lane> lane_;
  const std::unique_ptr<cloud::CloudApi> client_;
  CycleReport::Project report_;
  Rhythm rhythm_;
  bool cancelled_ = false;

  std::mutex mutex_;
  // Guarded by mutex_.
  std::condition_variable arrived_;
  std::vector<planner::Answer> answers_;
  std::size_t enough_ = 1;  ///< answers for which it is woken

  Workers workers_;  ///< last: its jobs use all of the above
};

void hand_over_requests(const Ports& ports, const std::vector<std::unique_ptr<Cycle>>& cycles) {
  serve_requests(ports.requests, ports.journal, ports.events, [&cycles](const Request& request) {
    const auto cycle = std::ranges::find(cycles, request.project, [](const auto& c) { return c->name(); });
    if (cycle == cycles.end()) return "the policy has no project " + request.project.str();
    (*cycle)->ask(request);
    return std::string();
  });
}

/// By the time that is sure for every project, as what is ended beyond it would be decided ahead.
Expected<void> end_removed(const Ports& ports, const policy::Policy& policy,
                           const std::vector<std::unique_ptr<Cycle>>& cycles) {
  Instant now = ports.clock.now().second();
  for (const auto& cycle : cycles) now = std::min(now, cycle->sure_now());
  for (;;) {
    const auto more = end_removed_projects(policy, ports.journal, ports.events, now);
    if (!more) return fail(more.error());
    if (!*more) return {};
  }
}

}  // namespace

Expected<CycleReport> run_cycle(const Ports& ports, const std::shared_ptr<const policy::Policy>& policy,
                                Mode mode, const std::function<bool()>& stop) {
  std::vector<std::unique_ptr<Cycle>> cycles;
  for (std::size_t index = 0; index < policy->projects.size(); ++index) {
    auto lane = std::make_unique<Lane>(ports, policy, index, mode);
    if (auto loaded = lane->load(); !loaded) return fail(std::move(loaded.error()));
    auto client = client_of(ports, policy->projects[index]);
    if (!client) return fail(std::move(client.error()));
    cycles.push_back(std::make_unique<Cycle>(ports, std::move(lane), std::move(*client)));
  }
  if (mode == Mode::act) {
    if (const auto ended = end_removed(ports, *policy, cycles); !ended) return fail(ended.error());
    hand_over_requests(ports, cycles);
  }
  CycleReport report;
  report.projects.resize(cycles.size());
  {
    const auto run = [&](std::size_t i) { report.projects[i] = cycles[i]->run(stop); };
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < cycles.size(); ++i) {
      const std::string purpose = "the cycle of " + cycles[i]->name().str();
      auto thread = start_thread(purpose, ports.threads, [&run, i] { run(i); });
      if (thread) {
        threads.push_back(*std::move(thread));
        continue;
      }
      if (ports.threads != nullptr) ports.threads->refused(purpose, thread.error());
      run(i);  // on this thread: the next one waits for it
    }
  }
  // What is on record by now needs no file any more.
  if (mode == Mode::act)
    serve_requests(ports.requests, ports.journal, ports.events, [](const Request&) { return std::string(); });
  return report;
}

}  // namespace dbssd::engine
