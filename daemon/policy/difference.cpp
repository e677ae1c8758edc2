#include "policy/difference.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>

#include "policy/choices.h"

namespace dbssd::policy {
namespace {

constexpr std::string_view kAbsent = "absent";

/// A field and its value. Every value of one type has the same fields in the same order.
struct Field {
  std::string path;
  std::string text;
};
using Outline = std::vector<Field>;

std::string joined(const std::vector<std::string>& texts) {
  std::string all = "[";
  for (const std::string& text : texts) all.append(all.size() > 1 ? ", " : "").append(text);
  return all + "]";
}

template <class Items, class Text>
std::string listed(const Items& items, Text text) {
  std::vector<std::string> texts;
  std::ranges::transform(items, std::back_inserter(texts), text);
  return joined(texts);
}

std::string or_absent(const std::optional<std::string>& text) { return text.value_or(std::string(kAbsent)); }

std::string text_of(const SecretSource& secret) {
  return "{" + std::string(word_for(secret.kind, kSecretSources)) + ": " + secret.name + "}";
}

std::string text_of(const schedule::WindowRule& window) {
  if (window.kind == schedule::WindowRule::Kind::last) return "{last: " + format_duration(window.last) + "}";
  return std::string(word_for(window.kind, kWindows));
}

void outline_auth(Outline& fields, const Auth& auth) {
  const auto* password = std::get_if<PasswordAuth>(&auth);
  const auto* aksk = std::get_if<AkskAuth>(&auth);
  const auto* token = std::get_if<TokenAuth>(&auth);
  const std::string absent(kAbsent);
  fields.push_back(
      {"auth.method", std::string(word_for(static_cast<AuthMethod>(auth.index()), kAuthMethods))});
  fields.push_back({"auth.domain", password ? password->domain : absent});
  fields.push_back({"auth.user", password ? password->user : absent});
  fields.push_back({"auth.password", password ? text_of(password->password) : absent});
  fields.push_back({"auth.access_key", aksk ? text_of(aksk->access_key) : absent});
  fields.push_back({"auth.secret_key", aksk ? text_of(aksk->secret_key) : absent});
  const bool temporary = aksk && aksk->security_token;
  fields.push_back({"auth.security_token", temporary ? text_of(*aksk->security_token) : absent});
  fields.push_back({"auth.token", token ? text_of(token->token) : absent});
}

void outline_select(Outline& fields, const Select& select) {
  const auto outline_patterns = [&](const std::string& path, const Patterns& patterns) {
    fields.push_back({path + ".project", joined(patterns.project)});
    fields.push_back({path + ".name", joined(patterns.name)});
    fields.push_back({path + ".id", joined(patterns.id)});
  };
  outline_patterns("select", select.include);
  outline_patterns("select.exclude", select.exclude);
}

std::string name_of(const Project& project) { return project.name.str(); }
std::string name_of(const StartRule& rule) { return rule.name; }
std::string name_of(const ReportRule& rule) { return rule.name.str(); }

Outline outline(const Project& project) {
  Outline fields{
      {"region", project.region},
      {"project_id", project.project_id ? project.project_id->str() : std::string(kAbsent)},
      {"endpoints.dbss", project.dbss_endpoint},
      {"endpoints.iam", project.iam_endpoint},
      {"endpoints.style",
       project.path_style ? std::string(word_for(project.path_style, kPathStyles)) : std::string(kAbsent)},
      {"tls.ca_file", or_absent(project.ca_file)}};
  const Proxy* proxy = project.proxy ? &*project.proxy : nullptr;
  fields.push_back({"proxy.url", proxy ? proxy->url : std::string(kAbsent)});
  fields.push_back({"proxy.user", proxy && !proxy->user.empty() ? proxy->user : std::string(kAbsent)});
  fields.push_back(
      {"proxy.password", proxy && proxy->password ? text_of(*proxy->password) : std::string(kAbsent)});
  outline_auth(fields, project.auth);
  fields.push_back({"limits.requests_per_second", std::to_string(project.limits.requests_per_second)});
  fields.push_back({"limits.in_flight", std::to_string(project.limits.in_flight)});
  fields.push_back({"limits.timeout", format_duration(project.limits.timeout)});
  fields.push_back({"api_time_zone", project.api_time_zone});
  return fields;
}

Outline outline(const StartRule& rule) {
  Outline fields;
  outline_select(fields, rule.select);
  fields.push_back({"max_per_cycle", std::to_string(rule.max_per_cycle)});
  fields.push_back({"confirm_within", format_duration(rule.confirm_within)});
  fields.push_back({"flap.starts", std::to_string(rule.flap.starts)});
  fields.push_back({"flap.within", format_duration(rule.flap.within)});
  fields.push_back({"flap.hold", format_duration(rule.flap.hold)});
  return fields;
}

Outline outline(const ReportRule& rule) {
  const TemplateRef& named = rule.report_template;
  Outline fields{
      {"template", "{" + std::string(word_for(named.by, kTemplateRefs)) + ": " + named.value + "}"},
      {"schedule", rule.schedule.text()},
      {"time_zone", rule.time_zone},
      {"window", text_of(rule.window)}};
  outline_select(fields, rule.select);
  const auto archived = [&](auto text) {
    return rule.archive ? std::string(text(*rule.archive)) : std::string(kAbsent);
  };
  fields.push_back({"databases", joined(rule.databases)});
  fields.push_back({"when_inactive", std::string(word_for(rule.when_inactive, kWhenInactive))});
  fields.push_back({"on_unknown", std::string(word_for(rule.on_unknown, kOnUnknown))});
  fields.push_back({"after_summary", std::string(word_for(rule.after_summary, kAfterSummary))});
  fields.push_back({"missed", std::string(word_for(rule.missed, kMissedPolicies))});
  fields.push_back({"deadline", format_duration(rule.deadline)});
  fields.push_back({"spread", format_duration(rule.spread)});
  fields.push_back({"finish_within", format_duration(rule.finish_within)});
  fields.push_back({"archive.directory", archived([](const Archive& a) { return a.directory; })});
  fields.push_back({"archive.locale", archived([](const Archive& a) { return a.locale; })});
  fields.push_back({"archive.keep", archived([](const Archive& a) {
                      return a.keep ? format_duration(*a.keep) : std::string(kAbsent);
                    })});
  return fields;
}

std::string text_of(const Status& status) {
  const bool six = status.host.find(':') != std::string::npos;
  return (six ? "[" + status.host + "]" : status.host) + ":" + std::to_string(status.port);
}

/// What stands outside of the three lists of named items.
Outline outline_before_lists(const Policy& policy) { return {{"time_zone", policy.time_zone}}; }
Outline outline_after_projects(const Policy& policy) {
  return {{"instances.reconcile_interval", format_duration(policy.instances.reconcile_interval)}};
}
Outline outline_between(const Policy& policy) {
  const CreationJobs& jobs = policy.creation_jobs;
  return {
      {"creation_jobs.poll_interval", format_duration(jobs.poll_interval)},
      {"creation_jobs.deadline", format_duration(jobs.deadline)},
      {"creation_jobs.resource_ids",
       listed(jobs.resource_ids, [](const ResourceId& id) { return id.str(); })},
      {"summary.busi_types", listed(policy.summary.busi_types,
                                    [](cloud::BusiType t) { return std::string(word_for(t, kBusiTypes)); })},
      {"summary.poll_interval", format_duration(policy.summary.poll_interval)}};
}
Outline outline_after_lists(const Policy& policy) {
  return {{"state.path", policy.state.path},
          {"state.keep", format_duration(policy.state.keep)},
          {"log.format", std::string(word_for(policy.log.format, kLogFormats))},
          {"log.level", std::string(word_for(policy.log.level, kLogLevels))},
          {"log.file", or_absent(policy.log.file)},
          {"status.listen", policy.status ? text_of(*policy.status) : std::string(kAbsent)}};
}

class Comparison {
 public:
  void fields(const std::string& prefix, const Outline& before, const Outline& after) {
    for (std::size_t i = 0; i < before.size(); ++i)
      add(prefix + before[i].path, before[i].text, after[i].text);
  }

