#include "cli/policy_file.h"

#include <ostream>

#include "base/text.h"
#include "cli/printing.h"
#include "engine/sha256.h"
#include "service/directories.h"
#include "service/limits.h"
#include "service/secrets.h"

namespace dbssd::cli {
namespace {

Expected<Secret> read_reachable(const policy::SecretSource& source) {
  if (source.kind != policy::SecretSource::Kind::credential || service::has_credentials()) {
    return service::read_secret(source);
  }
  return Secret();
}

Expected<std::string> fingerprint_of(const std::string& text) {
  constexpr std::size_t kDigits = 16;
  engine::Sha256 digest;
  digest.add(text);
  auto hex = digest.hex();
  if (!hex) return fail(std::move(hex.error()));
  return hex->substr(0, kDigits);
}

std::vector<policy::Shortage> shortages_of_host(const policy::Needs& needs) {
  const service::Limits limits = service::limits_of_service();
  std::vector<policy::Shortage> found;
  if (limits.threads && needs.threads > limits.threads->most) {
    found.push_back({policy::Lint::few_threads, "can need " + std::to_string(needs.threads) +
                                                    " threads at once, more than " + limits.threads->set_by +
                                                    ": raise that, or lower limits.in_flight"});
  }
  if (limits.descriptors && needs.descriptors > limits.descriptors->most) {
    found.push_back({policy::Lint::few_descriptors,
                     "can need " + std::to_string(needs.descriptors) + " descriptors at once, more than " +
                         limits.descriptors->set_by + ": raise that, or lower limits.in_flight"});
  }
  return found;
}

}  // namespace

Expected<PolicyFile> read_policy_file(const std::string& path, schedule::ZoneDatabase& zones, Secrets secrets,
                                      Instant now) {
  const auto text = policy::load_policy_file(path);
  if (!text) return fail(text.error());
  auto fingerprint = fingerprint_of(*text);
  if (!fingerprint) return fail(std::move(fingerprint.error()));
  policy::ReadContext context{zones, nullptr, now};
  if (secrets == Secrets::required) context.secrets = service::read_secret;
  if (secrets == Secrets::reachable) {
    context.secrets = read_reachable;
    context.unwritable = service::unwritable;
    context.shortages = shortages_of_host;
  }
  policy::ReadResult read = policy::read_policy(*text, context);
  return PolicyFile{std::move(read.policy), std::move(read.findings), *std::move(fingerprint)};
}

PolicyFile require_policy_file(const std::string& path, schedule::ZoneDatabase& zones, Secrets secrets,
                               Instant now, const Streams& streams) {
  auto read = read_policy_file(path, zones, secrets, now);
  if (!read) {
    streams.err << "dbssd: " << read.error().message << '\n';
    return {};
  }
  print_findings(read->findings, path, streams.err_paint, streams.err);
  return *std::move(read);
}

std::shared_ptr<const policy::Policy> require_policy(const std::string& path, schedule::ZoneDatabase& zones,
                                                     Secrets secrets, Instant now, const Streams& streams) {
  return require_policy_file(path, zones, secrets, now, streams).policy;
}

std::string size_of(const policy::Policy& policy) {
  return counted(policy.projects.size(), "project") + ", " +
         counted(policy.instances.start.size(), "start rule") + ", " +
         counted(policy.reports.size(), "report");
}

void print_findings(const std::vector<policy::Finding>& findings, const std::string& path, const Paint& paint,
                    std::ostream& out) {
  for (const policy::Finding& finding : findings)
    out << paint(finding.is_error() ? Tone::error : Tone::warning, policy::format(finding, path)) << '\n';
}

}  // namespace dbssd::cli
