#include "cli/online.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/printing.h"
#include "planner/runs.h"
#include "planner/time_zone_suspect.h"

namespace dbssd::cli {
namespace {

using Json = nlohmann::ordered_json;

/// The service tells whole seconds, and an answer is under way for a while.
constexpr Seconds kTolerated{60};
/// The gateway takes no signature that is further off.
constexpr Seconds kRefused{15 * 60};
constexpr std::size_t kNamed = 5;

bool is_denial(const Error& error) {
  return error.kind == ErrorKind::unauthorized || error.http_status == 403;
}

/// What holds of many instances, said once.
class Remarks {
 public:
  void add(const std::string& text, const std::string& about) { about_[text].push_back(about); }
  /// "report daily-sox: the instance has no template of type SOX: prod-a, prod-b and 3 more"
  void take_into(std::vector<std::string>& lines) const {
    for (const auto& [text, about] : about_) {
      std::string line = text;
      for (std::size_t i = 0; i < std::min(about.size(), kNamed); ++i)
        line += (i == 0 ? ": " : ", ") + about[i];
      if (about.size() > kNamed) line += " and " + std::to_string(about.size() - kNamed) + " more";
      lines.push_back(std::move(line));
    }
  }

 private:
  std::map<std::string, std::vector<std::string>> about_;
};

class Asking {
 public:
  Asking(const policy::Policy& policy, const policy::Project& project, cloud::CloudApi& client,
         schedule::ZoneDatabase& zones)
      : policy_(policy), project_(project), client_(client), zones_(zones) {
    asked_.name = project.name;
    asked_.started_by.resize(policy.instances.start.size());
    asked_.reported_by.resize(policy.reports.size());
  }

  Asked all() {
    auto listing = client_.list_instances();
    if (!listing) {
      asked_.error = listing.error().message;
      return std::move(asked_);
    }
    asked_.problems = std::move(listing->problems);
    look_at_clock(listing->clock_ahead);
    for (const cloud::Instance& instance : listing->instances) count(instance);
    for (const cloud::Instance& instance : listing->instances) look_at_own_zone(instance);
    for (const cloud::BusiType type : policy_.summary.busi_types) {
      if (auto task = client_.summary_task(type); !task)
        refused("the summary task " + std::string(to_string(type)) + " cannot be read", task.error(), "");
    }
    for (const cloud::Instance& instance : listing->instances) look_at_reports(instance);
    findings_.take_into(asked_.findings);
    warnings_.take_into(asked_.warnings);
    return std::move(asked_);
  }

 private:
  [[nodiscard]] bool selects(const policy::Select& select, const cloud::Instance& instance) const {
    return policy::selects(select, project_.name.str(), instance.name, instance.id.str());
  }
  static std::string name_of(const cloud::Instance& instance) {
    return instance.name.empty() ? instance.id.str() : instance.name;
  }

  void refused(const std::string& what, const Error& error, const std::string& about) {
    std::string text = what + ": " + error.message;
    if (error.kind == ErrorKind::rejected && error.http_status == 0) {  // it was not even sent
      findings_.add(text, about);
    } else if (is_denial(error)) {
      findings_.add("not permitted: " + text, about);
    } else {
      warnings_.add(text, about);
    }
  }

  void look_at_clock(std::optional<Seconds> ahead) {
    asked_.clock_ahead = ahead;
    if (!ahead || std::chrono::abs(*ahead) <= kTolerated) return;
    const std::string text = cloud::describe_clock(*ahead);
    const bool is_signed = std::holds_alternative<policy::AkskAuth>(project_.auth) ||
                           std::holds_alternative<policy::EcsAgencyAuth>(project_.auth);
    if (is_signed && std::chrono::abs(*ahead) > kRefused) {
      asked_.findings.push_back(text + ": signatures that are 15m off are refused");
    } else {
      asked_.warnings.push_back(text);
    }
  }

