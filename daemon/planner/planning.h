// The parts of plan(). Each reads Memory and adds to the plan.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "planner/looks.h"
#include "planner/planner.h"

namespace dbssd::planner {

/// Questions to ask, of which those that have been due the longest are kept: where more are due than can be
/// asked, each gets its turn. Of those that failed before, the ones that did so the least often are kept.
class DueLooks {
 public:
  /// `is_probed`: the one call that sees how the cloud is has been chosen, and all others of its kind wait.
  DueLooks(const Memory& memory, MonoTime now, bool is_probed, std::size_t most, std::size_t most_further)
      : memory_(memory),
        now_(now),
        is_probed_(is_probed),
        first_{most, {}},
        further_{most_further, {}},
        local_{most, {}} {}
  void add(MonoTime since, Call call, std::string_view reason) {
    const int failures = failures_before(memory_, call);
    add(failures, since, std::move(call), reason);
  }
  void add(int failures, MonoTime since, Call call, std::string_view reason);
  /// To the next plan: none of them is taken from this one.
  void put_off();
  /// The longest due first.
  [[nodiscard]] std::vector<Action> take_first() { return first_.take(); }
  /// Those that failed the least often first.
  [[nodiscard]] std::vector<Action> take_further() { return further_.take(); }
  /// What does not ask the cloud.
  [[nodiscard]] std::vector<Action> take_local() { return local_.take(); }
  /// Some are held back, and not among these.
  [[nodiscard]] bool holds_any() const { return holds_any_; }

 private:
  struct Entry {
    int failures;
    MonoTime since;
    std::size_t order;
    Action action;
    bool operator<(const Entry& other) const {
      return std::tie(failures, since, order) < std::tie(other.failures, other.since, other.order);
    }
  };
  struct Kept {
    std::size_t most;
    std::vector<Entry> heap;  // the last to go on top
    [[nodiscard]] bool has_room_for(int failures, MonoTime since) const;
    void add(Entry&& entry);
    [[nodiscard]] std::vector<Action> take();
  };
  const Memory& memory_;
  const MonoTime now_;
  const bool is_probed_;
  Kept first_;
  Kept further_;
  Kept local_;
  std::size_t added_ = 0;
  bool holds_any_ = false;
};

/// Calls that change the cloud, in the order in which they should leave; those whose like failed before by
/// themselves.
struct DueActs {
  std::vector<Action> first;
  std::vector<Action> further;
  bool holds_any = false;  ///< some are held back, and not among these
};

/// What one plan writes of runs, over all schedules: what came due after a long outage is decided a part at a
/// time, each durable before the next. What is opened leaves room for what is ended.
inline constexpr std::size_t kMostRuns = 20'000;
inline constexpr std::size_t kMostOpened = 10'000;

/// What every part of plan() is handed, and how it adds to the plan.
struct Planning {
  const Scope& scope;
  const Memory& memory;
  const Now& now;      ///< never later than the time that is sure
  bool is_clock_held;  ///< the wall clock is ahead of that
  bool is_probed;      ///< as of DueLooks
  const PlanOptions& options;
  Plan& plan;
  DueActs& starts;
  DueActs& reports;
  DueLooks& looks;

  void say(telemetry::Event event) const { plan.events.push_back(std::move(event)); }
  void start(StartInstance call, std::string reason) const {
    add(starts, std::move(call), std::move(reason));
  }
  void report(CreateReport call, std::string reason) const {
    add(reports, std::move(call), std::move(reason));
  }
  void wake_at(Instant t) const {
    // A clock that is not believed has passed that time, or will too soon.
    if (is_clock_held) return wake_at(now.mono + std::max<Millis>(WallTime(t) - now.wall, Millis::zero()));
    plan.next_wall = plan.next_wall ? std::min(*plan.next_wall, t) : t;
  }
  void wake_at(MonoTime t) const { plan.next_mono = plan.next_mono ? std::min(*plan.next_mono, t) : t; }
  [[nodiscard]] bool room_for_reports() const { return reports.first.size() < options.max_actions; }

  [[nodiscard]] std::size_t room_to_open() const {
    return kMostOpened - std::min(kMostOpened, plan.records.runs.size());
  }
  /// The intents of the calls have their part of it.
  [[nodiscard]] bool has_room_to_end() const {
    return plan.records.runs.size() + std::min(options.max_actions, kMostOpened / 2) < kMostRuns;
  }
  /// The rest is for the next plan, which follows at once.
  void cut() const {
    plan.is_cut = true;
    wake_at(now.second());
  }

  /// Those that are merged into this run, if any, end as it has.
  void end_merged(const journal::RunRecord& carrier) const;

  /// Adds the look where it is due. Otherwise the plan wakes when it will be.
  void look_when_due(const Look& state, Call call, std::string_view reason) const;

  /// Whether the time is long over, no clock tells: what begins or ends with now waits.
  [[nodiscard]] bool is_time_unconfirmed() const {
    return is_clock_held && memory.clock.doubt != ClockDoubt::service;
  }

  /// Leaves word of why something is left alone, where that was asked for.
  void stand(const journal::InstanceRecord& instance, std::string_view verdict, std::string reason,
             const ReportName& report = {}, std::optional<Instant> scheduled = {}) const;

 private:
  void add(DueActs& acts, Call call, std::string reason) const;
};

void plan_looks(const Planning& in);      ///< the list, creation jobs, the summary task
void plan_starts(const Planning& in);     ///< SHUTOFF instances
void plan_schedules(const Planning& in);  ///< scheduled times that came due become runs
void plan_runs(const Planning& in);       ///< open runs: sent, looked up, followed, ended, archived
void plan_archives(const Planning& in);   ///< archived files that have been kept long enough

}  // namespace dbssd::planner
