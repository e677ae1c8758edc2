#include "policy/reader.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>

#include "base/loopback.h"
#include "policy/sections.h"

namespace dbssd::policy {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

constexpr int kVersion = 1;

void read_version(const Value& value) {
  int version = kVersion;
  if (value.integer(version, {1, 1'000'000}) && version != kVersion) {
    value.error("must be " + std::to_string(kVersion) + ": this dbssd reads no other version");
  }
}

void read_creation_jobs(const Value& value, CreationJobs& jobs) {
  value.map([&](Fields& keys) {
    keys("poll_interval").duration(jobs.poll_interval, {1s, 1h});
    keys("deadline").duration(jobs.deadline, {1s, days{7}});
    std::vector<std::string> ids;
    keys("resource_ids").texts(ids, cloud_id);
    for (std::string& id : ids) jobs.resource_ids.emplace_back(std::move(id));
  });
}

void read_summary(const Value& value, Summary& summary) {
  value.map([&](Fields& keys) {
    std::vector<cloud::BusiType> types;
    const bool given = keys("busi_types").list([&](const Value& item) {
      cloud::BusiType type{};
      if (!item.choice(type, kBusiTypes)) return;
      if (std::ranges::find(types, type) != types.end()) return item.error("is in the list already");
      types.push_back(type);
    });
    if (given) summary.busi_types = std::move(types);
    keys("poll_interval").duration(summary.poll_interval, {1s, 24h});
  });
}

/// The journal is the memory: what it forgets too early would be done or held wrongly.
void check_keep(const Value& keep, const Policy& policy) {
  const auto needs = [&](Seconds span, const std::string& what) {
    if (policy.state.keep < span)
      keep.error("must be at least as long as " + what + " (" + format_duration(span) + ")");
  };
  const auto by_deadline = std::ranges::max_element(policy.reports, {}, &ReportRule::deadline);
  if (by_deadline != policy.reports.end()) {
    needs(by_deadline->deadline, "the deadline of report " + in_quotes(by_deadline->name.str()));
  }
  for (const StartRule& rule : policy.instances.start) {
    needs(rule.flap.within, "flap.within of start rule " + in_quotes(rule.name));
    needs(rule.flap.hold, "flap.hold of start rule " + in_quotes(rule.name));
  }
}

void read_state(const Value& value, Policy& policy) {
  value.map([&](Fields& keys) {
    const Value path = keys("path");
    if (path.text(policy.state.path, absolute_path))
      warn_unless_writable(path, std::filesystem::path(policy.state.path).parent_path().string());
    const Value keep = keys("keep");
    if (keep.duration(policy.state.keep, {days{1}, days{36'500}})) check_keep(keep, policy);
  });
}

void read_log(const Value& value, Log& log) {
  value.map([&](Fields& keys) {
    keys("format").choice(log.format, kLogFormats);
    keys("level").choice(log.level, kLogLevels);
    const Value file = keys("file");
    std::string path;
    if (!file.text(path, absolute_path)) return;
    warn_unless_writable(file, std::filesystem::path(path).parent_path().string());
    if (log.format == Log::Format::journald)
      file.error("is not used by the format journald: remove one of both");
    log.file = std::move(path);
  });
}

void read_listen(const Value& value, Status& status) {
  std::string text;
  if (!value.text(text)) return;
  const std::size_t colon = text.rfind(':');
  const bool bracketed =
      text.starts_with('[') && colon != std::string::npos && colon > 1 && text[colon - 1] == ']';
  const std::string host = bracketed ? text.substr(1, colon - 2) : text.substr(0, colon);
  std::array<unsigned char, sizeof(in6_addr)> address{};
  const bool numeric = inet_pton(bracketed ? AF_INET6 : AF_INET, host.c_str(), address.data()) == 1;
  if (colon == std::string::npos || !numeric) {
    return value.error("must be a numeric address and a port, as in 127.0.0.1:9464 or [::1]:9464");
  }
  const auto port = parse_integer(std::string_view(text).substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) return value.error("must have a port between 0 and 65535");
  if (!is_loopback_address(host)) {
    value.warning(Lint::open_status,
                  "is open to other hosts: the status page has neither encryption nor passwords");
  }
  status = {host, static_cast<std::uint16_t>(*port)};
}

void warn_of_shortages(const Value& value, const std::vector<Project>& projects) {
  if (value.reading().recording() || !value.given()) return;
  const auto& shortages = value.reading().context().shortages;
  if (!shortages) return;
  for (Shortage& shortage : shortages(needs_of(projects)))
    value.warning(shortage.lint, std::move(shortage.message));
}

void read_status(const Value& value, std::optional<Status>& status) {
  value.map([&](Fields& keys) { read_listen(keys.required("listen"), status.emplace()); });
}

}  // namespace

void warn_unless_writable(const Value& value, const std::string& directory) {
  const auto& unwritable = value.reading().context().unwritable;
  if (!unwritable) return;
  if (const auto flaw = unwritable(directory))
    value.warning(Lint::not_writable, "cannot be written: " + directory + ' ' + *flaw);
}

void Unique::claim(const Value& value, const std::string& text) {
  const auto [owner, is_new] = owners_.emplace(text, value.path());
  if (!is_new) value.error("is taken already, by " + owner->second);
}

void read_policy_keys(Fields& keys, Policy& policy) {
  read_version(keys.required("version"));
  keys("time_zone").zone(policy.time_zone);
  const Value projects = keys.required("projects");
  read_projects(projects, policy.projects);
  warn_of_shortages(projects, policy.projects);
  read_instances(keys("instances"), policy.projects, policy.instances);
  read_creation_jobs(keys("creation_jobs"), policy.creation_jobs);
  read_summary(keys("summary"), policy.summary);
  read_reports(keys("reports"), policy);
  read_state(keys("state"), policy);
  read_log(keys("log"), policy.log);
  read_status(keys("status"), policy.status);
}

std::string format(const Finding& finding, std::string_view file) {
  std::string text(file);
  text += ':' + std::to_string(finding.line) + ':' + std::to_string(finding.column);
  text += finding.is_error() ? ": error: " : ": warning: ";
  if (!finding.path.empty()) text += finding.path + ": ";
  text += finding.message;
  if (finding.lint) text.append(" [").append(word_for(*finding.lint, kLints)).append("]");
  return text;
}

ReadResult read_policy(std::string_view yaml, const ReadContext& context) {
  const Source source(yaml);
  Reading reading(source, context);
  const auto refuse = [&](const Flaw& flaw) {
    reading.report(std::nullopt, flaw.at, "", flaw.message);
    return ReadResult{nullptr, reading.take_findings()};
  };
  if (const auto flaw = find_flaw(source.text())) return refuse(*flaw);
  const auto document = parse_document(source);
  if (!document) return refuse(document.error());
  const auto policy = std::make_shared<Policy>();
  Value(reading, &*document, "").map([&](Fields& keys) { read_policy_keys(keys, *policy); });
  return {reading.errors() > 0 ? nullptr : policy, reading.take_findings()};
}

std::vector<KnownKey> known_keys() {
  std::vector<KnownKey> known;
  const Source nothing("");
  Reading reading(nothing, known);
  Policy policy;
  Value(reading, nullptr, "").map([&](Fields& keys) { read_policy_keys(keys, policy); });
  return known;
}

}  // namespace dbssd::policy