  /// The service's own time; by a date of its answers, which is UTC by definition.
  [[nodiscard]] std::optional<Instant> service_time() const {
    const auto date = client_.service_date();
    return date ? std::optional(date->date) : std::nullopt;
  }

  /// That of its times the service says nowhere; that of the instance is a hint.
  void look_at_own_zone(const cloud::Instance& instance) {
    const auto now = service_time();
    const auto named = zones_.find(project_.api_time_zone);
    if (instance.timezone.empty() || !now || !named) return;
    std::optional<Seconds> own = planner::offset_of(instance.timezone);
    if (!own) {
      if (const auto zone = zones_.find(instance.timezone)) own = zone->offset(*now);
    }
    if (!own || *own == named->offset(*now)) return;
    warnings_.add("time_zone_suspect: the instance's own time zone is at " + planner::describe_offset(*own) +
                      ", api_time_zone " + project_.api_time_zone + " at " +
                      planner::describe_offset(named->offset(*now)) +
                      ": compare the window of a report in the console with that in dbssd history, and where "
                      "they differ " +
                      planner::remedy_for(*own),
                  name_of(instance));
  }

  void look_at_finish_times(const std::vector<cloud::Report>& reports, const cloud::Instance& instance) {
    const cloud::Report* newest = nullptr;
    for (const cloud::Report& report : reports)
      if (report.percentum == 100 && report.finished && report.wire_offset &&
          (newest == nullptr || *report.finished > *newest->finished))
        newest = &report;
    const auto now = service_time();
    if (newest == nullptr || !now) return;
    const auto least = planner::least_offset_that_fits(*newest->finished, *newest->wire_offset, *now);
    if (!least) return;
    warnings_.add(
        "time_zone_suspect: a finished report has a finish_time that is still to come by api_time_zone " +
            project_.api_time_zone + ", and fits " + planner::describe_offset(*least) +
            " or a zone further east: " + planner::remedy_for(*least),
        name_of(instance));
  }

  void count(const cloud::Instance& instance) {
    ++asked_.instances[std::string(to_string(instance.status))];
    const auto& rules = policy_.instances.start;
    const auto rule = std::ranges::find_if(rules, [&](const auto& r) { return selects(r.select, instance); });
    if (rule != rules.end()) ++asked_.started_by[static_cast<std::size_t>(rule - rules.begin())];
  }

  void look_at_reports(const cloud::Instance& instance) {
    std::optional<Expected<cloud::TemplateListing>> templates;
    for (std::size_t i = 0; i < policy_.reports.size(); ++i) {
      const policy::ReportRule& rule = policy_.reports[i];
      if (!selects(rule.select, instance)) continue;
      ++asked_.reported_by[i];
      if (!templates) {
        templates = client_.list_templates(instance.id);
        if (!*templates) refused("the templates cannot be listed", templates->error(), name_of(instance));
        if (auto reports = client_.list_reports(instance.id, {}); !reports)
          refused("the reports cannot be listed", reports.error(), name_of(instance));
        else
          look_at_finish_times(reports->reports, instance);
      }
      if (*templates) look_at_template(rule, instance, **templates);
    }
  }

  void look_at_template(const policy::ReportRule& rule, const cloud::Instance& instance,
                        const cloud::TemplateListing& listing) {
    planner::Instance known;
    planner::Reporting& reporting = known.reporting.change();
    reporting.templates = listing.templates;
    reporting.templates_doubt = listing.doubt;
    reporting.template_look.answered = MonoTime{};
    const planner::ResolvedTemplate resolved = planner::resolve_template(rule.report_template, known);
    const std::string report = "report " + rule.name.str() + ": ";
    if (!resolved.found) {
      findings_.add(report + resolved.reason, name_of(instance));
      return;
    }
    const std::string& id = resolved.found->id.str();
    if (std::ranges::find(listing.templates, resolved.found->id, &cloud::Template::id) ==
        listing.templates.end()) {
      findings_.add(
          report + (listing.doubt.empty()
                        ? "the instance has no template of id " + id
                        : "the template of id " + id + " is not listed, and may be there: " + listing.doubt),
          name_of(instance));
      return;
    }
    const auto native = client_.native_schedule(instance.id, resolved.found->id);
    if (!native) {
      if (native.error().kind != ErrorKind::not_found)
        refused(report + "the service's own schedule of the template cannot be read", native.error(),
                name_of(instance));
    } else if (native->on) {
      const std::string often = native->frequency.empty() ? "" : ", by " + native->frequency;
      warnings_.add(report + "the service makes this report by a schedule of its own as well" + often,
                    name_of(instance));
    }
  }

