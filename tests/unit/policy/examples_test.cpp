#include <gtest/gtest.h>

#include "unit/policy/reading.h"

namespace dbssd::policy {
namespace {

std::string config(const std::string& name) { return text_of_file(DBSSD_SOURCE_DIR "/config/" + name); }

TEST(Examples, AreAcceptedWithoutAFinding) {
  for (const std::string name : {"policy.example.yaml", "policy.minimal.yaml", "demo.yaml"}) {
    EXPECT_THAT(lines_of(config(name)), testing::IsEmpty()) << name;
  }
}

TEST(Example, IsAcceptedWithWhatItHoldsInCommentsToo) {
  const std::string ca_file = testing::TempDir() + "examples_test_ca.pem";
  std::ofstream(ca_file) << "pem\n";
  std::string yaml = config("policy.example.yaml");
  const auto uncomment = [&yaml](std::string_view comment, std::string_view text) {
    const std::size_t at = yaml.find(comment);
    ASSERT_NE(at, std::string::npos) << comment;
    yaml.replace(at, comment.size(), text);
  };
  uncomment("# tls: {ca_file: /etc/dbssd/proxy-ca.pem}", "tls: {ca_file: " + ca_file + "}");
  uncomment("# file: ", "file: ");
  uncomment("format: journald", "format: json");
  const Policy policy = clean(yaml);
  EXPECT_EQ(policy.projects.at(0).ca_file, ca_file);
  EXPECT_EQ(policy.log.file, "/var/log/dbssd/dbssd.log");
}

TEST(Example, SaysDefaultOnlyOfDefaults) {
  // Lines that end in "default" or "default X" say that leaving the key out means the same: so it must.
  const std::string yaml = config("policy.example.yaml");
  std::istringstream stream(yaml);
  std::string without;
  int removed = 0;
  for (std::string line; std::getline(stream, line);) {
    const bool says_default = line.ends_with("; default") || line.ends_with("# default");
    if (says_default) ++removed;
    without += says_default ? "\n" : line + '\n';
  }
  EXPECT_GT(removed, 15);
  // A map that held nothing but defaults is left empty; what is empty is no map.
  for (const std::string_view key : {"flap:", "limits:", "summary:", "creation_jobs:", "state:"}) {
    const std::size_t at = without.find(std::string(key) + "\n\n");
    if (at != std::string::npos) without.replace(at, key.size(), std::string(key) + " {}");
  }
  EXPECT_EQ(clean(without), clean(yaml));
}

TEST(Minimal, KeepsEveryInstanceRunningAndReportsDaily) {
  const Policy policy = clean(config("policy.minimal.yaml"));
  ASSERT_EQ(policy.projects.size(), 1U);
  ASSERT_EQ(policy.instances.start.size(), 1U);
  EXPECT_EQ(policy.instances.start[0].select, Select{});
  ASSERT_EQ(policy.reports.size(), 1U);
  EXPECT_EQ(policy.reports[0].window.kind, schedule::WindowRule::Kind::previous_day);
}

TEST(Demo, CanBeMovedToAnotherPortAndPlace) {
  const std::string yaml = config("demo.yaml");
  const Policy policy = clean(yaml);
  EXPECT_EQ(policy.projects.at(0).dbss_endpoint, "http://127.0.0.1:18765");
  EXPECT_EQ(policy.projects.at(0).iam_endpoint, "http://127.0.0.1:18765");
  EXPECT_TRUE(policy.state.path.starts_with("/tmp/dbssd-demo/"));
  EXPECT_EQ(policy.reports.at(0).schedule.text(), "* * * * *");
  EXPECT_EQ(policy.reports.at(0).window,
            (schedule::WindowRule{schedule::WindowRule::Kind::last, Seconds{60}}));
  EXPECT_EQ(policy.reports.at(0).spread, Seconds{0});
}

}  // namespace
}  // namespace dbssd::policy
