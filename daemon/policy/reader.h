// YAML in, a Policy or a list of findings out.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "base/secret.h"
#include "policy/lint.h"
#include "policy/needs.h"
#include "policy/policy.h"
#include "schedule/zone.h"

namespace dbssd::policy {

/// Something that an operator must change in the policy (an error), or should look at (a warning).
struct Finding {
  std::optional<Lint> lint = {};  ///< of a warning, its kind
  int line = 1;                   ///< both count from 1; columns count characters
  int column = 1;
  std::string path = {};     ///< "reports[0].schedule"; empty where the text as a whole is meant
  std::string message = {};  ///< one line, never a secret
  [[nodiscard]] bool is_error() const { return !lint; }
  bool operator==(const Finding&) const = default;
};

/// "policy.yaml:7:15: error: reports[0].schedule: …"; a warning ends with its kind, as in "[window-gaps]".
[[nodiscard]] std::string format(const Finding& finding, std::string_view file);

/// More is needed than there is.
struct Shortage {
  Lint lint = Lint::few_threads;
  std::string message;
};

struct ReadContext {
  schedule::ZoneDatabase& zones;
  /// Tried on every secret that the policy names; what it returns is dropped at once. Null: secrets are not
  /// tried.
  std::function<Expected<Secret>(const SecretSource&)> secrets;
  Instant now;  ///< where the look at coming windows starts
  /// Asked of each directory that the policy has dbssd write into: why it cannot, as in "is no directory".
  /// Null: not asked.
  std::function<std::optional<std::string>(const std::string&)> unwritable = {};
  /// Asked what the policy needs at once: which of it the host does not grant, and why not. Null: not asked.
  std::function<std::vector<Shortage>(const Needs&)> shortages = {};
};

struct ReadResult {
  std::shared_ptr<const Policy> policy;  ///< null when any finding is an error
  std::vector<Finding> findings;         ///< in the order of the text; all of them, up to 1,000
};

/// Reads the whole policy whatever it finds on its way. Takes any bytes, in bounded time and memory. Looks at
/// the file system for ca_file alone (and through `secrets` and `unwritable`). Throws nothing.
[[nodiscard]] ReadResult read_policy(std::string_view yaml, const ReadContext& context);

/// The text of a policy file. Fails with a remedy where it is missing, no regular file, unreadable or too
/// large.
[[nodiscard]] Expected<std::string> load_policy_file(const std::string& path);

/// A key that the reader reads.
struct KnownKey {
  std::string path;                  ///< "projects[].limits.timeout"
  bool required = false;             ///< wherever the map that holds it is given
  std::vector<std::string> choices;  ///< the words that it takes, where they are a fixed list
  std::string range;                 ///< "1s to 5m", "1 to 256", where it takes numbers or durations
};

/// Every key, parents before children: recorded from the same declarations that read.
[[nodiscard]] std::vector<KnownKey> known_keys();

}  // namespace dbssd::policy
