#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/command.h"
#include "cli/fires.h"
#include "cli/policy_file.h"
#include "cli/printing.h"
#include "cli/state_file.h"
#include "engine/requests.h"
#include "planner/runs.h"
#include "policy/words.h"

namespace dbssd::cli {
namespace {

/// One report on one instance.
struct Wish {
  engine::Request request;
  std::string instance_name;
};

/// The name of the run: no time that a schedule names.
journal::RunKey name_of_run(const ReportName& report, const InstanceId& instance, Instant now) {
  journal::RunKey key{report, instance, now};
  if (!planner::is_by_hand(key)) key.scheduled += Seconds{1};
  return key;
}

/// That which was asked for; else the window of the newest time that the rule's schedule named.
Expected<Window> window_of(const policy::ReportRule& rule, const InstanceId& instance,
                           const TriggerArguments& arguments, schedule::ZoneDatabase& zones, Instant now) {
  if (arguments.from) return Window{*arguments.from, *arguments.to};
  const auto schedule = schedule_of(rule, instance, zones);
  if (!schedule) return fail(schedule.error());
  const auto fire = schedule::previous(schedule->drawn, schedule->zone, now + Seconds{1});
  if (!fire) {
    return fail(ErrorKind::rejected,
                "its schedule has never fired so far, so there is no window to repeat: give "
                "--from and --to");
  }
  return window_for(rule.window, schedule->drawn, schedule->zone, fire->at);
}

bool is_meant(const std::vector<std::string>& wanted, const std::string& id, const std::string& name) {
  return wanted.empty() || std::ranges::any_of(wanted, [&](const auto& w) { return w == id || w == name; });
}

Expected<std::vector<Wish>> wishes_of(const policy::Policy& policy, const policy::ReportRule& rule,
                                      const TriggerArguments& arguments, journal::Journal& journal,
                                      schedule::ZoneDatabase& zones, Instant now) {
  std::vector<Wish> wishes;
  for (const policy::Project& project : policy.projects) {
    if (arguments.project && *arguments.project != project.name.str()) continue;
    const auto remembered = journal.load(project.name, now);
    if (!remembered) return fail(remembered.error());
    for (const journal::InstanceRecord& instance : remembered->instances) {
      if (instance.vanished || !is_meant(arguments.instances, instance.id.str(), instance.name) ||
          !policy::selects(rule.select, project.name.str(), instance.name, instance.id.str()))
        continue;
      const auto window = window_of(rule, instance.id, arguments, zones, now);
      if (!window) return fail(window.error());
      wishes.push_back({{project.name, {name_of_run(rule.name, instance.id, now), *window}}, instance.name});
    }
  }
  return wishes;
}

nlohmann::ordered_json to_json(const Wish& wish) {
  const planner::Asked& asked = wish.request.asked;
  return {{"project", wish.request.project.str()},
          {"report", asked.key.report.str()},
          {"instance_id", asked.key.instance.str()},
          {"instance_name", wish.instance_name},
          {"scheduled_time", format_utc(asked.key.scheduled)},
          {"window_begin", format_utc(asked.window.begin)},
          {"window_end", format_utc(asked.window.end)}};
}

void print(const Wish& wish, std::ostream& out) {
  const planner::Asked& asked = wish.request.asked;
  out << asked.key.report.str() << " on "
      << one_line(wish.instance_name.empty() ? asked.key.instance.str() : wish.instance_name) << " for ["
      << format_utc(asked.window.begin) << ", " << format_utc(asked.window.end) << "), scheduled "
      << format_utc(asked.key.scheduled) << '\n';
}

/// Empty where the window can be asked for.
std::string fault_in_window(const TriggerArguments& arguments, Instant now) {
  if (!arguments.from) return {};
  if (*arguments.from >= *arguments.to) return "--from must be earlier than --to";
  if (*arguments.to > now)
    return "--to: " + format_utc(*arguments.to) + " is yet to come, and so is what it would report on";
  return {};
}

}  // namespace

int trigger(const TriggerArguments& arguments, Streams streams) {
  const auto complain = [&streams](const std::string& what, int status) {
    streams.err << "dbssd: " << what << '\n';
    return status;
  };
  schedule::ZoneDatabase zones;
  const Instant now = SystemClock().now().second();
  if (const std::string fault = fault_in_window(arguments, now); !fault.empty())
    return complain(fault, kWrongUsage);
  const auto policy = require_policy(arguments.policy, zones, Secrets::untouched, now, streams);
  if (!policy) return kWrongUsage;
  const auto rule =
      std::ranges::find(policy->reports, ReportName(arguments.report), &policy::ReportRule::name);
  if (rule == policy->reports.end())
    return complain("--report: the policy has no report " + policy::in_quotes(arguments.report), kWrongUsage);

  const auto state = require_state(policy->state.path, streams.err);
  if (!state) return kFailed;
  const auto wishes = wishes_of(*policy, *rule, arguments, *state, zones, now);
  if (!wishes) return complain(wishes.error().message, kFailed);
  if (wishes->empty()) {
    return complain("no instance on record is meant: what the daemon has not listed yet cannot be asked for",
                    kFailed);
  }
  auto document = nlohmann::ordered_json::array();
  const std::string directory = engine::requests_directory(policy->state.path);
  for (const Wish& wish : *wishes) {
    if (const auto left = engine::leave_request(directory, wish.request); !left)
      return complain(left.error().message, kFailed);
    if (arguments.output == Output::json) document.push_back(to_json(wish));
    if (arguments.output == Output::text) print(wish, streams.out);
  }
  if (arguments.output == Output::json) streams.out << print_json({{"asked_for", std::move(document)}});
  streams.err << "dbssd: asked for; a running daemon begins within 30 s, otherwise `dbssd run --once` does\n";
  return kWell;
}

}  // namespace dbssd::cli
