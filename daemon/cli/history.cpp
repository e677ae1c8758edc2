#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "cli/command.h"
#include "cli/policy_file.h"
#include "cli/printing.h"
#include "cli/run_lines.h"
#include "cli/state_file.h"
#include "overview/names.h"
#include "overview/survey.h"
#include "policy/words.h"

namespace dbssd::cli {

using overview::InstanceNames;
using overview::name_in;
using overview::names_of;
using overview::RunSource;
using overview::Series;
using overview::SeriesCoverage;
using overview::Undecided;

namespace {

using Json = nlohmann::ordered_json;

constexpr Seconds kSpan = std::chrono::days{31};

/// What is asked for, found in the policy and the journal.
struct Subject {
  std::vector<RunSource> sources;
  std::map<ProjectName, InstanceNames> names;
  ColumnWidths widths;
  std::vector<Undecided> undecided;
  bool knows_report = false;
  bool knows_instance = false;

  [[nodiscard]] const std::string& name_of(const ProjectName& project, const InstanceId& id) const {
    return name_in(names.at(project), id);
  }
};

/// Takes up what the journal says of one project.
void add(Subject& subject, const ProjectName& project, const journal::Remembered& remembered,
         const HistoryArguments& arguments) {
  InstanceNames& names = subject.names[project] = names_of(remembered.instances);
  std::vector<InstanceId> chosen;
  const auto choose = [&](const InstanceId& id, const std::string& name) {
    if (arguments.instance != id.str() && arguments.instance != name) return;
    if (std::ranges::find(chosen, id) == chosen.end()) chosen.push_back(id);
  };
  for (const auto& [id, name] : names) {
    subject.widths.fit(project.str(), {}, name_in(names, id));
    choose(id, name);
  }
  for (const journal::ScheduleRecord& schedule : remembered.schedules) {
    subject.knows_report = subject.knows_report || arguments.report == schedule.report.str();
    subject.widths.fit(project.str(), schedule.report.str(), name_in(names, schedule.instance));
    choose(schedule.instance, name_in(names, schedule.instance));
  }
  if (!arguments.instance) subject.sources.push_back({project});
  for (const InstanceId& id : chosen) subject.sources.push_back({project, id});
  subject.knows_instance = subject.knows_instance || !chosen.empty();
}

bool is_meant(const Subject& subject, const Series& series, const HistoryArguments& arguments) {
  return (!arguments.report || *arguments.report == series.report.str()) &&
         std::ranges::any_of(subject.sources, [&series](const RunSource& source) {
           return source.project == series.project &&
                  (!source.instance || source.instance == series.instance);
         });
}

std::vector<ProjectName> projects_of(const policy::Policy& policy, const HistoryArguments& arguments) {
  std::vector<ProjectName> projects;
  for (const policy::Project& project : policy.projects)
    if (!arguments.project || project.name.str() == *arguments.project) projects.push_back(project.name);
  // One that has left the policy still has its history.
  if (projects.empty() && arguments.project) projects.emplace_back(*arguments.project);
  std::ranges::sort(projects);
  return projects;
}

/// Prints the runs as they come, so that none has to be kept.
class Printer {
 public:
  Printer(const Subject& subject, Output form, const Streams& streams)
      : subject_(subject), as_json_(form == Output::json), paint_(streams.out_paint), out_(streams.out) {
    if (as_json_) out_ << "{\n\"runs\": [";
  }

  void print(const ProjectName& project, const journal::RunRecord& run) {
    lacks_file_ = lacks_file_ || !run.archive_error.empty();
    const std::string& name = subject_.name_of(project, run.key.instance);
    if (as_json_) return element(cli::to_json(project, run, name));
    print_text(project, run, name, subject_.widths, paint_, out_);
    first_ = false;
  }

  /// A finished report of those that were printed will never be in the archive.
  [[nodiscard]] bool lacks_file() const { return lacks_file_; }

  void print(const std::vector<SeriesCoverage>& coverage) {
    if (as_json_) out_ << "\n],\n\"coverage\": [";
    if (!as_json_ && !first_) out_ << '\n';
    first_ = true;
    for (const SeriesCoverage& one : coverage) {
      const std::string& name = subject_.name_of(one.series.project, one.series.instance);
      if (as_json_) {
        element(cli::to_json(one, name));
      } else {
        print_text(one, name, subject_.widths, paint_, out_);
      }
    }
    if (as_json_) out_ << "\n]\n}\n";
  }

