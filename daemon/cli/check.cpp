#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.h"
#include "cli/at_once.h"
#include "cli/command.h"
#include "cli/fires.h"
#include "cli/online.h"
#include "cli/policy_file.h"
#include "cli/ports.h"
#include "cli/printing.h"

namespace dbssd::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFiresToShow = 3;
constexpr std::size_t kMostAtOnce = 32;

Asked ask_by_name(const policy::Policy& policy, const policy::Project& project, const ClientFactory& clients,
                  schedule::ZoneDatabase& zones) {
  auto client = clients(project, [](const cloud::Notice&) {});
  if (client) return ask(policy, project, **client, zones);
  Asked asked;
  asked.name = project.name;
  asked.error = client.error().message;
  return asked;
}

/// Many projects at once: one that does not answer delays few others.
std::vector<Asked> ask_all(const policy::Policy& policy, schedule::ZoneDatabase& zones) {
  prepare_http();
  const ClientFactory clients = client_factory(zones);
  std::vector<Asked> answers(policy.projects.size());
  at_once(answers.size(), kMostAtOnce,
          [&](std::size_t i) { answers[i] = ask_by_name(policy, policy.projects[i], clients, zones); });
  return answers;
}

Json to_json(const policy::Finding& finding, const std::string& file) {
  Json document{{"severity", finding.is_error() ? "error" : "warning"},
                {"file", file},
                {"line", finding.line},
                {"column", finding.column},
                {"path", finding.path},
                {"message", finding.message}};
  if (finding.lint) document["lint"] = word_for(*finding.lint, policy::kLints);
  return document;
}

void print(const Schedule& schedule, const std::vector<FireRow>& rows, std::ostream& out) {
  out << "report " << schedule.report.str() << ": " << schedule.written.describe() << " ("
      << schedule.zone.name() << ")\n";
  for (const FireRow& row : rows) print_text(row, out << "  ");
}

/// "2 errors, 1 warning"
std::string tally_of(std::ptrdiff_t errors, std::ptrdiff_t warnings) {
  std::string text;
  if (errors > 0) text = counted(static_cast<std::size_t>(errors), "error");
  if (warnings > 0)
    text += (text.empty() ? "" : ", ") + counted(static_cast<std::size_t>(warnings), "warning");
  return text;
}

int status_of(const std::vector<Asked>& answers, const std::vector<std::string>& idle) {
  const auto failed =
      std::count_if(answers.begin(), answers.end(), [](const Asked& a) { return !a.error.empty(); });
  if (failed == 0) {
    const bool found = std::ranges::any_of(answers, [](const Asked& a) { return !a.findings.empty(); });
    return found || !idle.empty() ? kFailed : kWell;
  }
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

  const auto warnings = std::ranges::count_if(read->findings, [](const auto& f) { return !f.is_error(); });
  const auto errors = std::ssize(read->findings) - warnings;
  Json document{{"valid", read->policy != nullptr},
                {"fingerprint", read->fingerprint},
                {"errors", errors},
                {"warnings", warnings},
                {"findings", Json::array()}};
  if (!as_json) print_findings(read->findings, arguments.policy, streams.err_paint, streams.err);
  for (const policy::Finding& finding : read->findings)
    document["findings"].push_back(to_json(finding, arguments.policy));
  if (!read->policy) {
    if (as_json) {
      streams.out << print_json(document);
    } else {
      streams.err << arguments.policy << ": refused: " << tally_of(errors, warnings) << '\n';
    }
    return kWrongUsage;
  }

  const policy::Policy& policy = *read->policy;
  if (!as_json) {
    streams.out << arguments.policy << ": "
                << (warnings == 0 ? streams.out_paint(Tone::well, "valid")
                                  : streams.out_paint(Tone::warning, "valid, with " + tally_of(0, warnings)))
                << ": " << size_of(policy) << "; fingerprint " << read->fingerprint << '\n';
  }
  document["reports"] = Json::array();
  for (const policy::ReportRule& rule : policy.reports) {
    const auto schedule = schedule_of(rule, InstanceId(), zones);
    if (!schedule) continue;  // the reader has found this zone; it went since
    const auto rows = fires_of(*schedule, now, kFiresToShow);
    document["reports"].push_back(to_json(*schedule, rows));
    if (!as_json) print(*schedule, rows, streams.out);
  }

  int status = warnings == 0 ? kWell : kFailed;
  if (arguments.online) {
    const auto answers = ask_all(policy, zones);
    document["projects"] = Json::array();
    for (const Asked& asked : answers) {
      document["projects"].push_back(to_json(asked, policy));
      if (!as_json) print(asked, policy, streams.out, streams.err);
    }
    const auto idle = idle_rules(policy, answers);
    document["idle"] = idle;
    if (!as_json)
      for (const std::string& rule : idle) streams.err << arguments.policy << ": error: " << rule << '\n';
    status = std::max(status, status_of(answers, idle));
  }
  if (as_json) streams.out << print_json(document);
  return status;
}

}  // namespace dbssd::cli
