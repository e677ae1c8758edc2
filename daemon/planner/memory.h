// What a lane knows: the journal's records in memory, and what is worth knowing only while the process lives.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/time.h"
#include "cloud/types.h"
#include "journal/journal.h"
#include "planner/clock_trust.h"
#include "planner/health.h"
#include "planner/known.h"
#include "planner/plan.h"
#include "planner/retry_budget.h"
#include "policy/policy.h"
#include "schedule/cron.h"
#include "schedule/zone.h"

namespace dbssd::planner {

/// What a schedule was before the policy changed it: its past is decided by this.
struct Former {
  schedule::Cron cron;
  schedule::Zone zone;
  schedule::WindowRule window;
};

/// One report rule on one instance, compiled: H resolved, zone loaded.
struct Binding {
  std::size_t rule = 0;  ///< index into Policy::reports
  InstanceId instance;
  schedule::Cron cron;
  schedule::Zone zone;
  std::optional<Former> former;  ///< the schedule changed, and the change is not yet recorded
  bool next_known = false;
  std::optional<Instant> next;
};

/// Runs in the order of their instances, so that those of one instance stand together.
struct ByInstance {
  using is_transparent = void;
  bool operator()(const journal::RunKey& a, const journal::RunKey& b) const {
    if (const auto order = a.instance <=> b.instance; order != 0) return order < 0;
    return a < b;
  }
  bool operator()(const journal::RunKey& a, const InstanceId& b) const { return a.instance < b; }
  bool operator()(const InstanceId& a, const journal::RunKey& b) const { return a < b.instance; }
};

using ScheduleKey = std::pair<ReportName, InstanceId>;

/// The runs that are merged into one carrier. Their records stay in the journal: they can be very many.
struct JoinedRuns {
  Instant begin{};  ///< of their windows, the earliest
  std::int64_t runs = 0;
};

/// Owned by one lane and changed by its thread alone.
struct Memory {
  // As in the journal.
  journal::ProjectRecord project;
  std::map<InstanceId, Instance> instances;
  std::map<ScheduleKey, journal::ScheduleRecord> schedules;
  std::map<journal::RunKey, Run, ByInstance> runs;
  std::map<journal::RunKey, JoinedRuns> joined;  ///< by their carrier, until that has its outcome
  std::map<ResourceId, Job> jobs;
  std::map<cloud::BusiType, Summary> summaries;
  std::map<InstanceId, Instance>
      lost_instances;  ///< a damaged journal has their starts, and not their record

  // Of this process.
  Instant began{};
  Look listing;
  std::optional<MonoTime> cycle_began;           ///< a cycle lasts for a reconcile interval, however often
                                                 ///< the list is read meanwhile
  std::map<std::string, int> starts_this_cycle;  ///< by start rule
  std::set<std::string> capped_this_cycle;       ///< start rules whose cap was already said
  std::string listing_problems;                  ///< as last said
  Health health;
  journal::ProjectRecord project_on_record;  ///< `project` as newest written
  MonoTime project_noted{};                  ///< when that was
  RetryBudget retries;
  ClockTrust clock;
  bool told_time_zone = false;  ///< that api_time_zone is suspect
  Look archive_look;
  std::map<journal::RunKey, ExpiredArchive> expired_archives;  ///< as the newest look found them
  MonoTime archives_rest_until{};                              ///< the clocks jumped: none is removed before
  int in_flight = 0;
  std::array<int, std::variant_size_v<Call>> in_flight_of{};  ///< likewise, by the index of Call
  std::uint64_t calls_sent = 0;

  // From bind().
  std::optional<schedule::Zone> wire_zone;  ///< in which a create call names its window
  std::vector<Binding> bindings;
  std::unordered_map<ReportName, std::size_t> rules;  ///< index into Policy::reports
  std::vector<ScheduleKey> unbound;  ///< schedules to be ended: nobody asks for them any more
  bool bindings_stale = true;        ///< the fleet changed since bind()
};

/// Whether an outage is one of such calls too.
[[nodiscard]] inline bool concerns(const Health& health, const Call& call) {
  return !health.only_throttled || health.throttled_kinds.test(call.index());
}

/// Calls under way that the outage concerns.
[[nodiscard]] inline int held_in_flight(const Memory& memory) {
  if (!memory.health.only_throttled) return memory.in_flight;
  int held = 0;
  for (std::size_t kind = 0; kind < memory.in_flight_of.size(); ++kind)
    if (memory.health.throttled_kinds.test(kind)) held += memory.in_flight_of.at(kind);
  return held;
}

}  // namespace dbssd::planner
