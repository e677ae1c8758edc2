// A plan: what to do now, each with its reason, and when to think again. Data; performing it is the engine's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "cloud/types.h"
#include "journal/journal.h"
#include "telemetry/event.h"

namespace dbssd::planner {

// Looks: they ask the cloud and change nothing there.
struct ListInstances {};
struct ListJobs {
  ResourceId resource_id;
};
struct AskSummary {
  cloud::BusiType busi_type;
};
struct ListTemplates {
  InstanceId instance;
};
struct ListReports {
  InstanceId instance;
  Instant windows_since{};  ///< earliest end of a window that the list may show for those looked for
  std::vector<ReportId>
      wanted{};  ///< where no more than the progress of these is asked; empty: the whole list
};
struct DownloadReport {
  journal::RunKey run;
  ReportId report_id;
  std::string directory;
  std::string locale;
};

/// Asks the journal, not the cloud: archived files of these rules that are older than they are to be kept.
struct FindExpiredArchives {
  struct Rule {
    ReportName report;
    Instant before{};   ///< scheduled earlier than this
    std::string below;  ///< how the file's path begins
  };
  std::vector<Rule> rules;
  std::size_t limit = 0;  ///< files of each rule: none has to wait for another's
};
/// Changes this host alone. It needs no intent: a file that is gone is found to be gone.
struct RemoveArchived {
  journal::RunKey run;
  std::string path;
  std::string directory;  ///< the rule's: nothing outside of it is touched
};

// Acts: they change the cloud. `intent` is committed before the call leaves.
struct StartInstance {
  journal::StartRecord intent;
};
struct CreateReport {
  journal::RunRecord intent;
};

using Call = std::variant<ListInstances, ListJobs, AskSummary, ListTemplates, ListReports, DownloadReport,
                          FindExpiredArchives, RemoveArchived, StartInstance, CreateReport>;

[[nodiscard]] bool changes_the_cloud(const Call& call);
/// Files of the archive come or go.
[[nodiscard]] bool changes_the_host(const Call& call);
/// Otherwise its answer says nothing about the cloud.
[[nodiscard]] bool asks_the_cloud(const Call& call);

/// Whom a call is about; null where it is about no single instance.
[[nodiscard]] const InstanceId* instance_of(const Call& call);

struct Action {
  Call call;
  std::string reason;
  std::string instance_name = {};  ///< as Plan::standing, only where that was asked for
};

/// Why something that could be acted on is left alone. Made only when asked for.
struct Standing {
  InstanceId instance;
  std::string instance_name;
  ReportName report;                 ///< empty: about the instance itself
  std::optional<Instant> scheduled;  ///< of the run that waits, or the next one
  std::string verdict;               ///< "leave", "wait", "next"; "well": nothing is to be done
  std::string reason;
};

/// When a schedule fires next: worth remembering until its zone data or its rule changes, not worth writing
/// down.
struct NextFire {
  std::size_t binding = 0;    ///< index into Memory::bindings
  std::optional<Instant> at;  ///< empty: never again before the horizon
};

struct Plan {
  journal::Batch records;                ///< decisions that need no call: runs opened, settled, waiting
  std::vector<telemetry::Event> events;  ///< of those decisions; emitted once they are durable
  std::vector<Action> actions;           ///< in the order in which they should leave
  std::vector<NextFire> next_fires;
  std::vector<std::string>
      capped_rules;                ///< start rules whose cap this plan says for the first time in the cycle
  std::vector<Standing> standing;  ///< where PlanOptions::explain asks for it
  std::string clock_hold;  ///< why decisions wait for a clock that is believed, where explain asks for it
  /// Next wake-ups: by the wall clock for schedules and deadlines, by the monotonic clock for polls,
  /// time-outs and back-offs. Until the earlier of them, or an answer, nothing new follows from what is
  /// known. Now or past: plan again as soon as this plan is applied.
  std::optional<Instant> next_wall;
  std::optional<MonoTime> next_mono;
  bool is_cut = false;  ///< more is to be opened or ended than one plan holds; the next goes on
};

/// One line for people: "start instance 8c53… (prod-orders-01)", "create report daily-sox on 8c53… for
/// 2025-03-08".
[[nodiscard]] std::string describe(const Call& call);

}  // namespace dbssd::planner
