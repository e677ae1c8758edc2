// The sections of a policy. Each declares its keys, in the words of fields.h, and checks what they mean
// together.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "policy/fields.h"
#include "policy/policy.h"

namespace dbssd::policy {

/// The whole policy: what the reader reads and what known_keys() records.
void read_policy_keys(Fields& keys, Policy& policy);

void read_projects(const Value& value, std::vector<Project>& projects);
void read_auth(const Value& value, Auth& auth);
/// True where it says well where the secret is, be that readable or not.
bool read_secret(const Value& value, SecretSource& secret);
/// A select that no instance of any project can match gets a warning, and so does a pattern that means no
/// project.
void read_select(const Value& value, const std::vector<Project>& projects, Select& select);
void read_instances(const Value& value, const std::vector<Project>& projects, Instances& instances);
/// Takes from `policy` what stands beside the reports: its projects, summary and time zone.
void read_reports(const Value& value, Policy& policy);

/// A warning where this host says that dbssd cannot write there.
void warn_unless_writable(const Value& value, const std::string& directory);

/// True where every instance that `later` selects is one that `earlier` selects; false also where that cannot
/// be told.
[[nodiscard]] bool covers(const Select& earlier, const Select& later);

/// Texts that must be unique among their like.
class Unique {
 public:
  /// Reports where an earlier value had this text.
  void claim(const Value& value, const std::string& text);

 private:
  std::unordered_map<std::string, std::string> owners_;  // paths, by text
};

}  // namespace dbssd::policy
