// /metrics: what is documented is served and the other way round, in the format that Prometheus reads.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <regex>
#include <set>

#include "integration/harness/status_client.h"

namespace integration {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Pair;

struct Metric {
  std::string type;
  std::set<std::string> labels;
  bool operator==(const Metric&) const = default;
};
using Metrics = std::map<std::string, Metric>;

std::set<std::string> words_of(const std::string& text, const std::regex& word) {
  std::set<std::string> words;
  for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at) words.insert((*at)[1]);
  return words;
}

// The tables of docs/metrics.md.
Metrics documented() {
  static const std::regex row("\\| `([a-z_]+)` \\| ([a-z]+) \\| ([a-z, ]*)\\| .+ \\|");
  Metrics metrics;
  std::istringstream lines(read_file(DBSSD_SOURCE_DIR "/docs/metrics.md"));
  std::smatch found;
  for (std::string line; std::getline(lines, line);)
    if (std::regex_match(line, found, row))
      metrics[found[1]] = {found[2], words_of(found[3], std::regex("([a-z]+)"))};
  return metrics;
}

// By their # TYPE lines, with the labels of their samples.
Metrics served(const std::string& exposition) {
  static const std::regex type("# TYPE ([a-z_]+) ([a-z]+)");
  static const std::regex sample("([a-z_]+?)(_bucket|_sum|_count)?(\\{.*\\})? [^ ]+");
  Metrics metrics;
  std::istringstream lines(exposition);
  std::smatch found;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, found, type)) {
      metrics[found[1]].type = found[2];
    } else if (!line.starts_with('#')) {
      EXPECT_TRUE(std::regex_match(line, found, sample)) << line;
      const std::string whole = found[1].str() + found[2].str();
      auto labels = words_of(found[3], std::regex("([a-z]+)=\""));
      labels.erase("le");
      metrics[metrics.contains(whole) ? whole : found[1].str()].labels = labels;
    }
  }
  return metrics;
}

class MetricsOfTheDaemon : public testing::Test {
 protected:
  MetricsOfTheDaemon()
      : site(fleet_of({{{"name", "prod-a"}}, {{"name", "prod-off"}, {"status", "SHUTOFF"}}})) {
    site.policy["status"] = {{"listen", "127.0.0.1:0"}};
    site.policy["reports"] = {minutely()};
  }

  // A daemon that was away for two minutes, and has asked for the report that it missed.
  Daemon busy() {
    {
      Daemon first = site.daemon();
      EXPECT_TRUE(first.says("instance.seen", json::object(), 2));
      first.stop();
    }
    site.age_schedules(seconds{120});
    Daemon daemon = site.daemon();
    EXPECT_TRUE(daemon.says("report.accepted"));
    return daemon;
  }

  Site site;
};

TEST_F(MetricsOfTheDaemon, AreThoseOfTheirDocumentation) {
  Daemon daemon = busy();
  const Metrics expected = documented();
  ASSERT_GT(expected.size(), 25U);
  Metrics now = served(get(status_port(daemon), "/metrics").body);
  for (const auto& [name, metric] : expected) {
    ASSERT_TRUE(now.contains(name)) << name << " is documented and not served";
    EXPECT_EQ(now[name].type, metric.type) << name;
    EXPECT_EQ(now[name].labels, metric.labels) << name;
  }
  for (const auto& [name, metric] : now)
    EXPECT_THAT(expected, Contains(Key(name))) << "served and not documented";
}

TEST_F(MetricsOfTheDaemon, AreGoodStyleByPrometheusItself) {
  if (::access("/usr/bin/promtool", X_OK) != 0)
    GTEST_SKIP() << "this host has no promtool (package prometheus)";
  Daemon daemon = busy();
  write_file(site.directory.file("metrics"), get(status_port(daemon), "/metrics").body);
  Child promtool({"/bin/sh", "-c", "/usr/bin/promtool check metrics < " + site.directory.file("metrics")}, {},
                 site.directory.file("promtool"), site.directory.file("promtool-err"));
  EXPECT_EQ(promtool.wait(kPatience), 0)
      << read_file(site.directory.file("promtool")) << read_file(site.directory.file("promtool-err"));
}

