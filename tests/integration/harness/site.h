#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "fakes/temp_directory.h"
#include "integration/harness/child.h"
#include "integration/harness/cloud.h"

namespace integration {

// What a command came to.
struct Ended {
  int status = -1;  // as Child::wait
  std::string out;
  std::string err;

  std::vector<json> log() const;  // `out`, where it is a log of format json
};

// Lines of a log of format json. A line that is none fails the test.
std::vector<json> parse_log(const std::string& text);
// Those of one event that have all members of `like`, in order.
std::vector<json> events(const std::vector<json>& log, const std::string& event,
                         const json& like = json::object());

// dbssd run as a service.
class Daemon {
 public:
  Daemon(Child child, std::string out_path, std::string err_path);

  Child child;

  std::string out() const { return read_file(out_path_); }
  std::string err() const { return read_file(err_path_); }
  std::vector<json> log() const { return parse_log(out()); }
  // Waits for the event's `count`-th line of that kind; false where it does not come.
  bool says(const std::string& event, const json& like = json::object(), std::size_t count = 1,
            milliseconds limit = kPatience) const;
  // SIGTERM. Returns how long it took to leave, and expects it to leave well.
  milliseconds stop();

 private:
  std::string out_path_;
  std::string err_path_;
};

// A host with dbssd on it and a cloud before it. When it goes, no file below its directory may show a secret
// that any of its programs had: one of their environments, or a token or key that the cloud gave out.
class Site {
 public:
  explicit Site(const json& fleet, double cloud_clock_rate = 1);
  ~Site();

  Cloud cloud;
  dbssd::fakes::TempDirectory directory;
  // Written to policy_path() by each command that is begun. YAML has JSON in it, and JSON is easier to
  // change.
  json policy;
  std::map<std::string, std::string> environment;

  std::string policy_path() const { return directory.file("policy.yaml"); }
  std::string state_path() const { return policy["state"]["path"]; }
  void write_policy() const { write_file(policy_path(), policy.dump(2)); }

  // `dbssd ARGUMENTS --policy …`, to its end.
  Ended command(std::vector<std::string> arguments);
  Ended run_once() { return command({"run", "--once"}); }
  Child begin(std::vector<std::string> arguments);
  // Returns once it has said service.ready.
  Daemon daemon();

  // Makes the journal that of a daemon which was last there so long ago.
  void age_schedules(seconds by) const;
  // From the next command on, no report rule comes due any more.
  void retire_schedules();
  // As query() of harness/database.h, on the journal.
  std::vector<std::string> query(const std::string& sql) const;

  // The logs of all commands so far.
  std::vector<json> all_logs() const { return parse_log(written("out-")); }
  // All that was written by any command so far, standard output and error alike.
  std::string all_output() const { return written("out-") + written("err-"); }
  // Fails the test where what came another way shows a secret: the body of an answer.
  void expect_shows_no_secret(const std::string& text);

 private:
  std::string next_path(const std::string& kind);
  std::string written(const std::string& prefix) const;

  std::set<std::string> secrets();

  int begun_ = 0;
  std::set<std::string> planted_;  // by the environments so far
};

// A report rule that is due each minute.
json minutely(const json& changes = json::object());

}  // namespace integration
