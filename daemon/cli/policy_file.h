// The policy as the commands read it.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "base/expected.h"
#include "cli/command.h"
#include "policy/reader.h"

namespace dbssd::cli {

enum class Secrets {
  required,   ///< one that cannot be read is an error of the policy
  reachable,  ///< for who checks a policy: as above, but outside of the unit systemd's credentials are out of
              ///< reach, and then not asked for. The directories of the policy are looked at as well
  untouched,  ///< for commands that need none
};

/// The file, as it was read.
struct PolicyFile {
  std::shared_ptr<const policy::Policy> policy;  ///< null where any finding is an error
  std::vector<policy::Finding> findings;
  std::string fingerprint;  ///< the first 16 digits of what `sha256sum` says of the file
};

/// Reads the file and what it says. The error is about the file as a whole; what is wrong inside is in the
/// findings.
[[nodiscard]] Expected<PolicyFile> read_policy_file(const std::string& path, schedule::ZoneDatabase& zones,
                                                    Secrets secrets, Instant now);

/// As above, for a command that can do nothing without a policy: all is said on the error stream, and there
/// is no policy in what is returned.
[[nodiscard]] PolicyFile require_policy_file(const std::string& path, schedule::ZoneDatabase& zones,
                                             Secrets secrets, Instant now, const Streams& streams);
[[nodiscard]] std::shared_ptr<const policy::Policy> require_policy(const std::string& path,
                                                                   schedule::ZoneDatabase& zones,
                                                                   Secrets secrets, Instant now,
                                                                   const Streams& streams);

/// "2 projects, 1 start rule, 3 reports"
[[nodiscard]] std::string size_of(const policy::Policy& policy);

/// One line each: "policy.yaml:7:15: error: reports[0].schedule: …"
void print_findings(const std::vector<policy::Finding>& findings, const std::string& path, const Paint& paint,
                    std::ostream& out);

}  // namespace dbssd::cli