TEST_F(MetricsOfTheDaemon, SayHowItAllStands) {
  const double begun = static_cast<double>(::time(nullptr)) - 1;
  Daemon daemon = busy();
  const Samples now = samples_of(get(status_port(daemon), "/metrics").body);
  const auto at = [&now](const std::string& name) {
    EXPECT_THAT(now, Contains(Key(name)));
    return now.contains(name) ? now.at(name) : -1;
  };
  EXPECT_EQ(at("dbssd_project_up{project=\"prod\"}"), 1);
  EXPECT_EQ(at("dbssd_instances{project=\"prod\",status=\"ACTIVE\"}"), 1);
  EXPECT_EQ(at("dbssd_instances{project=\"prod\",status=\"SHUTOFF\"}"), 1);
  EXPECT_EQ(at("dbssd_instances{project=\"prod\",status=\"ERROR\"}"), 0);
  EXPECT_EQ(at("dbssd_instances_blind{project=\"prod\"}"), 1);
  EXPECT_EQ(at("dbssd_wrong{project=\"prod\",what=\"frozen\"}"), 0);
  EXPECT_EQ(at("dbssd_wrong{project=\"\",what=\"policy refused\"}"), 0);
  EXPECT_EQ(at("dbssd_wrong{project=\"prod\",what=\"never asked\"}"), 0);
  EXPECT_EQ(at("dbssd_policy_reload_success"), 1);
  EXPECT_EQ(at("dbssd_log_lines_lost_total"), 0);
  EXPECT_GE(at("dbssd_calls_total{call=\"create_report\",outcome=\"ok\",project=\"prod\"}"), 1);
  EXPECT_GE(at("dbssd_call_duration_seconds_count{call=\"create_report\"}"), 1);
  EXPECT_EQ(at("dbssd_report_skew_seconds_count"),
            at("dbssd_events_total{event=\"report.submitted\",level=\"info\",project=\"prod\"}"));
  EXPECT_EQ(at("dbssd_events_total{event=\"report.failed\",level=\"error\",project=\"prod\"}"), 0)
      << "an alert sees the first one only where there was a 0 before it";
  EXPECT_EQ(at("dbssd_events_total{event=\"service.reload_failed\",level=\"error\",project=\"\"}"), 0);
  for (const char* time :
       {"dbssd_status_timestamp_seconds", "dbssd_policy_reload_success_timestamp_seconds",
        "dbssd_lane_last_turn_timestamp_seconds{project=\"prod\"}",
        "dbssd_project_answer_timestamp_seconds{project=\"prod\"}",
        "dbssd_project_list_timestamp_seconds{project=\"prod\"}", "process_start_time_seconds",
        "dbssd_report_next_timestamp_seconds{project=\"prod\",report=\"every-minute\"}"})
    EXPECT_THAT(at(time), AllOf(Ge(begun), testing::Le(begun + 300))) << time;
  EXPECT_GT(at("process_resident_memory_bytes"), 1e6);
  EXPECT_LT(at("process_open_fds"), at("process_max_fds"));
}

TEST_F(MetricsOfTheDaemon, CountWhatTheLogLeavesOut) {
  site.policy["log"]["level"] = "info";
  Daemon daemon = busy();
  const std::uint16_t port = status_port(daemon);
  EXPECT_THAT(get(port, "/metrics").body, HasSubstr("event=\"cycle.finished\",level=\"debug\""));
  EXPECT_THAT(events(daemon.log(), "cycle.finished"), IsEmpty());
}

TEST_F(MetricsOfTheDaemon, SayThatAReloadWasRefused) {
  Daemon daemon = site.daemon();
  const std::uint16_t port = status_port(daemon);
  write_file(site.policy_path(), "version: [");
  daemon.child.signal(SIGHUP);
  ASSERT_TRUE(daemon.says("service.reload_failed"));
  EXPECT_EQ(samples_of(get(port, "/metrics").body).at("dbssd_policy_reload_success"), 0);
  site.write_policy();
  daemon.child.signal(SIGHUP);
  ASSERT_TRUE(daemon.says("service.reloaded"));
  EXPECT_EQ(samples_of(get(port, "/metrics").body).at("dbssd_policy_reload_success"), 1);
}

TEST_F(MetricsOfTheDaemon, HaveNothingOfTheStateWhereItCannotBeRead) {
  Daemon daemon = site.daemon();
  const std::uint16_t port = status_port(daemon);
  ASSERT_EQ(::rename(site.state_path().c_str(), (site.state_path() + "-away").c_str()), 0);
  ASSERT_EQ(::mkdir(site.state_path().c_str(), 0700), 0);
  const auto reply = get(port, "/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body,
              AllOf(HasSubstr("dbssd_build_info"), Not(HasSubstr("dbssd_status_timestamp_seconds")),
                    HasSubstr("\ndbssd_well 0\n")));
  const auto status = get(port, "/status.json");
  EXPECT_EQ(status.status, 503);
  EXPECT_THAT(json::parse(status.body).at("error"), HasSubstr(site.state_path()));
  ASSERT_EQ(::rmdir(site.state_path().c_str()), 0);
  ASSERT_EQ(::rename((site.state_path() + "-away").c_str(), site.state_path().c_str()), 0);
}

}  // namespace
}  // namespace integration
