// The parts of plan(). Each reads Memory and adds to the plan.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "planner/planner.h"

namespace dbssd::planner {

/// Questions to ask, of which those that have been due the longest are kept: where more are due than can be
/// asked, each gets its turn.
class DueLooks {
 public:
  explicit DueLooks(std::size_t most) : most_(most) {}
  void add(MonoTime since, Call call, std::string_view reason);
  /// The longest due first.
  [[nodiscard]] std::vector<Action> take();

 private:
  struct Entry {
    MonoTime since;
    std::size_t order;
    Action action;
    bool operator<(const Entry& other) const {
      return std::tie(since, order) < std::tie(other.since, other.order);
    }
  };
  std::size_t most_;
  std::size_t added_ = 0;
  std::vector<Entry> heap_;  // the youngest on top
};

/// What every part of plan() is handed, and how it adds to the plan.
struct Planning {
  const Scope& scope;
  const Memory& memory;
  const Now& now;
  const PlanOptions& options;
  Plan& plan;
  std::vector<Action>& starts;   ///< in the order in which they should leave
  std::vector<Action>& reports;  ///< in the order in which they should leave
  DueLooks& looks;

  void say(telemetry::Event event) const { plan.events.push_back(std::move(event)); }
  void start(StartInstance call, std::string reason) const {
    if (starts.size() < options.max_actions) starts.push_back({std::move(call), std::move(reason)});
  }
  void report(CreateReport call, std::string reason) const {
    if (room_for_reports()) reports.push_back({std::move(call), std::move(reason)});
  }
  void wake_at(Instant t) const { plan.next_wall = plan.next_wall ? std::min(*plan.next_wall, t) : t; }
  void wake_at(MonoTime t) const { plan.next_mono = plan.next_mono ? std::min(*plan.next_mono, t) : t; }
  [[nodiscard]] bool room_for_reports() const { return reports.size() < options.max_actions; }

  /// Adds the look where it is due. Otherwise the plan wakes when it will be.
  void look_when_due(const Look& state, Call call, std::string_view reason) const;

  /// Leaves word of why something is left alone, where that was asked for.
  void stand(const journal::InstanceRecord& instance, std::string_view verdict, std::string reason,
             const ReportName& report = {}, std::optional<Instant> scheduled = {}) const;
};

void plan_looks(const Planning& in);      ///< the list, creation jobs, the summary task
void plan_starts(const Planning& in);     ///< SHUTOFF instances
void plan_schedules(const Planning& in);  ///< scheduled times that came due become runs
void plan_runs(const Planning& in);       ///< open runs: sent, looked up, followed, ended, archived
void plan_archives(const Planning& in);   ///< archived files that have been kept long enough

}  // namespace dbssd::planner
