#include "integration/harness/site.h"

#include <signal.h>

#include <filesystem>
#include <sstream>
#include <utility>

#include "integration/harness/database.h"
#include "integration/harness/secrets.h"

namespace integration {
namespace {

constexpr const char* kSanitizers = "exitcode=99:abort_on_error=0";

// Sanitizers speak on standard error, and leave by a status that nothing else has.
void expect_clean(const std::string& err) {
  EXPECT_EQ(err.find("Sanitizer"), std::string::npos) << err;
  EXPECT_EQ(err.find("runtime error:"), std::string::npos) << err;
}

bool contains(const json& line, const json& like) {
  for (const auto& [key, value] : like.items())
    if (!line.contains(key) || line[key] != value) return false;
  return true;
}

}  // namespace

std::vector<json> parse_log(const std::string& text) {
  std::vector<json> log;
  std::istringstream lines(text.substr(0, text.rfind('\n') + 1));  // the last one may still be on its way
  for (std::string line; std::getline(lines, line);) {
    json parsed = json::parse(line, nullptr, /*allow_exceptions=*/false);
    EXPECT_TRUE(parsed.is_object() && parsed.contains("event")) << "not a line of the log: " << line;
    if (parsed.is_object()) log.push_back(std::move(parsed));
  }
  return log;
}

std::vector<json> events(const std::vector<json>& log, const std::string& event, const json& like) {
  std::vector<json> found;
  for (const json& line : log)
    if (line.value("event", "") == event && contains(line, like)) found.push_back(line);
  return found;
}

std::vector<json> Ended::log() const { return parse_log(out); }

Daemon::Daemon(Child running, std::string out_path, std::string err_path)
    : child(std::move(running)), out_path_(std::move(out_path)), err_path_(std::move(err_path)) {}

bool Daemon::says(const std::string& event, const json& like, std::size_t count, milliseconds limit) const {
  return eventually([&] { return events(log(), event, like).size() >= count; }, limit);
}

milliseconds Daemon::stop() {
  const auto begun = std::chrono::steady_clock::now();
  child.signal(SIGTERM);
  const auto status = child.wait(kPatience);
  EXPECT_EQ(status, 0) << err();
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
}

Site::Site(const json& fleet, double cloud_clock_rate) : cloud(fleet, cloud_clock_rate) {
  policy = {{"version", 1},
            {"projects",
             {{{"name", "prod"},
               {"region", "ap-southeast-3"},
               {"project_id", kProjectId},
               {"endpoints", {{"dbss", cloud.url()}, {"iam", cloud.url()}}},
               {"auth",
                {{"method", "password"},
                 {"domain", "acme"},
                 {"user", "dbss-ops"},
                 {"password", {{"env", "DBSSD_TEST_PASSWORD"}}}}},
               {"limits", {{"requests_per_second", 1000}, {"in_flight", 8}, {"timeout", "10s"}}}}}},
            {"instances", {{"reconcile_interval", "5s"}}},
            {"summary", {{"busi_types", json::array()}}},
            {"state", {{"path", directory.file("state.db")}}},
            {"log", {{"format", "json"}, {"level", "debug"}}}};
  environment = {{"PATH", "/usr/bin:/bin"},
                 {"DBSSD_TEST_PASSWORD", kPassword},
                 {"HTTPS_PROXY", "http://ops:the-password-of-the-proxy@127.0.0.1:1"},
                 {"NO_PROXY", "127.0.0.1,localhost"},
                 {"ASAN_OPTIONS", kSanitizers},
                 {"UBSAN_OPTIONS", kSanitizers},
                 {"TSAN_OPTIONS", kSanitizers}};
}

Site::~Site() {
  expect_clean(all_output());
  expect_none_shown(directory.path(), secrets());
}

std::set<std::string> Site::secrets() {
  std::set<std::string> all = cloud.secrets();
  all.merge(secrets_in(environment));
  all.insert(planted_.begin(), planted_.end());
  return all;
}

void Site::expect_shows_no_secret(const std::string& text) {
  for (const std::string& secret : secrets()) EXPECT_FALSE(shows(text, secret)) << secret << " in " << text;
}

std::string Site::next_path(const std::string& kind) {
  return directory.file(kind + "-" + std::to_string(begun_));
}

Child Site::begin(std::vector<std::string> arguments) {
  write_policy();
  ++begun_;
  planted_.merge(secrets_in(environment));
  arguments.insert(arguments.begin(), DBSSD_PROGRAM);
  arguments.insert(arguments.end(), {"--policy", policy_path()});
  return {arguments, environment, next_path("out"), next_path("err")};
}

Ended Site::command(std::vector<std::string> arguments) {
  Child child = begin(std::move(arguments));
  const auto status = child.wait(2 * kPatience);
  EXPECT_TRUE(status) << "it does not end";
  return {status.value_or(-1), read_file(next_path("out")), read_file(next_path("err"))};
}

Daemon Site::daemon() {
  Child child = begin({"run"});
  Daemon daemon(std::move(child), next_path("out"), next_path("err"));
  EXPECT_TRUE(daemon.says("service.ready")) << daemon.out() << daemon.err();
  return daemon;
}

void Site::age_schedules(seconds by) const {
  const std::string amount = std::to_string(by.count());
  integration::query(state_path(),
                     "UPDATE schedule SET since = since - " + amount + ", cursor = cursor - " + amount);
}

void Site::retire_schedules() {
  for (json& rule : policy["reports"]) rule["schedule"] = "0 0 29 2 *";
}

std::vector<std::string> Site::query(const std::string& sql) const {
  return integration::query(state_path(), sql);
}

std::string Site::written(const std::string& prefix) const {
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path()))
    if (entry.path().filename().string().starts_with(prefix)) all += read_file(entry.path().string());
  return all;
}

json minutely(const json& changes) {
  json rule{{"name", "every-minute"},
            {"template", {{"type", "SOX"}}},
            {"schedule", "* * * * *"},
            {"window", {{"last", "1m"}}},
            {"spread", "0s"}};
  rule.merge_patch(changes);
  return rule;
}

}  // namespace integration