 private:
  /// One line each.
  void element(const Json& json) {
    out_ << (std::exchange(first_, false) ? "\n" : ",\n")
         << json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
  }

  const Subject& subject_;
  bool as_json_;
  Paint paint_;
  bool first_ = true;
  bool lacks_file_ = false;
  std::ostream& out_;
};

/// What is asked for and known to nobody; nothing where all is known.
std::optional<std::string> unknown(const policy::Policy& policy, const Subject& subject,
                                   const HistoryArguments& arguments) {
  const auto in_policy = [](const auto& list, const std::string& name) {
    return std::ranges::any_of(list, [&name](const auto& one) { return one.name.str() == name; });
  };
  const auto nobody_knows = [](const char* option, const std::string& name) {
    return std::string(option) + ": neither the policy nor the state knows " + policy::in_quotes(name);
  };
  const bool nothing_recorded =
      std::ranges::all_of(subject.names, [](const auto& entry) { return entry.second.empty(); });
  if (arguments.project && nothing_recorded && !in_policy(policy.projects, *arguments.project))
    return nobody_knows("--project", *arguments.project);
  if (arguments.report && !subject.knows_report && !in_policy(policy.reports, *arguments.report))
    return nobody_knows("--report", *arguments.report);
  // Where nothing is recorded, no instance can be known.
  if (arguments.instance && !subject.knows_instance && !nothing_recorded)
    return "--instance: the state knows no instance with the id or the name " +
           policy::in_quotes(*arguments.instance);
  return std::nullopt;
}

int wrong(const std::string& what, std::ostream& err) {
  err << "dbssd: " << what << '\n';
  return kWrongUsage;
}

}  // namespace

int history(const HistoryArguments& arguments, Streams streams) {
  const Instant now = SystemClock().now().second();
  // A time that comes due in this second is up to now.
  const Instant to = arguments.to.value_or(now + Seconds{1});
  const Instant from = arguments.from.value_or(to - kSpan);
  if (from >= to) return wrong("--from must be earlier than --to", streams.err);

  schedule::ZoneDatabase zones;
  const auto policy = require_policy(arguments.policy, zones, Secrets::untouched, now, streams);
  if (!policy) return kWrongUsage;
  const auto state = require_state(policy->state.path, streams.err);
  if (!state) return kFailed;

  Subject subject;
  for (const ProjectName& project : projects_of(*policy, arguments)) {
    const auto remembered = state->load(project, now);
    if (!remembered) {
      streams.err << "dbssd: " << remembered.error().message << '\n';
      return kFailed;
    }
    add(subject, project, *remembered, arguments);
    const auto undecided = overview::undecided_times(project, *remembered, zones, from, to, now);
    if (!undecided) {
      streams.err << "dbssd: " << undecided.error().message << '\n';
      return kFailed;
    }
    std::ranges::copy_if(*undecided, std::back_inserter(subject.undecided),
                         [&](const Undecided& time) { return is_meant(subject, time.series, arguments); });
  }
  if (const auto what = unknown(*policy, subject, arguments)) return wrong(*what, streams.err);

  Printer printer(subject, arguments.output, streams);
  const auto report = arguments.report ? std::optional(ReportName(*arguments.report)) : std::nullopt;
  const auto coverage = survey(
      *state, subject.sources, report, from, to,
      [&printer](const ProjectName& project, const journal::RunRecord& run) { printer.print(project, run); },
      subject.undecided);
  if (!coverage) {
    streams.err << "dbssd: " << coverage.error().message << '\n';
    return kFailed;
  }
  printer.print(*coverage);
  if (coverage->empty())
    streams.err << "dbssd: nothing is recorded that was scheduled from " << format_utc(from) << " to "
                << format_utc(to) << '\n';
  const bool has_gap =
      std::ranges::any_of(*coverage, [](const SeriesCoverage& one) { return !one.coverage.gaps.empty(); });
  return has_gap || printer.lacks_file() ? kFailed : kWell;
}

}  // namespace dbssd::cli
