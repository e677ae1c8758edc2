// The policy as the commands read it.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "base/expected.h"
#include "policy/reader.h"

namespace dbssd::cli {

enum class Secrets {
  required,   ///< one that cannot be read is an error of the policy
  reachable,  ///< as above, but outside of the unit systemd's credentials are out of reach, and then not
              ///< asked for
  untouched,  ///< for commands that need none
};

/// Reads the file and what it says. The error is about the file as a whole; what is wrong inside is in the
/// findings.
[[nodiscard]] Expected<policy::ReadResult> read_policy_file(const std::string& path,
                                                            schedule::ZoneDatabase& zones, Secrets secrets,
                                                            Instant now);

/// As above, for a command that can do nothing without a policy: all is said on `err`, and null is returned.
[[nodiscard]] std::shared_ptr<const policy::Policy> require_policy(const std::string& path,
                                                                   schedule::ZoneDatabase& zones,
                                                                   Secrets secrets, Instant now,
                                                                   std::ostream& err);

/// "2 projects, 1 start rule, 3 reports"
[[nodiscard]] std::string size_of(const policy::Policy& policy);

/// One line each: "policy.yaml:7:15: error: reports[0].schedule: …"
void print_findings(const std::vector<policy::Finding>& findings, const std::string& path, std::ostream& out);

}  // namespace dbssd::cli
