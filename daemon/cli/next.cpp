#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/command.h"
#include "cli/fires.h"
#include "cli/policy_file.h"
#include "cli/printing.h"
#include "planner/runs.h"
#include "policy/choices.h"
#include "policy/words.h"

namespace dbssd::cli {
namespace {

/// previous_day, previous_week, previous_month, since_previous or last:DURATION
std::optional<schedule::WindowRule> parse_window(const std::string& text) {
  constexpr std::string_view kLast = "last:";
  if (!text.starts_with(kLast)) {
    for (const auto& [word, kind] : policy::kWindows) {
      if (word == text) return schedule::WindowRule{kind, {}};
    }
    return std::nullopt;
  }
  const auto span = policy::parse_duration(std::string_view(text).substr(kLast.size()));
  if (!span || *span <= Seconds::zero()) return std::nullopt;
  return schedule::WindowRule{schedule::WindowRule::Kind::last, *span};
}

/// The expression, and below it a mark under what is wrong. Columns are characters, not bytes.
std::string underlined(const std::string& expression, const schedule::CronError& error) {
  std::string text, marks;
  for (std::size_t i = 0; i < expression.size() || i <= error.position; ++i) {
    const unsigned char c = i < expression.size() ? static_cast<unsigned char>(expression[i]) : ' ';
    text += c < 0x20 || c == 0x7f ? '?' : static_cast<char>(c);
    if ((c & 0xc0U) == 0x80U) continue;  // inside a character
    marks += i == error.position ? '^' : i > error.position && i < error.position + error.length ? '~' : ' ';
  }
  text.erase(text.find_last_not_of(' ') + 1);
  marks.erase(marks.find_last_not_of(' ') + 1);
  return "  " + text + "\n  " + marks;
}

Expected<Schedule> schedule_asked_for(const NextArguments& arguments, schedule::ZoneDatabase& zones) {
  const auto cron = schedule::Cron::parse(*arguments.cron);
  if (!cron) {
    return fail(ErrorKind::malformed,
                "--cron: " + cron.error().message + "\n" + underlined(*arguments.cron, cron.error()));
  }
  auto zone = zones.find(arguments.time_zone.value_or("UTC"));
  if (!zone) return fail(ErrorKind::malformed, "--time-zone: " + zone.error().message);
  const ReportName report(arguments.report.value_or(""));
  const InstanceId instance(arguments.instance.value_or(""));
  Schedule schedule{
      report, *cron, cron->resolved(planner::schedule_hash(report, instance)), *std::move(zone), {}};
  if (arguments.window) {
    schedule.window = parse_window(*arguments.window);
    if (!schedule.window) {
      return fail(ErrorKind::malformed,
                  "--window: " + policy::in_quotes(*arguments.window) +
                      " is none of previous_day, previous_week, previous_month, since_previous, "
                      "last:DURATION");
    }
  }
  return schedule;
}

Expected<std::vector<Schedule>> schedules_of(const policy::Policy& policy, const NextArguments& arguments,
                                             schedule::ZoneDatabase& zones) {
  std::vector<Schedule> schedules;
  for (const policy::ReportRule& rule : policy.reports) {
    if (arguments.report && *arguments.report != rule.name.str()) continue;
    auto schedule = schedule_of(rule, InstanceId(arguments.instance.value_or("")), zones);
    if (!schedule) return fail(schedule.error());
    schedules.push_back(*std::move(schedule));
  }
  if (schedules.empty() && arguments.report) {
    return fail(ErrorKind::malformed,
                "--report: the policy has no report " + policy::in_quotes(*arguments.report));
  }
  return schedules;
}

/// True when each had as many fires as were asked for.
bool print(const std::vector<Schedule>& schedules, Instant from, const NextArguments& arguments,
           std::ostream& out) {
  bool enough = true;
  auto documents = nlohmann::ordered_json::array();
  for (const Schedule& schedule : schedules) {
    const auto rows = fires_of(schedule, from, arguments.count);
    enough = enough && static_cast<int>(rows.size()) == arguments.count;
    if (arguments.output == Output::json) documents.push_back(to_json(schedule, rows));
    if (arguments.output == Output::text) {
      if (!schedule.report.empty()) out << schedule.report.str() << ": ";
      out << schedule.written.text() << ' ' << schedule.zone.name() << ": " << schedule.drawn.describe()
          << '\n';
    }
    for (const FireRow& row : rows) {
      if (arguments.output == Output::utc) out << format_utc(row.fire.at) << '\n';
      if (arguments.output == Output::text) print_text(row, out << "  ");
    }
  }
  if (arguments.output == Output::json) {
    out << print_json({{"schedules", std::move(documents)}});
  }
  return enough;
}

}  // namespace

int next(const NextArguments& arguments, Streams streams) {
  schedule::ZoneDatabase zones;
  const Instant now = SystemClock().now().second();
  Expected<std::vector<Schedule>> schedules;
  if (arguments.cron) {
    schedules = schedule_asked_for(arguments, zones).map([](Schedule schedule) {
      return std::vector{std::move(schedule)};
    });
  } else {
    const auto policy = require_policy(arguments.policy, zones, Secrets::untouched, now, streams);
    if (!policy) return kWrongUsage;
    schedules = schedules_of(*policy, arguments, zones);
  }
  if (!schedules) {
    streams.err << "dbssd: " << schedules.error().message << '\n';
    return kWrongUsage;
  }
  if (schedules->empty()) streams.err << "dbssd: the policy has no reports\n";
  for (const Schedule& schedule : *schedules) {
    if (!schedule.written.has_hash() || arguments.instance) continue;
    streams.err << "dbssd: " << schedule.written.text()
                << ": H differs from instance to instance: --instance ID says whose is shown\n";
  }
  if (!print(*schedules, arguments.from.value_or(now), arguments, streams.out)) {
    streams.err << "dbssd: there are no more fires before 2300\n";
    return kFailed;
  }
  return kWell;
}

}  // namespace dbssd::cli