  const policy::Policy& policy_;
  const policy::Project& project_;
  cloud::CloudApi& client_;
  schedule::ZoneDatabase& zones_;
  Asked asked_;
  Remarks findings_;
  Remarks warnings_;
};

template <class Take>
void each_rule(const Asked& asked, const policy::Policy& policy, const Take& take) {
  for (std::size_t i = 0; i < asked.started_by.size(); ++i)
    take("start", policy.instances.start[i].name, asked.started_by[i]);
  for (std::size_t i = 0; i < asked.reported_by.size(); ++i)
    take("report", policy.reports[i].name.str(), asked.reported_by[i]);
}

}  // namespace

Asked ask(const policy::Policy& policy, const policy::Project& project, cloud::CloudApi& client,
          schedule::ZoneDatabase& zones) {
  return Asking(policy, project, client, zones).all();
}

std::vector<std::string> idle_rules(const policy::Policy& policy, const std::vector<Asked>& projects) {
  std::vector<std::string> idle;
  if (!std::ranges::all_of(projects, [](const Asked& asked) { return asked.error.empty(); })) return idle;
  Asked all;
  all.started_by.resize(policy.instances.start.size());
  all.reported_by.resize(policy.reports.size());
  const auto add = [](const std::vector<std::size_t>& counts, std::vector<std::size_t>& sums) {
    std::ranges::transform(counts, sums, sums.begin(), std::plus());
  };
  for (const Asked& asked : projects) {
    add(asked.started_by, all.started_by);
    add(asked.reported_by, all.reported_by);
  }
  each_rule(all, policy, [&](const std::string& kind, const std::string& name, std::size_t instances) {
    if (instances == 0) idle.push_back(kind + ' ' + name + ": selects no instance");
  });
  return idle;
}

void print(const Asked& asked, const policy::Policy& policy, std::ostream& out, std::ostream& err) {
  const std::string project = "project " + asked.name.str();
  if (!asked.error.empty()) {
    err << project << ": " << one_line(asked.error) << '\n';
    return;
  }
  out << project << ": " << census(asked.instances) << '\n';
  for (const std::string& problem : asked.problems) out << "  " << one_line(problem) << '\n';
  each_rule(asked, policy, [&](const std::string& kind, const std::string& name, std::size_t instances) {
    if (instances > 0) out << "  " << kind << ' ' << name << ": " << counted(instances, "instance") << '\n';
  });
  for (const std::string& finding : asked.findings)
    err << project << ": error: " << one_line(finding) << '\n';
  for (const std::string& warning : asked.warnings)
    err << project << ": warning: " << one_line(warning) << '\n';
}

Json to_json(const Asked& asked, const policy::Policy& policy) {
  Json document{{"project", asked.name.str()}, {"answered", asked.error.empty()}};
  if (!asked.error.empty()) {
    document["error"] = asked.error;
    return document;
  }
  document["instances"] = Json::object();
  for (const auto& [status, count] : asked.instances) document["instances"][status] = count;
  document["problems"] = asked.problems;
  if (asked.clock_ahead) document["clock_ahead_s"] = asked.clock_ahead->count();
  document["selected"] = Json::object();
  each_rule(asked, policy, [&](const std::string& kind, const std::string& name, std::size_t instances) {
    document["selected"][kind + ' ' + name] = instances;
  });
  document["findings"] = asked.findings;
  document["warnings"] = asked.warnings;
  return document;
}

}  // namespace dbssd::cli
