#include <algorithm>
#include <atomic>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "cli/command.h"
#include "cli/fires.h"
#include "cli/policy_file.h"
#include "cli/ports.h"
#include "cli/printing.h"

namespace dbssd::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFiresToShow = 3;
constexpr std::size_t kMostAtOnce = 32;

/// What one project answered.
struct Asked {
  ProjectName name;
  std::map<std::string, std::size_t> instances;  ///< how many of each status
  std::vector<std::string> problems;
  std::string error;  ///< empty: it answered
};

Asked ask(const policy::Project& project, const ClientFactory& clients) {
  Asked asked{project.name, {}, {}, {}};
  auto client = clients(project, [](const cloud::Notice&) {});
  if (!client) {
    asked.error = client.error().message;
    return asked;
  }
  auto listing = (*client)->list_instances();
  if (!listing) {
    asked.error = listing.error().message;
    return asked;
  }
  for (const cloud::Instance& instance : listing->instances)
    ++asked.instances[std::string(to_string(instance.status))];
  asked.problems = std::move(listing->problems);
  return asked;
}

/// Many projects at once: one that does not answer delays few others.
std::vector<Asked> ask_all(const policy::Policy& policy, schedule::ZoneDatabase& zones) {
  prepare_http();
  const ClientFactory clients = client_factory(zones);
  std::vector<Asked> answers(policy.projects.size());
  std::atomic<std::size_t> next = 0;
  const auto ask_in_turn = [&] {
    for (std::size_t i = next++; i < answers.size(); i = next++)
      answers[i] = ask(policy.projects[i], clients);
  };
  std::vector<std::jthread> threads;
  while (threads.size() < std::min(answers.size(), kMostAtOnce)) threads.emplace_back(ask_in_turn);
  threads.clear();  // joins
  return answers;
}

void print(const Asked& asked, std::ostream& out) {
  out << "project " << asked.name.str() << ": ";
  if (!asked.error.empty()) {
    out << one_line(asked.error) << '\n';
    return;
  }
  out << census(asked.instances) << '\n';
  for (const std::string& problem : asked.problems) out << "  " << one_line(problem) << '\n';
}

Json to_json(const Asked& asked) {
  Json document{{"project", asked.name.str()}, {"answered", asked.error.empty()}};
  if (!asked.error.empty()) {
    document["error"] = asked.error;
    return document;
  }
  document["instances"] = Json::object();
  for (const auto& [status, count] : asked.instances) document["instances"][status] = count;
  document["problems"] = asked.problems;
  return document;
}

Json to_json(const policy::Finding& finding, const std::string& file) {
  const bool error = finding.severity == policy::Finding::Severity::error;
  return {{"severity", error ? "error" : "warning"},
          {"file", file},
          {"line", finding.line},
          {"column", finding.column},
          {"path", finding.path},
          {"message", finding.message}};
}

void print(const Schedule& schedule, const std::vector<FireRow>& rows, std::ostream& out) {
  out << "report " << schedule.report.str() << ": " << schedule.written.describe() << " ("
      << schedule.zone.name() << ")\n";
  for (const FireRow& row : rows) print_text(row, out << "  ");
}

int status_of(const std::vector<Asked>& answers) {
  const auto failed =
      std::count_if(answers.begin(), answers.end(), [](const Asked& a) { return !a.error.empty(); });
  if (failed == 0) return kWell;
  return failed == std::ssize(answers) ? kNotAsked : kFailed;
}

}  // namespace

int check(const CheckArguments& arguments, Streams streams) {
  schedule::ZoneDatabase zones;
  const Instant now = SystemClock().now().second();
  const bool as_json = arguments.output == Output::json;
  const auto read = read_policy_file(arguments.policy, zones, Secrets::reachable, now);
  if (!read) {
    streams.err << "dbssd: " << read.error().message << '\n';
    return kWrongUsage;
  }

  Json document{{"valid", read->policy != nullptr}, {"findings", Json::array()}};
  if (!as_json) print_findings(read->findings, arguments.policy, streams.err);
  for (const policy::Finding& finding : read->findings)
    document["findings"].push_back(to_json(finding, arguments.policy));
  if (!read->policy) {
    if (as_json) streams.out << print_json(document);
    return kWrongUsage;
  }

  const policy::Policy& policy = *read->policy;
  if (!as_json) {
    streams.out << arguments.policy << ": valid: " << size_of(policy) << '\n';
  }
  document["unserved"] = unserved(policy);
  if (!as_json) print_unserved(policy, arguments.policy, streams.err);
  document["reports"] = Json::array();
  for (const policy::ReportRule& rule : policy.reports) {
    const auto schedule = schedule_of(rule, InstanceId(), zones);
    if (!schedule) continue;  // the reader has found this zone; it went since
    const auto rows = fires_of(*schedule, now, kFiresToShow);
    document["reports"].push_back(to_json(*schedule, rows));
    if (!as_json) print(*schedule, rows, streams.out);
  }

  int status = kWell;
  if (arguments.online) {
    const auto answers = ask_all(policy, zones);
    document["projects"] = Json::array();
    for (const Asked& asked : answers) {
      document["projects"].push_back(to_json(asked));
      if (!as_json) print(asked, asked.error.empty() ? streams.out : streams.err);
    }
    status = status_of(answers);
  }
  if (as_json) streams.out << print_json(document);
  return status;
}

}  // namespace dbssd::cli