  template <class Item>
  void items(const std::string& path, const std::vector<Item>& before, const std::vector<Item>& after) {
    const auto by_name = [](const std::vector<Item>& items) {
      std::unordered_map<std::string, const Item*> found;
      for (const Item& item : items) found.emplace(name_of(item), &item);
      return found;
    };
    const auto was = by_name(before);
    const auto is = by_name(after);
    std::vector<std::string> stayed_before;
    std::vector<std::string> stayed_after;
    for (const Item& item : before) {
      const std::string name = name_of(item);
      const std::string at = path + '[' + name + ']';
      if (const auto same = is.find(name); same != is.end()) {
        stayed_before.push_back(name);
        fields(at + '.', outline(item), outline(*same->second));
      } else {
        add(at, "present", kAbsent);
      }
    }
    for (const Item& item : after) {
      const std::string name = name_of(item);
      if (was.contains(name)) {
        stayed_after.push_back(name);
      } else {
        add(path + '[' + name + ']', kAbsent, "present");
      }
    }
    // The order of start rules decides which one an instance obeys.
    add(path, joined(stayed_before), joined(stayed_after));
  }

  std::vector<Change> take() { return std::move(changes_); }

 private:
  void add(std::string path, std::string_view before, std::string_view after) {
    if (before != after) changes_.push_back({std::move(path), std::string(before), std::string(after)});
  }

  std::vector<Change> changes_;
};

}  // namespace

std::vector<Change> difference(const Policy& before, const Policy& after) {
  Comparison c;
  c.fields("", outline_before_lists(before), outline_before_lists(after));
  c.items("projects", before.projects, after.projects);
  c.fields("", outline_after_projects(before), outline_after_projects(after));
  c.items("instances.start", before.instances.start, after.instances.start);
  c.fields("", outline_between(before), outline_between(after));
  c.items("reports", before.reports, after.reports);
  c.fields("", outline_after_lists(before), outline_after_lists(after));
  return c.take();
}

}  // namespace dbssd::policy
