#pragma once

#include <memory>
#include <optional>
#include <string>

#include "fakes/temp_directory.h"
#include "integration/harness/child.h"

namespace integration {

// OpenStack's Keystone as the IAM, with a database of its own: the program, its fernet tokens, its lock-out.
// Domain "Default"; user "dbss-ops", who has all rights in the project "ap-southeast-3".
class Keystone {
 public:
  struct Terms {
    int token_seconds = 3600;
    int lock_after = 3;  // wrong passwords in a row
  };
  // Whether this host has it.
  static bool installed();
  // Takes a while: Python programs make the database. Throws where one of them fails.
  explicit Keystone(const Terms& terms);

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Of the project, as Keystone made it up.
  std::string project_id() const { return value("SELECT id FROM project WHERE name = 'ap-southeast-3'"); }
  // Wrong passwords in a row, as Keystone counts them.
  int failures() const;
  // Answered requests so far that were answered so: "POST /v3/auth/tokens", "201".
  int answered(const std::string& request, const std::string& status) const;

 private:
  Child begin(std::vector<std::string> arguments) const;
  std::string value(const std::string& sql) const;
  int announced_port() const;

  dbssd::fakes::TempDirectory directory_;
  std::optional<Child> server_;
  int port_ = 0;
};

}  // namespace integration
