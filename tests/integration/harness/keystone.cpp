#include "integration/harness/keystone.h"

#include <unistd.h>

#include <sstream>
#include <stdexcept>

#include "integration/harness/cloud.h"
#include "integration/harness/database.h"

namespace integration {
namespace {

const std::string kManage = "/usr/bin/keystone-manage";
const std::string kServe = "/usr/bin/keystone-wsgi-public";
constexpr seconds kStarts{120};  // each loads some hundred modules

}  // namespace

bool Keystone::installed() {
  return ::access(kManage.c_str(), X_OK) == 0 && ::access(kServe.c_str(), X_OK) == 0;
}

Keystone::Keystone(const Terms& terms) {
  write_file(directory_.file("keystone.conf"),
             "[DEFAULT]\nlog_file = " + directory_.file("keystone.log") +
                 "\n[database]\nconnection = sqlite:///" + directory_.file("keystone.db") +
                 "\n[fernet_tokens]\nkey_repository = " + directory_.file("keys") +
                 "\n[token]\nprovider = fernet\nexpiration = " + std::to_string(terms.token_seconds) +
                 "\n[cache]\nenabled = false\n[security_compliance]\nlockout_failure_attempts = " +
                 std::to_string(terms.lock_after) + "\nlockout_duration = 3600\n");
  const std::string configuration = "--config-file=" + directory_.file("keystone.conf");
  const auto expect_well = [this](Child child, const std::string& what) {
    if (child.wait(kStarts) != 0)
      throw std::runtime_error(what + ": " + read_file(directory_.file("keystone.err")));
  };
  Child keys = begin({kManage, configuration, "fernet_setup", "--keystone-user", std::to_string(::geteuid()),
                      "--keystone-group", std::to_string(::getegid())});
  expect_well(begin({kManage, configuration, "db_sync"}), "db_sync");
  expect_well(std::move(keys), "fernet_setup");
  expect_well(begin({kManage, configuration, "bootstrap", "--bootstrap-username", "dbss-ops",
                     "--bootstrap-password", kPassword, "--bootstrap-project-name", "ap-southeast-3"}),
              "bootstrap");
  // The user that it makes is its administrator, whom nothing locks out.
  (void)query(directory_.file("keystone.db"), "DELETE FROM user_option");
  server_.emplace(begin({kServe, "--host", "127.0.0.1", "--port", "0"}));
  if (!eventually([this] { return (port_ = announced_port()) != 0; }, kStarts))
    throw std::runtime_error("no server: " + read_file(directory_.file("keystone.err")));
}

Child Keystone::begin(std::vector<std::string> arguments) const {
  return Child(arguments,
               {{"PATH", "/usr/bin:/bin"},
                {"LANG", "C.UTF-8"},
                {"HOME", directory_.path()},
                {"OS_KEYSTONE_CONFIG_FILES", directory_.file("keystone.conf")}},
               directory_.file("keystone.out"), directory_.file("keystone.err"));
}

// "Available at http://localhost:41233/"
int Keystone::announced_port() const {
  const std::string said = read_file(directory_.file("keystone.out"));
  const std::size_t line = said.find("Available at http://");
  const std::size_t colon = line == std::string::npos ? line : said.find(':', line + 20);
  if (colon == std::string::npos || said.find('\n', colon) == std::string::npos) return 0;
  return std::stoi(said.substr(colon + 1));
}

std::string Keystone::value(const std::string& sql) const {
  const auto rows = query(directory_.file("keystone.db"), sql);
  if (rows.size() != 1) throw std::runtime_error(sql + ": " + std::to_string(rows.size()) + " rows");
  return rows.front();
}

int Keystone::failures() const {
  return std::stoi(value("SELECT coalesce(max(failed_auth_count), 0) FROM local_user"));
}

int Keystone::answered(const std::string& request, const std::string& status) const {
  std::istringstream lines(read_file(directory_.file("keystone.err")));
  int count = 0;
  for (std::string line; std::getline(lines, line);)
    if (line.find('"' + request) != std::string::npos && line.find("\" " + status) != std::string::npos)
      ++count;
  return count;
}

}  // namespace integration
