// What the operator wants, whole and already checked: a Policy that exists is valid.
//
// Immutable once read, shared between threads as std::shared_ptr<const Policy>; policy/reader.h makes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/types.h"
#include "policy/project.h"
#include "policy/report_rule.h"
#include "policy/select.h"

namespace dbssd::policy {

/// After `starts` starts of one instance within `within`, something keeps stopping it: none for `hold`.
struct Flap {
  int starts = 3;
  Seconds within = std::chrono::hours{6};
  Seconds hold = std::chrono::hours{24};
  bool operator==(const Flap&) const = default;
};

/// An instance obeys the first start rule that selects it; one that no rule selects is only watched.
struct StartRule {
  std::string name;
  Select select;
  int max_per_cycle = 20;
  Seconds confirm_within = std::chrono::minutes{15};
  Flap flap;
  bool operator==(const StartRule&) const = default;
};

struct Instances {
  Seconds reconcile_interval = std::chrono::minutes{5};
  std::vector<StartRule> start;
  bool operator==(const Instances&) const = default;
};

struct CreationJobs {
  Seconds poll_interval{15};
  Seconds deadline = std::chrono::hours{1};
  std::vector<ResourceId> resource_ids;  ///< followed beside those of instances in BUILD or HAWAIT
  bool operator==(const CreationJobs&) const = default;
};

struct Summary {
  std::vector<cloud::BusiType> busi_types{cloud::BusiType::audit, cloud::BusiType::risk};
  Seconds poll_interval = std::chrono::minutes{10};
  bool operator==(const Summary&) const = default;
};

struct State {
  std::string path = "/var/lib/dbssd/state.db";
  Seconds keep = std::chrono::days{400};
  bool operator==(const State&) const = default;
};

struct Log {
  enum class Format { text, json, journald };
  enum class Level { debug, info, warning, error };
  Format format = Format::json;
  Level level = Level::info;
  std::optional<std::string> file;  ///< absent: standard output
  bool operator==(const Log&) const = default;
};

struct Status {
  std::string host;  ///< numeric address, no brackets
  std::uint16_t port = 0;
  bool operator==(const Status&) const = default;
};

struct Policy {
  std::string time_zone = "UTC";
  std::vector<Project> projects;
  Instances instances;
  CreationJobs creation_jobs;
  Summary summary;
  std::vector<ReportRule> reports;
  State state;
  Log log;
  std::optional<Status> status;
  bool operator==(const Policy&) const = default;
};

}  // namespace dbssd::policy
