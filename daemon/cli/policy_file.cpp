#include "cli/policy_file.h"

#include <ostream>

#include "base/text.h"
#include "cli/printing.h"
#include "service/secrets.h"

namespace dbssd::cli {
namespace {

Expected<Secret> read_reachable(const policy::SecretSource& source) {
  if (source.kind != policy::SecretSource::Kind::credential || service::has_credentials()) {
    return service::read_secret(source);
  }
  return Secret();
}

}  // namespace

Expected<policy::ReadResult> read_policy_file(const std::string& path, schedule::ZoneDatabase& zones,
                                              Secrets secrets, Instant now) {
  auto text = policy::load_policy_file(path);
  if (!text) return fail(text.error());
  policy::ReadContext context{zones, nullptr, now};
  if (secrets == Secrets::required) context.secrets = service::read_secret;
  if (secrets == Secrets::reachable) context.secrets = read_reachable;
  return policy::read_policy(*text, context);
}

std::shared_ptr<const policy::Policy> require_policy(const std::string& path, schedule::ZoneDatabase& zones,
                                                     Secrets secrets, Instant now, std::ostream& err) {
  auto read = read_policy_file(path, zones, secrets, now);
  if (!read) {
    err << "dbssd: " << read.error().message << '\n';
    return nullptr;
  }
  print_findings(read->findings, path, err);
  return std::move(read->policy);
}

std::string size_of(const policy::Policy& policy) {
  return counted(policy.projects.size(), "project") + ", " +
         counted(policy.instances.start.size(), "start rule") + ", " +
         counted(policy.reports.size(), "report");
}

void print_findings(const std::vector<policy::Finding>& findings, const std::string& path,
                    std::ostream& out) {
  for (const policy::Finding& finding : findings) out << policy::format(finding, path) << '\n';
}

}  // namespace dbssd::cli
