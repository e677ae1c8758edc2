#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "cli/at_once.h"
#include "cli/command.h"
#include "cli/creation.h"
#include "cli/policy_file.h"
#include "cli/ports.h"
#include "cli/printing.h"
#include "cli/progress.h"
#include "overview/json.h"

namespace dbssd::cli {
namespace {

using Standing = Creation::Standing;

constexpr Millis kPulse = Seconds{1};

/// What one project says of the resource.
struct Answer {
  std::vector<cloud::Job> jobs;
  std::optional<cloud::Instance> instance;
  Creation creation;
};

/// A project that is asked.
struct Asked {
  ProjectName name;
  std::unique_ptr<cloud::CloudApi> api;
  Expected<Answer> answer;
};

Expected<Answer> ask(cloud::CloudApi& api, const ResourceId& resource) {
  Answer answer;
  auto jobs = api.list_jobs(resource);
  // An order of a moment ago is not known yet, and one of another project never will be.
  if (!jobs && jobs.error().kind != ErrorKind::not_found) return fail(std::move(jobs.error()));
  if (jobs) answer.jobs = std::move(*jobs);
  if (needs_instance(answer.jobs)) {
    auto listing = api.list_instances();
    if (!listing) return fail(std::move(listing.error()));
    const auto found = std::ranges::find(listing->instances, resource, &cloud::Instance::resource_id);
    if (found != listing->instances.end()) answer.instance = std::move(*found);
  }
  answer.creation = creation_of(answer.jobs, answer.instance ? &*answer.instance : nullptr);
  return answer;
}

/// All at once: a project that does not answer delays none of the others.
void ask_all(std::vector<Asked>& projects, const ResourceId& resource) {
  at_once(projects.size(), projects.size(),
          [&](std::size_t i) { projects[i].answer = ask(*projects[i].api, resource); });
}

bool knows_it(const Asked& asked) {
  return asked.answer && asked.answer->creation.standing != Standing::not_known;
}

/// The project that knows most of the resource.
const Asked& best_of(const std::vector<Asked>& projects) {
  auto best = std::ranges::find_if(projects, knows_it);
  if (best == projects.end())
    best = std::ranges::find_if(projects, [](const Asked& asked) { return asked.answer.has_value(); });
  return best == projects.end() ? projects.front() : *best;
}

std::string word_of(const Asked& asked) {
  return asked.answer ? asked.answer->creation.reason : asked.answer.error().message;
}

bool has_ended(const Asked& asked) {
  return asked.answer && (asked.answer->creation.standing == Standing::succeeded ||
                          asked.answer->creation.standing == Standing::failed);
}

/// To ask again would be answered alike, or get an account locked.
bool is_hopeless(const std::vector<Asked>& projects) {
  return std::ranges::all_of(projects, [](const Asked& asked) {
    return !asked.answer && asked.answer.error().kind == ErrorKind::unauthorized;
  });
}

nlohmann::ordered_json to_json(const cloud::Job& job) {
  const auto to_second = [](const std::optional<WallTime>& t) {
    return t ? std::optional(std::chrono::floor<Seconds>(*t)) : std::nullopt;
  };
  return {{"id", job.id.str()},
          {"status", to_string(job.status)},
          {"type", job.type},
          {"begin", overview::time_or_null(to_second(job.begin))},
          {"end", overview::time_or_null(to_second(job.end))},
          {"error_code", job.error_code},
          {"fail_reason", job.fail_reason}};
}

nlohmann::ordered_json to_json(const Asked& asked, const ResourceId& resource) {
  nlohmann::ordered_json document{{"project", asked.name.str()},
                                  {"resource_id", resource.str()},
                                  {"standing", "not_asked"},
                                  {"reason", word_of(asked)}};
  if (!asked.answer) return document;
  document["standing"] = to_string(asked.answer->creation.standing);
  if (const auto& instance = asked.answer->instance) {
    document["instance_id"] = instance->id.str();
    document["instance_name"] = instance->name;
    document["status"] = to_string(instance->status);
  }
  document["jobs"] = nlohmann::ordered_json::array();
  for (const cloud::Job& job : asked.answer->jobs) document["jobs"].push_back(to_json(job));
  return document;
}

Expected<std::vector<Asked>> projects_to_ask(const policy::Policy& policy, const WaitArguments& arguments,
                                             const ClientFactory& clients) {
  std::vector<Asked> projects;
  for (const policy::Project& project : policy.projects) {
    if (arguments.project && *arguments.project != project.name.str()) continue;
    auto api = clients(project, [](const cloud::Notice&) {});
    if (!api) return fail(std::move(api.error()));
    projects.push_back({project.name, std::move(*api), fail(ErrorKind::not_sent, "not asked yet")});
  }
  return projects;
}

}  // namespace

int wait(const WaitArguments& arguments, Streams streams) {
  prepare_http();
  const SystemClock clock;
  schedule::ZoneDatabase zones;
  const auto policy =
      require_policy(arguments.policy, zones, Secrets::required, clock.now().second(), streams);
  if (!policy) return kWrongUsage;
  auto projects = projects_to_ask(*policy, arguments, client_factory(zones));
  if (!projects) {
    streams.err << "dbssd: " << projects.error().message << '\n';
    return kNotAsked;
  }
  if (projects->empty()) {
    streams.err << "dbssd: --project: the policy has no project " << *arguments.project << '\n';
    return kWrongUsage;
  }

  const ResourceId resource(arguments.resource_id);
  const MonoTime began = clock.now().mono;
  const MonoTime ends = began + arguments.timeout.value_or(policy->creation_jobs.deadline);
  const auto waited = [&] { return format_duration(std::chrono::floor<Seconds>(clock.now().mono - began)); };
  {
    Progress progress(streams.err, columns_of_standard_error());
    for (;;) {
      ask_all(*projects, resource);
      // Where it is known, nobody else needs to be asked.
      if (const auto known = std::ranges::find_if(*projects, knows_it); known != projects->end()) {
        std::iter_swap(projects->begin(), known);
        projects->erase(projects->begin() + 1, projects->end());
      }
      const Asked& best = best_of(*projects);
      const MonoTime again = std::min(ends, clock.now().mono + policy->creation_jobs.poll_interval);
      if (has_ended(best) || is_hopeless(*projects) || again <= clock.now().mono) break;
      while (clock.now().mono < again) {
        progress.show(word_of(best), "waiting " + waited());
        std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(kPulse, again - clock.now().mono));
      }
    }
  }

  const Asked& best = best_of(*projects);
  if (arguments.output == Output::json) streams.out << print_json(to_json(best, resource));
  if (!best.answer) {
    streams.err << "dbssd: project " << best.name.str() << ": " << one_line(word_of(best)) << '\n';
    return kNotAsked;
  }
  const Standing standing = best.answer->creation.standing;
  if (!has_ended(best))
    streams.err << "dbssd: not ended after " << waited() << ": " << one_line(word_of(best)) << '\n';
  if (arguments.output == Output::text && has_ended(best))
    streams.out << arguments.resource_id << ": " << to_string(standing) << ": " << one_line(word_of(best))
                << '\n';
  return standing == Standing::succeeded ? kWell : kFailed;
}

}  // namespace dbssd::cli
