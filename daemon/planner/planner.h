// The planner: what a lane does with what it knows. Every function here is pure but for the Memory it is
// handed: no clock, no I/O, no logging, no randomness. The order in a lane's turn:
//
//   answers ─► learn() ─► Memory + records + events         (facts: what the cloud says has happened)
//   Memory  ─► plan()  ─► records + events + actions        (decisions: what follows from it)
//   commit both sets of records ─► apply() ─► emit ─► sent() each action as its call leaves
//
// plan() reads Memory only, so a plan that could not be made durable is dropped and leaves nothing behind.
// Planning again after every action succeeded yields nothing to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/expected.h"
#include "planner/memory.h"
#include "planner/plan.h"
#include "policy/policy.h"
#include "schedule/zone.h"

namespace dbssd::planner {

/// The lane's share of the policy.
struct Scope {
  const policy::Policy& policy;
  const policy::Project& project;
};

struct ReportsSeen {
  cloud::ReportListing listing;
  std::vector<ReportId>
      claimed;  ///< those of the listing that runs in the journal have, of any state and age
};
struct Accepted {};
struct Downloaded {
  std::string path;
  std::int64_t bytes = 0;
  std::string sha256;  ///< of what was written, in hexadecimal
};
struct ExpiredArchives {
  std::vector<journal::RunRecord> runs;
};
struct Removed {
  bool was_there = true;
};
using Reply = std::variant<Accepted, cloud::InstanceListing, std::vector<cloud::Job>, cloud::SummaryTask,
                           cloud::TemplateListing, ReportsSeen, Downloaded, ExpiredArchives, Removed>;

/// What became of one action.
struct Answer {
  Call call;
  Expected<Reply> reply;
  MonoTime sent_at{};
  Millis took{};
  std::optional<cloud::TokenLife> token = {};   ///< of what let it in, as far as it is known
  bool cancelled = false;                       ///< by ourselves: its failure says nothing of the cloud
  std::optional<cloud::ServiceDate> date = {};  ///< of this answer or a later one, where any told the time
};

/// What is to be written and said because of a fact.
struct Learned {
  journal::Batch records;
  std::vector<telemetry::Event> events;
};

/// Memory from the journal. A call that was under way when the last process ended becomes one of unknown
/// outcome.
[[nodiscard]] Learned remember(const Scope& scope, journal::Remembered remembered, const Now& now,
                               Memory& memory);

/// How far back remember() needs starts: as far as any flap rule looks or holds.
[[nodiscard]] Seconds start_horizon(const policy::Policy& policy);

/// What to say where times are decided that this clock has not reached, because it is wrong or was: nothing
/// is due until then. To be asked when a lane begins, and when the clock was set.
[[nodiscard]] std::optional<telemetry::Event> decided_ahead(const Scope& scope, const Memory& memory,
                                                            const Now& now);

/// Notices where the wall clock does not run as time does, and where it is believed again; says so. To be
/// asked before each plan(): all functions here take both clocks as they are read, and decide nothing beyond
/// the time that is sure (clock_trust.h).
[[nodiscard]] Learned watch_clock(const Scope& scope, Memory& memory, const Now& read);

/// Applies the rules' selections to the fleet and compiles the schedules. Needed after a change of policy, of
/// zone data or of the fleet (Memory::bindings_stale). Fails where the zone data lacks a zone; bindings of
/// other rules are made, and without the zone of the wire no report is asked for.
[[nodiscard]] std::vector<Error> bind(const Scope& scope, schedule::ZoneDatabase& zones, Memory& memory);

/// A listing is moved from, not copied: it can be the whole fleet.
[[nodiscard]] Learned learn(const Scope& scope, Answer answer, const Now& now, Memory& memory);

/// A report that somebody asks for by hand.
struct Asked {
  journal::RunKey key;  ///< `scheduled` is when it was asked for: no time that any schedule names
  Window window;
};
/// Opens its run, where Memory knows none of that name. That the journal knows none either is for the caller
/// to see to.
[[nodiscard]] Learned ask(const Scope& scope, const Asked& asked, const Now& now, Memory& memory);

struct PlanOptions {
  bool explain = false;  ///< fill Plan::standing, and the names of actions
  std::size_t max_actions =
      256;  ///< the rest is planned in a later turn; nobody's actions crowd out another kind's
};
[[nodiscard]] Plan plan(const Scope& scope, const Memory& memory, const Now& now,
                        const PlanOptions& options = {});

/// The plan's own records (not those of its actions) are durable: Memory takes them up. Its runs are moved
/// from, for they can be many.
void apply(Plan& plan, Memory& memory);

/// Memory before remember(), for the same process once more: what the journal does not know of is kept, such
/// as how the cloud answers and how much may still be asked of it.
void forget_records(Memory& memory);

/// The clocks jumped: nothing is started before the list has been read again, and nothing is removed for a
/// while.
void distrust(Memory& memory, const Now& now);

/// The record to commit before the call leaves; nothing for a look.
[[nodiscard]] journal::Batch intent_of(const Action& action);

/// The action's intent is durable and its call is leaving. Returns the events that say so.
[[nodiscard]] std::vector<telemetry::Event> sent(const Scope& scope, const Action& action, const Now& now,
                                                 Memory& memory);

}  // namespace dbssd::planner
