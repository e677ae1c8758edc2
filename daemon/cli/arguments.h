// What the command line asked for, as values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "base/time.h"

namespace dbssd::cli {

inline constexpr const char* kDefaultPolicy = "/etc/dbssd/policy.yaml";

enum class Output {
  text,  ///< for people; its form may change
  json,  ///< one document; keys are only ever added
  utc,   ///< next alone: one instant a line
};

struct RunArguments {
  std::string policy = kDefaultPolicy;
  bool once = false;
  bool dry_run = false;
  bool operator==(const RunArguments&) const = default;
};

struct CheckArguments {
  std::string policy = kDefaultPolicy;
  bool online = false;
  Output output = Output::text;
  bool operator==(const CheckArguments&) const = default;
};

struct PlanArguments {
  std::string policy = kDefaultPolicy;
  Output output = Output::text;
  bool operator==(const PlanArguments&) const = default;
};

struct NextArguments {
  std::string policy = kDefaultPolicy;
  std::optional<std::string> cron;       ///< absent: the reports of the policy
  std::optional<std::string> time_zone;  ///< with cron; absent: UTC
  std::optional<std::string> window;     ///< with cron; absent: no window is shown
  std::optional<std::string> report;    ///< with cron: only what H is drawn from; else the one report to show
  std::optional<std::string> instance;  ///< what H is drawn from
  std::optional<Instant> from;          ///< exclusive; absent: now
  int count = 5;
  Output output = Output::text;
  bool operator==(const NextArguments&) const = default;
};

struct HistoryArguments {
  std::string policy = kDefaultPolicy;
  std::optional<std::string> report;    ///< absent: of every report
  std::optional<std::string> instance;  ///< an id or a name; absent: on every instance
  std::optional<std::string> project;   ///< absent: in every project of the policy
  std::optional<Instant> from;          ///< absent: 31 days before `to`
  std::optional<Instant> to;            ///< exclusive; absent: up to now
  Output output = Output::text;
  bool operator==(const HistoryArguments&) const = default;
};

struct StatusArguments {
  std::string policy = kDefaultPolicy;
  Output output = Output::text;
  bool operator==(const StatusArguments&) const = default;
};

struct TriggerArguments {
  std::string policy = kDefaultPolicy;
  std::string report;
  std::optional<std::string> project;  ///< absent: all
  std::vector<std::string> instances;  ///< ids or names; none: all that the report selects
  std::optional<Instant> from;         ///< with `to`; absent: the window of the newest scheduled time
  std::optional<Instant> to;
  Output output = Output::text;
  bool operator==(const TriggerArguments&) const = default;
};

struct WaitArguments {
  std::string policy = kDefaultPolicy;
  std::string resource_id;
  std::optional<std::string> project;  ///< absent: the one of the policy's projects that knows the resource
  std::optional<Seconds> timeout;      ///< absent: creation_jobs.deadline
  Output output = Output::text;
  bool operator==(const WaitArguments&) const = default;
};

struct VersionArguments {
  Output output = Output::text;
  bool operator==(const VersionArguments&) const = default;
};

/// Help was asked for; `text` is the answer.
struct HelpArguments {
  std::string text;
  bool operator==(const HelpArguments&) const = default;
};

using Arguments =
    std::variant<RunArguments, CheckArguments, PlanArguments, NextArguments, HistoryArguments,
                 StatusArguments, TriggerArguments, WaitArguments, VersionArguments, HelpArguments>;

/// `argv` with the program's name first. The error is a message for people, which ends by naming the help to
/// ask for.
[[nodiscard]] tl::expected<Arguments, std::string> parse_arguments(std::span<const char* const> argv);

}  // namespace dbssd::cli
